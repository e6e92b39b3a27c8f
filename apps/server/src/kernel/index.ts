// Front door of the kernel: time, actors and ids. No phone words.
export { createActor } from "./actor.ts";
export type { Actor, Machine } from "./actor.ports.ts";
export { createSystemClock } from "./clock.ts";
export type { Clock } from "./clock.ports.ts";
export { inTime } from "./in-time.ts";
export { createTurns } from "./in-turn.ts";
export { hashToken, newId, newToken } from "./ids.ts";
