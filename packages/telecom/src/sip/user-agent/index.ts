export { createUserAgent, type UserAgent } from "./user-agent.ts";
export { OVERLOAD_RETRY_SEC } from "./admission.ts";
export { RINGING_REPEAT_MS } from "./inbound-call.ts";
export { MAX_FORKS } from "./outbound-call.ts";
export { SILENCE_LIMIT_MS } from "./outbound-call.ts";
export type { AuthConfig } from "./auth.ts";
export type * from "./user-agent.types.ts";
