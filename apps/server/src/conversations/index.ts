// Front door: types only.
export type { Conversations, Timeline } from "./conversations.ports.ts";
