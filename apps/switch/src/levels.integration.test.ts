// How loud real RTP is, through the whole media plane.
import type { LegId } from "@ringdesk/std";
import { SILENCE_DBOV } from "@ringdesk/telecom/dsp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestPlane, eventually, type TestPlane } from "./testkit/plane.ts";

/** The phones of the testkit say sines of amplitude 8,000. */
const PHONE_DBOV = -15;
/** A reading is as loud as this when at least some packets came since the last. */
const NEAR_DB = 2;

let setup: TestPlane;
beforeEach(async () => { setup = await createTestPlane(); });
afterEach(async () => { await setup.close(); });

const keys = { local: new Uint8Array(30).fill(1), remote: new Uint8Array(30).fill(2) };

test("CALL-5 the tone of a peer is heard as its level, in both laws and by SRTP, and nothing once it stops", async () => {
  const { plane, callFrom } = setup;
  const phones = [await callFrom("ulaw"), await callFrom("alaw", "pcma"), await callFrom("srtp", "pcmu", { srtp: keys })];
  const legs = ["ulaw", "alaw", "srtp"] as LegId[];
  expect(plane.levels.read()).toEqual([]);
  for (const leg of legs) expect(plane.levels.watch(leg, true).ok).toBe(true);
  for (const phone of phones) phone.say(400);
  await eventually(() => plane.levels.read().every(({ dbov }) => Math.abs(dbov - PHONE_DBOV) <= NEAR_DB));
  for (const phone of phones) phone.hush();
  await eventually(() => plane.levels.read().every(({ dbov }) => dbov === SILENCE_DBOV));
  plane.closeLeg(legs[0]!);
  expect(plane.levels.read().map(({ leg }) => leg)).toEqual(["alaw", "srtp"]);
});
