// What a browser needs of telephony before there is a call.
import type { TurnConfig } from "@ringdesk/contract/config";
import { ok } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { SomeHandlers } from "../platform/index.ts";
import { turnServers } from "./turn-credentials.ts";

export interface TelephonyRoutesDeps {
  readonly turn: TurnConfig | null;
  readonly clock: Clock;
}

export function telephonyRoutes({ turn, clock }: TelephonyRoutesDeps) {
  return {
    getIceServers: async (_, { user }) => ok(turnServers(turn, user.id, clock.now())),
  } satisfies SomeHandlers;
}
