// Front door: types only.
export type { Agents, DialerAccess, NamedSubStatus, StatusView, Team } from "./agents.ports.ts";
