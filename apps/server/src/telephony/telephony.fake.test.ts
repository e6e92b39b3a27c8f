import type { LegId } from "@ringdesk/std";
import { describe } from "vitest";
import { telephonyContract, type TelephonyBench } from "./telephony.contract.ts";
import { createFakeTelephony } from "./telephony.fake.ts";
import type { LegEvent, SwitchState } from "./telephony.ports.ts";

/** A microtask or two lie between a command and what comes of it. */
const MAX_TURNS = 1_000;

async function openFake(): Promise<TelephonyBench> {
  const fake = createFakeTelephony();
  const events: LegEvent[] = [];
  const switchStates: SwitchState[] = [];
  const owned = new Set<LegId>();
  let forgetful = false;
  fake.addOwner(() => owned);
  fake.onSwitch((state) => switchStates.push(state));
  fake.onEvent((event, persisted) => {
    events.push(event);
    if (!forgetful) persisted();
    // The caller's audio follows the answer.
    if (event.type === "answered") queueMicrotask(() => fake.mediaConnects(event.leg));
    if (event.type === "ended") owned.delete(event.leg);
  });
  return {
    events, switchStates,
    telephony: () => fake,
    someoneCalls: async (from, to) => {
      const leg = fake.callerCalls({ from, to });
      return { hangsUp: () => fake.peerEnds(leg) };
    },
    own: (leg) => void owned.add(leg),
    forgetful: (on) => { forgetful = on; },
    restartServer: async () => {
      fake.goesDown();
      events.length = 0;
      fake.comesUp();
    },
    restartSwitch: async () => {
      fake.goesDown();
      fake.comesUp({ fresh: true });
    },
    until: async (look) => {
      for (let turn = 0; turn < MAX_TURNS; turn += 1) {
        const found = look();
        if (found !== undefined) return found;
        await Promise.resolve();
      }
      throw new Error(`nothing came; seen: ${events.map((event) => event.type).join(", ")}`);
    },
    close: async () => undefined,
  };
}

describe("telephony in memory", () => telephonyContract(openFake));
