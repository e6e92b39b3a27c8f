// Front door: types only.
export type { Agents, DialerAccess, StatusView, Team } from "./agents.ports.ts";
