// Service door: factories. Only main.ts imports it.
export { createPrompts, type PromptsDeps } from "./prompts.service.ts";
export { createSocketVoice } from "./voice.socket.ts";
