import { expect, test } from "vitest";
import type { BridgeId, LegId } from "@ringdesk/std";
import { createBridges } from "./bridges.ts";

const [a, b, c] = ["a", "b", "c"] as [string, string, string] as unknown as [LegId, LegId, LegId];
const [x, y] = ["x", "y"] as [string, string] as unknown as [BridgeId, BridgeId];

test("both legs of a bridge hear each other, alone nobody", () => {
  const bridges = createBridges();
  expect(bridges.set(x, [a, b])).toEqual({ ok: true, value: [a, b] });
  expect([bridges.sourcesOf(a), bridges.sourcesOf(b), bridges.sourcesOf(c)]).toEqual([[b], [a], []]);
  bridges.set(x, [a]);
  expect([bridges.sourcesOf(a), bridges.bridgeOf(b)]).toEqual([[], null]);
});

test("a leg is in one bridge at a time, and whoever it left is told", () => {
  const bridges = createBridges();
  bridges.set(x, [a, b]);
  const moved = bridges.set(y, [b, c]);
  expect(moved.ok && new Set(moved.value)).toEqual(new Set([a, b, c]));
  expect([bridges.sourcesOf(a), bridges.sourcesOf(b)]).toEqual([[], [c]]);
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

test("each hears all others, but for those who are said to hear only some", () => {
  const bridges = createBridges();
  bridges.set(x, [a, b, c]);
  expect([bridges.sourcesOf(a), bridges.sourcesOf(b), bridges.sourcesOf(c)]).toEqual([[b, c], [a, c], [a, b]]);
  const hears = [{ leg: a, of: [b] }, { leg: c, of: [a, b, c, "gone" as LegId] }];
  bridges.set(x, [a, b, c], hears);
  expect([bridges.sourcesOf(a), bridges.sourcesOf(b), bridges.sourcesOf(c)]).toEqual([[b], [a, c], [a, b]]);
  expect(bridges.list()).toEqual([{ bridge: x, legs: [a, b, c], hears }]);
  bridges.leave(b);
  expect([bridges.sourcesOf(a), bridges.sourcesOf(c)]).toEqual([[], [a]]);
});

test("a ninth leg is refused and nothing changes", () => {
  const bridges = createBridges();
  bridges.set(x, [a, b]);
  const nine = Array.from({ length: 9 }, (_, n) => `${n}` as LegId);
  expect(bridges.set(x, nine)).toEqual({ ok: false, error: { type: "bridge-full", most: 8 } });
  expect(bridges.sourcesOf(a)).toEqual([b]);
});

test("CALL-9 a leg alone hears itself when that is asked for, and never in company", () => {
  const bridges = createBridges();
  const hears = [{ leg: a, of: [a] }];
  bridges.set(x, [a], hears);
  expect(bridges.sourcesOf(a)).toEqual([a]);
  bridges.set(x, [a, b], hears);
  expect([bridges.sourcesOf(a), bridges.sourcesOf(b)]).toEqual([[], [a]]);
  bridges.set(x, [a]);
  expect(bridges.sourcesOf(a)).toEqual([]);
});
