// Front door: types and pure functions.
export type { Agents, AgentsSurroundings, DialerAccess, StatusCause, StatusView, Team } from "./agents.ports.ts";
export { statusWords } from "./status.rules.ts";
