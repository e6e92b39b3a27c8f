// How the handset page speaks to the sandbox carrier. The handset of a browser is known by a cookie.
import { err, ok } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { HandsetError } from "./carriers.errors.ts";
import type { Handsets } from "./carriers.ports.ts";

export const HANDSET_COOKIE = "ringdesk_handset";
/** A year, in seconds: the number stays with the browser. */
const COOKIE_MAX_AGE_S = 31_536_000;

const faces = {
  "handset-missing": { status: 404, code: "handset-missing", title: "There is no such handset", detail: "Reload the page to get one." },
  "handset-busy": { status: 409, code: "handset-busy", title: "This handset is on a call" },
  "handset-not-ringing": { status: 409, code: "handset-not-ringing", title: "The call has ended" },
  "number-invalid": { status: 422, code: "number-invalid", title: "That is not a number that can be called" },
  "number-not-in-service": { status: 404, code: "number-not-in-service", title: "This number is not in service", detail: "A handset can call the support numbers of this workspace." },
  "audio-refused": { status: 422, code: "audio-refused", title: "The browser's audio could not be connected" },
  "lines-away": { status: 503, code: "lines-away", title: "The phone service is restarting. Try again in a moment", retryAfterS: 2 },
  "no-free-number": { status: 503, code: "no-free-number", title: "All numbers for handsets are in use" },
  "store-away": problems.storeAway,
} as const satisfies Record<HandsetError["type"], HttpProblem>;

const problemOf = (error: HandsetError): HttpProblem => {
  const face: HttpProblem = faces[error.type];
  if (error.type === "number-invalid") return { ...face, errors: [{ pointer: "/to", detail: error.detail }] };
  return error.type === "audio-refused" ? { ...face, detail: error.detail } : face;
};

export function handsetRoutes(handsets: Handsets) {
  return {
    getHandset: async (_, { cookie, setCookie }) => {
      const handset = await handsets.of(cookie(HANDSET_COOKIE));
      if (!handset.ok) return err(problemOf(handset.error));
      setCookie(HANDSET_COOKIE, handset.value.id, { maxAgeS: COOKIE_MAX_AGE_S });
      return handset;
    },
    handsetDial: async ({ params, body }) => {
      const answer = await handsets.dial(params.id, body.to, body.sdp);
      return answer.ok ? answer : err(problemOf(answer.error));
    },
    handsetAnswer: async ({ params, body }) => {
      const answer = await handsets.answer(params.id, body.sdp);
      return answer.ok ? answer : err(problemOf(answer.error));
    },
    handsetHangUp: async ({ params }) => {
      const done = handsets.hangUp(params.id);
      return done.ok ? ok({}) : err(problemOf(done.error));
    },
  } satisfies SomeHandlers;
}
