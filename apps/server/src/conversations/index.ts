// Front door: types and pure functions.
export { capacityFor, capacityUse, type Channel, type ChannelLoad } from "./capacity.rules.ts";
export type { ConversationBefore } from "./conversation.machine.ts";
export type { Conversations, Load, Timeline, WaitingConversation } from "./conversations.ports.ts";
