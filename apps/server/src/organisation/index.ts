// Front door of the organisation: who works here.
export type { Audit, AuditData, Directory, NewUser, SeedOutcome, SessionOf, Sessions, SetupMade, SetupSeed } from "./organisation.ports.ts";
