// Service door of the organisation. Only main.ts imports it.
export { createAccountStore } from "./account.pg.ts";
export { createAccounts } from "./accounts.service.ts";
export { auditProjection, createAudit, createAuditReader } from "./audit.pg.ts";
export { createOrganisationStore } from "./organisation.pg.ts";
export { organisationRoutes } from "./organisation.routes.ts";
export { createSetup, openDirectory } from "./organisation.service.ts";
export { createEntrance } from "./entrance.service.ts";
export { createPermissionSets } from "./permission-sets.service.ts";
export { peopleRoutes } from "./people.routes.ts";
export { createPasswords } from "./passwords.ts";
export { openSessions } from "./sessions.service.ts";
export { createThrottle } from "./throttle.ts";
