// Front door: types only.
export type {
  Actor, ConversationLine, ConversationMissing, ConversationPage, ConversationQuery, Conversations, Timeline, TimelineListener, TimelinePage,
} from "./conversations.ports.ts";
