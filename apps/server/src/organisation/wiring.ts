// Service door of the organisation. Only main.ts imports it.
export { auditProjection, createAudit } from "./audit.pg.ts";
export { createOrganisationStore } from "./organisation.pg.ts";
export { organisationRoutes } from "./organisation.routes.ts";
export { createSetup, openDirectory, type DirectoryService } from "./organisation.service.ts";
export { createPasswords } from "./passwords.ts";
export { openSessions, type SessionsService } from "./sessions.service.ts";
export { createThrottle } from "./throttle.ts";
