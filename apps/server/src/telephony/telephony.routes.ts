// What a browser needs of telephony before there is a call.
import type { TurnConfig } from "@ringdesk/contract/config";
import { err, ok } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { HttpProblem, SomeHandlers } from "../platform/index.ts";
import type { EchoCalls } from "./echo-calls.service.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import { turnServers } from "./turn-credentials.ts";

export interface TelephonyRoutesDeps {
  readonly turn: TurnConfig | null;
  readonly echoCalls: EchoCalls;
  readonly clock: Clock;
}

export function telephonyRoutes({ turn, echoCalls, clock }: TelephonyRoutesDeps) {
  return {
    getIceServers: async (_, { user }) => ok(turnServers(turn, user.id, clock.now())),
    startEchoCall: async ({ body }, { user }) => {
      const call = await echoCalls.start(user.id, body.sdp);
      return call.ok ? ok(call.value) : err(echoProblem(call.error));
    },
    endEchoCall: async ({ params }, { user }) => {
      await echoCalls.end(user.id, params.id);
      return ok({});
    },
  } satisfies SomeHandlers;
}

/** What can be told of a test call: the browser's audio, too many at once, or the switch. */
function echoProblem({ type }: TelephonyError): HttpProblem {
  switch (type) {
    case "sdp-refused": return { status: 422, code: "audio-refused", title: "The browser's audio could not be connected" };
    case "limit-reached": return { status: 503, code: type, title: "Too many test calls at once. Try again in a moment" };
    case "leg-gone": return { status: 409, code: "call-over", title: "The test call has ended" };
    default: return { status: 503, code: "phone-service-away", title: "The phone service is restarting. Try again in a moment" };
  }
}
