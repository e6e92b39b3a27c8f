// Service door: factories and routes. Only main.ts imports it.
export { conversationBelongings } from "./belongings.pg.ts";
export { createConversationBoard } from "./conversation-board.ts";
export { conversationsProjection } from "./conversations.projection.ts";
export { conversationRoutes } from "./conversations.routes.ts";
export { createConversations } from "./conversations.service.ts";
export { createListNews } from "./list-news.ts";
export { createSnoozeAlarm } from "./snooze-alarm.ts";
export { createTimeline } from "./timeline.pg.ts";
