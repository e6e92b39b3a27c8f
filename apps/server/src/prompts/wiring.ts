// Service door: factories. Only main.ts imports it.
export { createPrompts } from "./prompts.service.ts";
export { soundRoutes } from "./sounds.routes.ts";
export { createSounds } from "./sounds.service.ts";
export { createSocketConverter, createSocketVoice } from "./voice.socket.ts";
