import { expect, test } from "vitest";
import type { CallId, Millis, OfferId, UserId } from "@ringdesk/std";
import { stepOffer, type OfferEvent, type OfferState } from "./offer.machine.ts";

const offer = { id: "o1" as OfferId, call: "c1" as CallId, agent: "a1" as UserId, at: 0 as Millis, ringsUntil: 30_000 as Millis };
const events: { readonly [T in OfferEvent["type"]]: OfferEvent & { readonly type: T } } = {
  "agent.accepted": { type: "agent.accepted" }, "agent.declined": { type: "agent.declined" }, "agent.left": { type: "agent.left" },
  "call.left": { type: "call.left" }, "clock.reached": { type: "clock.reached", now: 30_000 as Millis },
};
type Cell = readonly [next: OfferState["kind"], ...effects: string[]];
type Row = Readonly<Record<OfferEvent["type"], Cell>>;
const still = (kind: OfferState["kind"]): Row =>
  ({ "agent.accepted": [kind], "agent.declined": [kind], "agent.left": [kind], "call.left": [kind], "clock.reached": [kind] });
const table: Readonly<Record<OfferState["kind"], Row>> = {
  ringing: {
    "agent.accepted": ["accepted", "stop-ringing", "assign"], "agent.declined": ["declined", "stop-ringing", "requeue"],
    "agent.left": ["withdrawn", "stop-ringing", "requeue"], "call.left": ["withdrawn", "stop-ringing"],
    "clock.reached": ["missed", "stop-ringing", "make-unavailable", "requeue"],
  },
  accepted: still("accepted"), declined: still("declined"), missed: still("missed"), withdrawn: still("withdrawn"),
};
for (const [from, row] of Object.entries(table)) {
  for (const [on, [to, ...effects]] of Object.entries(row)) {
    test(`an offer: ${from} + ${on} → ${to}`, () => {
      const got = stepOffer({ ...offer, kind: from as OfferState["kind"] }, events[on as OfferEvent["type"]]);
      expect([got.state.kind, ...got.effects.map((e) => e.do)]).toEqual([to, ...effects]);
    });
  }
}
test("RTE-2 an offer rings until its deadline, not a moment less", () => {
  expect(stepOffer({ ...offer, kind: "ringing" }, { type: "clock.reached", now: 29_999 as Millis }).state.kind).toBe("ringing");
});
