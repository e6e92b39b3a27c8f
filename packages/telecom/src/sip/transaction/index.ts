export { cancelFor, ClientTransaction, type ClientState, type ClientUser } from "./client.ts";
export { TransactionLayer } from "./layer.ts";
export { createResponse, reasonPhrase, replyFlow, type ResponseParts } from "./reply.ts";
export { ServerTransaction, type ServerState } from "./server.ts";
export * from "./timer-values.ts";
