// How loud agent and customer arrive at the switch, for the agents whose page shows it (CALL-5).
import type { CallLevels } from "@ringdesk/contract/live";
import type { LegId, UserId } from "@ringdesk/std";
import type { LegLevels, Telephony } from "../telephony/index.ts";
import type { Calls, CallVoices } from "./call.ports.ts";

export interface CallLevelsDeps {
  readonly telephony: Pick<Telephony, "watchLevel" | "onLevels" | "onSwitch">;
  readonly calls: Pick<Calls, "voicesOf" | "hasLeg" | "onChanged">;
  /** A picture of a moment: it may be dropped, and is never late. */
  readonly publish: (user: UserId, levels: CallLevels) => void;
}

export interface CallLevelsService {
  /** One more page of this agent shows levels, or one less. */
  readonly watched: (user: UserId) => void;
  readonly unwatched: (user: UserId) => void;
  readonly stop: () => void;
}

/** Asks the switch for the levels of exactly those legs that somebody looks at. */
export function createCallLevels({ telephony, calls, publish }: CallLevelsDeps): CallLevelsService {
  /** How many pages of each agent show levels. */
  const watchers = new Map<UserId, number>();
  /** What is asked for at present. */
  const shown = new Map<UserId, CallVoices>();
  const listeners = new Map<LegId, UserId>();
  const legsOf = (voices: CallVoices | null): readonly LegId[] => (voices === null ? [] : voices.agent === null ? [voices.customer] : [voices.customer, voices.agent]);

  const settle = (user: UserId): void => {
    const before = shown.get(user) ?? null;
    const now = watchers.has(user) ? calls.voicesOf(user) : null;
    if (before?.customer === now?.customer && before?.agent === now?.agent) return;
    if (now === null) shown.delete(user);
    else shown.set(user, now);
    const [was, is] = [legsOf(before), legsOf(now)];
    for (const leg of was) {
      if (is.includes(leg)) continue;
      // The next agent of this call may look at the leg by now. What has ended needs no word.
      if (listeners.get(leg) === user) listeners.delete(leg);
      if (!listeners.has(leg) && calls.hasLeg(leg)) void telephony.watchLevel(leg, false);
    }
    for (const leg of is) {
      listeners.set(leg, user);
      if (!was.includes(leg)) void telephony.watchLevel(leg, true);
    }
  };
  const told = (levels: LegLevels): void => {
    const at = new Map(levels.map(({ leg, dbov }) => [leg, dbov]));
    const users = new Set(levels.flatMap(({ leg }) => listeners.get(leg) ?? []));
    for (const user of users) {
      const voices = shown.get(user);
      if (voices === undefined) continue;
      publish(user, { callId: voices.callId, customer: at.get(voices.customer) ?? null, agent: voices.agent === null ? null : at.get(voices.agent) ?? null });
    }
  };
  const stops = [
    telephony.onLevels(told),
    // The switch forgets who asks with the connection.
    telephony.onSwitch((state) => {
      if (state.state === "up") for (const leg of listeners.keys()) void telephony.watchLevel(leg, true);
    }),
    calls.onChanged((change) => {
      if ("userId" in change) settle(change.userId);
    }),
  ];
  const count = (user: UserId, change: 1 | -1): void => {
    const pages = (watchers.get(user) ?? 0) + change;
    if (pages > 0) watchers.set(user, pages);
    else watchers.delete(user);
    settle(user);
  };
  return {
    watched: (user) => count(user, 1),
    unwatched: (user) => count(user, -1),
    stop: () => { for (const stop of stops) stop(); },
  };
}
