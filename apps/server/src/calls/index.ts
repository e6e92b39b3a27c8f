// Front door: types and pure functions.
export type { Agent, CallChange, Calls, CallSurroundings, Greetings, LeftCall, Notify, WaitingCall } from "./call.ports.ts";
export type { CallError, DialError, Face } from "./call.errors.ts";
export { callErrorFace } from "./call.errors.ts";
export type { AudioFailure, CallFact, CallFactType, EndedOutcome, EndReason, FactOf, OfferResult, QueuePlan } from "./call.facts.ts";
export { callStream, decodeCallFact } from "./call.facts.ts";
