// Service door: factories. Only main.ts imports it.
export { createPrompts } from "./prompts.service.ts";
export { createSocketVoice } from "./voice.socket.ts";
