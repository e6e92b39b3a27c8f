import type { CallLevels } from "@ringdesk/contract/live";
import type { CallId, LegId, UserId } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { createFakeTelephony } from "../telephony/telephony.fake.ts";
import { createCallLevels } from "./call-levels.service.ts";
import type { CallChange, CallVoices } from "./call.ports.ts";

const [ana, ben] = ["ana" as UserId, "ben" as UserId];
const callId = "call" as CallId;
const leg = (id: string): LegId => id as LegId;
const voices = (agent: string | null): CallVoices => ({ callId, customer: leg("customer"), agent: agent === null ? null : leg(agent) });

/** Calls that say what the test says: who speaks, and which legs are over. */
function world() {
  const telephony = createFakeTelephony();
  const speaking = new Map<UserId, CallVoices>();
  const over = new Set<LegId>();
  const told: [UserId, CallLevels][] = [];
  let changed: (change: CallChange) => void = () => undefined;
  const levels = createCallLevels({
    telephony, publish: (user, picture) => told.push([user, picture]),
    calls: { voicesOf: (user) => speaking.get(user) ?? null, hasLeg: (id) => !over.has(id), onChanged: (listen) => { changed = listen; return () => undefined; } },
  });
  const set = (user: UserId, now: CallVoices | null): void => {
    if (now === null) speaking.delete(user);
    else speaking.set(user, now);
    changed({ type: "changed", callId, userId: user });
  };
  /** What was asked of the switch since the last look. */
  let seen = 0;
  const asked = (): string[] => telephony.commands.slice(seen, (seen = telephony.commands.length)).map((c) => `${c["on"] === true ? "+" : "-"}${String(c["leg"])}`);
  return { telephony, levels, told, set, over, asked };
}

describe("CALL-5 levels of a call", () => {
  test("are asked for while the agent's page shows them and the call has both sides, and told to that agent alone", () => {
    const { telephony, levels, told, set, asked } = world();
    set(ana, voices("agent"));
    expect(asked()).toEqual([]);
    levels.watched(ana);
    levels.watched(ben);
    expect(asked()).toEqual(["+customer", "+agent"]);
    telephony.hearsLevels([{ leg: leg("agent"), dbov: -20 }, { leg: leg("customer"), dbov: -127 }, { leg: leg("stranger"), dbov: -3 }]);
    expect(told).toEqual([[ana, { callId, agent: -20, customer: -127 }]]);
    levels.unwatched(ana);
    expect(asked()).toEqual(["-customer", "-agent"]);
    telephony.hearsLevels([{ leg: leg("agent"), dbov: -20 }]);
    expect(told).toHaveLength(1);
  });

  test("are asked for once however many pages show them, until the last is gone", () => {
    const { levels, set, asked } = world();
    set(ana, voices("agent"));
    levels.watched(ana);
    levels.watched(ana);
    levels.unwatched(ana);
    expect(asked()).toEqual(["+customer", "+agent"]);
    levels.unwatched(ana);
    expect(asked()).toEqual(["-customer", "-agent"]);
  });

  test("follow the agent's leg when their audio comes back in another one", () => {
    const { telephony, levels, told, set, over, asked } = world();
    levels.watched(ana);
    set(ana, voices("first"));
    asked();
    over.add(leg("first"));
    set(ana, voices(null));
    telephony.hearsLevels([{ leg: leg("customer"), dbov: -30 }]);
    set(ana, voices("second"));
    expect([asked(), told]).toEqual([["+second"], [[ana, { callId, agent: null, customer: -30 }]]]);
  });

  test("of a call that is over need no word; of one that goes back to a queue are not asked for any more", () => {
    const { levels, set, over, asked } = world();
    levels.watched(ana);
    set(ana, voices("agent"));
    asked();
    for (const id of ["customer", "agent"]) over.add(leg(id));
    set(ana, null);
    expect(asked()).toEqual([]);
    over.clear();
    set(ana, voices("agent"));
    asked();
    over.add(leg("agent"));
    set(ana, null);
    expect(asked()).toEqual(["-customer"]);
  });

  test("go on with the next agent of the same call, in whichever order they hear of it", () => {
    const { telephony, levels, told, set, asked } = world();
    for (const user of [ana, ben]) levels.watched(user);
    set(ana, voices("ana-leg"));
    asked();
    set(ben, voices("ben-leg"));
    set(ana, null);
    expect(asked()).toEqual(["+customer", "+ben-leg", "-ana-leg"]);
    telephony.hearsLevels([{ leg: leg("customer"), dbov: -40 }, { leg: leg("ben-leg"), dbov: -10 }]);
    expect(told).toEqual([[ben, { callId, agent: -10, customer: -40 }]]);
  });

  test("are asked for again when the switch is back, which has forgotten who asked", () => {
    const { telephony, levels, set, asked } = world();
    levels.watched(ana);
    set(ana, voices("agent"));
    asked();
    telephony.goesDown();
    telephony.comesUp();
    expect(asked()).toEqual(["+customer", "+agent"]);
  });
});
