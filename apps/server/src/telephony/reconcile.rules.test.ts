import type { LegId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { reconcile } from "./reconcile.rules.ts";
import type { SwitchSnapshot } from "./telephony.ports.ts";

const ids = (...names: string[]): LegId[] => names as LegId[];
const held = (...legs: LegId[]): SwitchSnapshot => ({
  legs: legs.map((leg) => ({ leg, kind: "sip", direction: "in", state: "up", hears: "nothing", quality: null })), bridges: [], recordings: [],
});

test("CALL-13: legs on both sides stay, owned legs that are not held are gone, held legs that nobody owns are strangers", () => {
  const both = reconcile(ids("both", "lost"), new Set(), held(...ids("both", "stray")));
  expect(both).toEqual({ gone: ["lost"], strangers: ["stray"] });
});

test("a leg with a command under way is judged by neither side", () => {
  const underWay = new Set(ids("dialling", "connecting"));
  expect(reconcile(ids("dialling"), underWay, held(...ids("connecting")))).toEqual({ gone: [], strangers: [] });
});

test("a leg that two rooms own is gone once; one that has ended on the switch is not held", () => {
  const snapshot: SwitchSnapshot = { ...held(), legs: held(...ids("a")).legs.map((leg) => ({ ...leg, state: "ended" })) };
  expect(reconcile(ids("a", "a"), new Set(), snapshot)).toEqual({ gone: ["a"], strangers: [] });
});
