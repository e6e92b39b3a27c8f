// Front door of the facts: what the log promises. Factories are in wiring.ts.
export type { FactLog, Projection, StoredFact, Transaction } from "./facts.ports.ts";
