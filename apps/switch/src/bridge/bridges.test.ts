import { expect, test } from "vitest";
import type { BridgeId, LegId } from "@ringdesk/std";
import { createBridges } from "./bridges.ts";

const [a, b, c] = ["a", "b", "c"] as [string, string, string] as unknown as [LegId, LegId, LegId];
const [x, y] = ["x", "y"] as [string, string] as unknown as [BridgeId, BridgeId];

test("both legs of a bridge hear each other, alone nobody", () => {
  const bridges = createBridges();
  expect(bridges.set(x, [a, b])).toEqual({ ok: true, value: [a, b] });
  expect([bridges.heardBy(a), bridges.heardBy(b), bridges.heardBy(c)]).toEqual([[b], [a], []]);
  bridges.set(x, [a]);
  expect([bridges.heardBy(a), bridges.isIn(b)]).toEqual([[], false]);
});

test("a leg is in one bridge at a time, and whoever it left is told", () => {
  const bridges = createBridges();
  bridges.set(x, [a, b]);
  const moved = bridges.set(y, [b, c]);
  expect(moved.ok && new Set(moved.value)).toEqual(new Set([a, b, c]));
  expect([bridges.heardBy(a), bridges.heardBy(b)]).toEqual([[], [c]]);
  expect(bridges.list()).toEqual([{ bridge: x, legs: [a] }, { bridge: y, legs: [b, c] }]);
});

test("leaving and closing", () => {
  const bridges = createBridges();
  bridges.set(x, [a, b]);
  expect(bridges.leave(a)).toEqual([b]);
  expect(bridges.leave(a)).toEqual([]);
  expect(bridges.close(x)).toEqual([b]);
  expect([bridges.close(x), bridges.list()]).toEqual([[], []]);
});

test("a third leg is refused and nothing changes", () => {
  const bridges = createBridges();
  bridges.set(x, [a, b]);
  expect(bridges.set(x, [a, b, c])).toEqual({ ok: false, error: { type: "bridge-full", most: 2 } });
  expect(bridges.heardBy(a)).toEqual([b]);
});
