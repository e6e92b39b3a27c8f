// Service door: factories. Only main.ts imports it.
export { createAgents } from "./agents.service.ts";
export { createTeamsStore, insertTeam, statusHistoryProjection } from "./team.pg.ts";
