// Front door: types and pure functions.
export type { Agent, CallChange, Calls, LeftCall, WaitingCall } from "./call.ports.ts";
export { callErrorFace, type CallError, type DialError } from "./call.errors.ts";
export { decodeCallFact, plainPlan, type CallFact, type QueuePlan } from "./call.facts.ts";
