import { isReliable, type Flow } from "../flow.ts";

/** RFC 3261 Table 4: round-trip estimate, longest retransmission interval, longest life of a message in the network. */
export const T1_MS = 500;
export const T2_MS = 4_000;
export const T4_MS = 5_000;

/** Timers B, F, H, J, L and M: how long a transaction waits before it gives up or forgets. */
export const TRANSACTION_TIMEOUT_MS = 64 * T1_MS;
/** Timer D: at least 32 s over an unreliable transport. */
export const TIMER_D_MS = 32_000;

/** Timers D, I, J and K are zero over reliable transports: nothing can be repeated there. */
export const unlessReliable = (flow: Flow, ms: number): number => (isReliable(flow) ? 0 : ms);
