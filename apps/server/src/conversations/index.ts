// Front door: types and pure functions.
export { capacityFor, type CapacityProfile, type Channel, type ChannelLoad } from "./capacity.rules.ts";
export type { Conversations, Load, Timeline, WaitingConversation, WaitingConversations } from "./conversations.ports.ts";
