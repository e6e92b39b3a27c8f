// Service door: factories. Only main.ts imports it.
export { createAgents } from "./agents.service.ts";
export { createStatusHistory, createSubStatusStore } from "./sub-status.pg.ts";
export { openSubStatuses } from "./sub-statuses.service.ts";
export { createTeamsStore, insertTeam, statusHistoryProjection } from "./team.pg.ts";
export { assignQueue } from "./team-queue.pg.ts";
export { createTeamSettings } from "./team-settings.service.ts";
export { teamsRoutes } from "./teams.routes.ts";
