import { describe, expect, test } from "vitest";
import type { CallId, UserId } from "@ringdesk/std";
import { callErrorFace, type DialError } from "./call.errors.ts";
import { callProblem } from "./call.routes.ts";

const call = "c1" as CallId;
const errors: { readonly [T in DialError["type"]]: DialError & { readonly type: T } } = {
  "call-unknown": { type: "call-unknown", call }, "not-your-call": { type: "not-your-call", call, user: "u1" as UserId }, "call-over": { type: "call-over", call },
  "wrong-phase": { type: "wrong-phase", phase: "waiting" }, "audio-refused": { type: "audio-refused", detail: "no common codec" },
  "phone-service-away": { type: "phone-service-away" }, "not-recorded": { type: "not-recorded" }, "store-away": { type: "store-away" },
  "number-invalid": { type: "number-invalid", input: "12", why: "too-short" }, "agent-occupied": { type: "agent-occupied", why: "offer" },
  "dialer-denied": { type: "dialer-denied", why: "Choose Available to call." }, "support-number-unknown": { type: "support-number-unknown" }, "too-many-calls": { type: "too-many-calls", limit: 1 },
  "phone-service-busy": { type: "phone-service-busy" },
};

describe("every error about a call has a face", () => {
  for (const error of Object.values(errors)) {
    test(error.type, () => {
      const problem = callProblem(error);
      expect([problem.code, problem.status]).toEqual([error.type, callErrorFace[error.type].status]);
      expect(problem.retryAfterS === undefined).toBe(problem.status !== 503);
    });
  }
});
test("CALL-1 an invalid number points at the field and says what is wrong", () => {
  expect(callProblem(errors["number-invalid"]).errors).toEqual([{ pointer: "/to", detail: "That number is too short." }]);
});
