// Front door: types and pure functions.
export { conversationPlace, routeCall, routeConversation } from "./rule.rules.ts";
