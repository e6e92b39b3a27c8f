// Front door of the organisation: who works here.
export type { Audit, Directory, SeedOutcome, SetupMade, SetupSeed } from "./organisation.ports.ts";
