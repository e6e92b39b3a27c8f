import type { LegId } from "@ringdesk/std";
import { SILENCE_DBOV } from "@ringdesk/telecom/dsp";
import { linearToAlaw, linearToUlaw } from "@ringdesk/telecom/g711";
import { writeRtpHeader } from "@ringdesk/telecom/rtp";
import { describe, expect, test } from "vitest";
import { IncomingAudio } from "./incoming-audio.ts";
import { createLegLevels } from "./leg-levels.ts";
import type { MediaLeg } from "./media-leg.ts";

const [a, b] = ["a" as LegId, "b" as LegId];
/** A sine of 400 Hz with this amplitude has this level. */
const LOUD = { amplitude: 10_362, dbov: -13 };

function bench() {
  const legs = new Map([a, b].map((leg) => [leg, new IncomingAudio({ onFirst: () => {}, onKey: () => {} })]));
  const levels = createLegLevels((leg) => {
    const incoming = legs.get(leg);
    return incoming === undefined ? undefined : { incoming } as MediaLeg;
  });
  let sequence = 0;
  const speak = (leg: LegId, payloadType: 0 | 8, amplitude: number): void => {
    const packet = new Uint8Array(12 + 160);
    sequence += 1;
    writeRtpHeader(packet, 0, payloadType, false, sequence, sequence * 160, 5);
    const encode = payloadType === 0 ? linearToUlaw : linearToAlaw;
    for (let n = 0; n < 160; n += 1) packet[12 + n] = encode[Math.round(amplitude * Math.sin((2 * Math.PI * n) / 20)) + 32_768]!;
    legs.get(leg)?.receive(packet, sequence * 20);
  };
  const taps = (): readonly number[] => [...legs.values()].map((leg) => leg.taps.size);
  return { levels, speak, taps };
}

describe("CALL-5 how loud legs are", () => {
  test("only of those that are asked for; the packets of others meet nothing", () => {
    const { levels, speak, taps } = bench();
    expect([levels.read(), taps()]).toEqual([[], [0, 0]]);
    levels.watch(a, true);
    levels.watch(a, true);
    expect(taps()).toEqual([1, 0]);
    for (let n = 0; n < 10; n += 1) for (const leg of [a, b]) speak(leg, 0, LOUD.amplitude);
    expect(levels.read()).toEqual([{ leg: a, dbov: LOUD.dbov }]);
    levels.watch(a, false);
    expect([levels.read(), taps()]).toEqual([[], [0, 0]]);
  });

  test("µ-law and A-law alike, each reading anew, silence when nothing came", () => {
    const { levels, speak } = bench();
    for (const leg of [a, b]) levels.watch(leg, true);
    speak(a, 0, LOUD.amplitude);
    speak(b, 8, LOUD.amplitude);
    expect(levels.read().map(({ dbov }) => dbov)).toEqual([LOUD.dbov, LOUD.dbov]);
    speak(a, 0, 0);
    expect(levels.read().map(({ dbov }) => dbov)).toEqual([SILENCE_DBOV, SILENCE_DBOV]);
  });

  test("an unknown leg is refused, not to watch it is no error, and an ended or forgotten one is not read", () => {
    const { levels, taps } = bench();
    expect(levels.watch("gone" as LegId, true)).toMatchObject({ ok: false, error: { type: "leg-unknown" } });
    expect(levels.watch("gone" as LegId, false).ok).toBe(true);
    for (const leg of [a, b]) levels.watch(leg, true);
    levels.legEnded(a);
    expect(levels.read().map(({ leg }) => leg)).toEqual([b]);
    levels.forget();
    expect([levels.read(), taps()]).toEqual([[], [0, 0]]);
  });
});
