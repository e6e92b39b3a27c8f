// Service door: factories and routes. Only main.ts imports it.
export { conversationsProjection } from "./conversations.projection.ts";
export { conversationRoutes } from "./conversations.routes.ts";
export { createConversations } from "./conversations.service.ts";
export { createTimeline } from "./timeline.pg.ts";
export { createVoiceLoad, type VoiceLoad } from "./voice-load.ts";
