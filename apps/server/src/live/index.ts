// Front door of the live updates.
export type { Live, LiveProviders, Presence } from "./live.ports.ts";
