// Front door of the organisation: who works here.
export { changesOf } from "./change.rules.ts";
export type { Audit, Directory, SeedOutcome, SetupMade, SetupSeed } from "./organisation.ports.ts";
