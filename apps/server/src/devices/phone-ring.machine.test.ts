import { expect, test } from "vitest";
import { stepPhoneRing, type PhoneRing, type PhoneRingEvent } from "./phone-ring.machine.ts";

const events = {
  "answered": { type: "phone.answered" },
  "declined": { type: "phone.ended", cause: "declined" },
  "unreachable": { type: "phone.ended", cause: "unreachable" },
  "missing": { type: "phone.missing", why: "not-registered" },
  "offer over": { type: "offer.over" },
  "call taken": { type: "call.settled", ok: true },
  "call gone": { type: "call.settled", ok: false },
} as const satisfies Record<string, PhoneRingEvent>;
type Cell = readonly [next: PhoneRing["kind"], ...effects: string[]];
const still = (kind: PhoneRing["kind"]) => Object.fromEntries(Object.keys(events).map((name) => [name, [kind]])) as unknown as Record<keyof typeof events, Cell>;

const table: Record<PhoneRing["kind"], Record<keyof typeof events, Cell>> = {
  ringing: {
    "answered": ["answered", "accept"], "declined": ["over", "decline"], "unreachable": ["over", "decline: Your phone could not be reached."],
    "missing": ["over", "decline: Your phone is not registered."], "offer over": ["over", "hang-up"], "call taken": ["ringing"], "call gone": ["ringing"],
  },
  answered: { ...still("answered"), "call taken": ["over"], "call gone": ["over", "hang-up"] },
  over: still("over"),
};

for (const [from, row] of Object.entries(table)) for (const [on, [next, ...effects]] of Object.entries(row)) {
  test(`RTE-2 ${from} + ${on} → ${next}`, () => {
    const got = stepPhoneRing({ kind: from as PhoneRing["kind"] }, events[on as keyof typeof events]);
    expect([got.state.kind, ...got.effects.map((e) => (e.do === "decline" && e.trouble !== null ? `decline: ${e.trouble}` : e.do))]).toEqual([next, ...effects]);
  });
}
