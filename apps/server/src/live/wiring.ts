// Service door of the live updates. Only main.ts imports it.
export { createLive } from "./live.service.ts";
export { attachLiveSocket } from "./live.socket.ts";
