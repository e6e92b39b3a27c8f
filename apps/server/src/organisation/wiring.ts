// Service door of the organisation. Only main.ts imports it.
export { createAccountStore } from "./account.pg.ts";
export { auditProjection, createAudit } from "./audit.pg.ts";
export { createOrganisationStore } from "./organisation.pg.ts";
export { organisationRoutes } from "./organisation.routes.ts";
export { createSetup, openDirectory } from "./organisation.service.ts";
export { createPasswords } from "./passwords.ts";
export { openSessions } from "./sessions.service.ts";
export { createThrottle } from "./throttle.ts";
