// SIP without sockets: messages, transactions, dialogs, and the user agent that joins them.
export * from "./syntax/index.ts";
export type { Flow } from "./flow.ts";
export { StreamFramer, type Frames, type FramingFault } from "./framing/index.ts";
export type { Credentials, DigestAlgorithm, DigestHash, Expected } from "./digest/index.ts";
export { createUserAgent, MAX_FORKS, OVERLOAD_RETRY_SEC, RINGING_REPEAT_MS } from "./user-agent/index.ts";
export type * from "./user-agent/index.ts";
export * from "./registrar/registrar.limits.ts";
export type { Registration, RegistrarOutput } from "./registrar/index.ts";
