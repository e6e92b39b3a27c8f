import type { LegId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { createLegPlays, playOf } from "./leg-plays.ts";

const leg = "a" as LegId;

test("what is being played is not begun again; what has ended is, under another name", () => {
  const plays = createLegPlays();
  const first = plays.begin(leg, "hold: music");
  expect(first).not.toBeNull();
  expect(plays.begin(leg, "hold: music")).toBeNull();
  plays.end(leg, first ?? "");
  const second = plays.begin(leg, "hold: music");
  expect(second).not.toBe(first);
  expect(playOf(second ?? "")).toBe("hold: music");
});

test("after a refused play the one before is still going on", () => {
  const plays = createLegPlays();
  plays.begin(leg, "music");
  const refused = plays.begin(leg, "missing");
  plays.end(leg, refused ?? "");
  expect(plays.begin(leg, "music")).toBeNull();
});

test("another leg, and the same leg after it was forgotten, know nothing of it", () => {
  const plays = createLegPlays();
  plays.begin(leg, "music");
  expect(plays.begin("b" as LegId, "music")).not.toBeNull();
  plays.forget(leg);
  expect(plays.begin(leg, "music")).not.toBeNull();
});
