// Front door of the kernel: time, actors and ids. No phone words.
export { ACTOR_MAILBOX_LIMIT, createActor } from "./actor.ts";
export type { Actor, ActorDeps, Machine, Transition } from "./actor.ports.ts";
export { createSystemClock } from "./clock.ts";
export type { Clock } from "./clock.ports.ts";
export { hashToken, newId, newToken } from "./ids.ts";
