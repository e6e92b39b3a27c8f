// Calls at the HTTP edge. Who may act in a call - its own agent - is decided by the service.
import { err, ok, type Result } from "@ringdesk/std";
import { numberInvalidWords } from "../numbers/index.ts";
import type { HttpProblem, SomeHandlers } from "../platform/index.ts";
import { callErrorFace, type DialError } from "./call.errors.ts";
import type { Calls } from "./call.ports.ts";

/** Seconds after which another try makes sense, for what passes by itself. */
const RETRY_AFTER_S = 2;

export function callRoutes(calls: Calls) {
  return {
    dial: async ({ body }, { user }) => {
      const placed = await calls.dial({ userId: user.id, name: user.name }, body.to, body.from ?? null, body.customerId ?? null);
      return placed.ok ? ok({ callId: placed.value }) : err(callProblem(placed.error));
    },
    getCall: async ({ params }) => answer(await calls.get(params.id)),
    connectAudio: async ({ params, body }, { user }) => {
      const connected = await calls.connectAudio(params.id, user.id, body.sdp);
      return connected.ok ? ok({ sdp: connected.value }) : err(callProblem(connected.error));
    },
    audioFailed: async ({ params, body }, { user }) => done(await calls.audioFailed(params.id, user.id, body.why)),
    hold: async ({ params }, { user }) => done(await calls.hold(params.id, user.id)),
    resume: async ({ params }, { user }) => done(await calls.resume(params.id, user.id)),
    sendDigits: async ({ params, body }, { user }) => done(await calls.sendDigits(params.id, user.id, body.digits)),
    markVoicemailHeard: async ({ params }, { user }) => answer(await calls.markHeard(params.id, user.name)),
    hangUp: async ({ params }, { user }) => done(await calls.hangUp(params.id, user.id)),
  } satisfies SomeHandlers;
}

/** How an error about a call shows. */
export function callProblem(error: DialError): HttpProblem {
  const face = callErrorFace[error.type];
  const base = { status: face.status, code: error.type, title: face.title, ...(face.status === 503 ? { retryAfterS: RETRY_AFTER_S } : {}) };
  switch (error.type) {
    case "number-invalid": return { ...base, errors: [{ pointer: "/to", detail: numberInvalidWords[error.why] }] };
    case "dialer-denied": return { ...base, detail: error.why };
    case "agent-occupied": return { ...base, detail: error.why === "call" ? "End it before you call somebody else." : "A call is ringing for you. Accept or decline it first." };
    case "audio-refused": return { ...base, detail: error.detail };
    default: return base;
  }
}

const answer = <T>(result: Result<T, DialError>): Result<T, HttpProblem> => (result.ok ? result : err(callProblem(result.error)));
const done = (result: Result<void, DialError>): Result<Record<string, never>, HttpProblem> => (result.ok ? ok({}) : err(callProblem(result.error)));
