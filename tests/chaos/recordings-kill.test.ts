// kill -9 of the switch, at any moment, while twenty calls are recorded. RUNS=100 for the long run.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRtpPhone, type RtpPhone } from "../support/rtp-phone.ts";
import { openSipAnswerer, type SipAnswerer } from "../support/sip-answerer.ts";
import { readWav, share } from "../support/sound.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";

const RUNS = Number(process.env["RUNS"] ?? 5);
const RUN_LIMIT_MS = 30_000;
const CALLS = 20;
const MOST_LOST_MS = 1_000;
/** Killed this long after the last recording has begun, at random. */
const LEAST_MS = 700, MOST_MS = 3_200;
const LEFT_HZ = 440, RIGHT_HZ = 1_000;

const wait = (ms: number): Promise<void> => new Promise((r) => { setTimeout(r, ms); });
const numberOf = (leg: number): string => `+1202555${String(leg).padStart(4, "0")}`;
const legOf = (number: string): number => Number(number.slice(-4));

const phones: RtpPhone[] = [];
let answerer: SipAnswerer;

beforeAll(async () => {
  for (let call = 0; call < CALLS; call++) phones.push(await openRtpPhone(LEFT_HZ), await openRtpPhone(RIGHT_HZ));
  answerer = await openSipAnswerer((number) => phones[legOf(number)]!.port, (number, port) => { phones[legOf(number)]!.talkTo(port); });
});
afterAll(() => {
  answerer.close();
  for (const phone of phones) phone.close();
});

/** Twenty bridged calls of two legs each, recorded. Resolves with the instants at which the recordings had begun. */
async function recordAll(sut: SwitchProcess): Promise<ReadonlyMap<string, number>> {
  const began = new Map<string, number>();
  sut.onEvent((e) => { if (e.type === "recording.started") began.set(e.recording, performance.now()); });
  await Promise.all(Array.from({ length: CALLS }, async (_, call) => {
    const [left, right] = [`leg${2 * call}`, `leg${2 * call + 1}`];
    for (const [n, leg] of [[2 * call, left], [2 * call + 1, right]] as const) {
      await sut.command({ do: "leg.dial", leg, trunk: "lab", to: numberOf(n), from: "+12025550100", ringTimeoutMs: 30_000 });
      await sut.event("leg.answered", (e) => e.leg === leg);
    }
    await sut.command({ do: "bridge.set", bridge: `bridge${call}`, legs: [left, right] });
    await sut.command({ do: "recording.start", recording: `rec${call}`, left, right });
    await sut.event("recording.started", (e) => e.recording === `rec${call}`);
  }));
  return began;
}

/** Milliseconds, in steps of 50, in which the tone is not nearly everything. In steps, since a late packet moves the tone's phase. */
function withoutTone(samples: Int16Array, hz: number): number {
  const size = 400;
  let missing = 0;
  for (let at = 0; at + size <= samples.length; at += size) if (share(samples.subarray(at, at + size), hz) < 0.9) missing += 50;
  return missing;
}

/** How long this process, which plays the phones, was held up by others: what is said too late cannot be recorded in time. */
function watchOurself(): { readonly heldUpMs: () => number; readonly stop: () => void } {
  let last = performance.now();
  let heldUp = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > 50) heldUp += now - last;
    last = now;
  }, 10);
  return { heldUpMs: () => heldUp, stop: () => { clearInterval(timer); } };
}

/** How much of its end a recording lost, after it was repaired by the next switch. It must play, with both voices. */
async function lostMs(next: SwitchProcess, recording: string, ranMs: number, heldUpMs: number): Promise<number> {
  const stopped = await next.event("recording.stopped", (e) => e.recording === recording);
  expect(stopped.why).toBe("repaired");
  const wav = readWav(await readFile(join(next.data, "media", stopped.path)));
  expect(Math.abs(wav.seconds * 1_000 - stopped.durationMs)).toBeLessThanOrEqual(1);
  // The first packets may still be on their way; after that both tones are there to the end.
  const tolerated = 0.1 * stopped.durationMs + 2 * heldUpMs;
  expect(withoutTone(wav.channels[0]!.subarray(2_400), LEFT_HZ)).toBeLessThanOrEqual(tolerated);
  expect(withoutTone(wav.channels[1]!.subarray(2_400), RIGHT_HZ)).toBeLessThanOrEqual(tolerated);
  return ranMs - stopped.durationMs;
}

test(`REC-4 CALL-13: ${RUNS} times kill -9 of the switch at any moment: all ${CALLS} recordings play and have lost at most one second`, async () => {
  let most = 0;
  for (let run = 0; run < RUNS; run++) {
    const sut = await startSwitch({ targetPort: answerer.port });
    const ourself = watchOurself();
    try {
      const began = await recordAll(sut);
      await wait(LEAST_MS + Math.random() * (MOST_MS - LEAST_MS));
      const killedAt = performance.now();
      const heldUpMs = ourself.heldUpMs();
      await sut.kill();
      const next = await startSwitch({ data: sut.data });
      try {
        for (const [recording, at] of began) most = Math.max(most, await lostMs(next, recording, killedAt - at, heldUpMs));
        expect(began.size).toBe(CALLS);
        expect(most).toBeLessThanOrEqual(MOST_LOST_MS);
      } finally { await next.stop(); }
    } finally {
      ourself.stop();
      await rm(sut.data, { recursive: true, force: true });
    }
  }
  process.stdout.write(`${RUNS} kills, ${RUNS * CALLS} recordings: all play; most lost ${Math.round(most)} ms\n`);
}, RUNS * RUN_LIMIT_MS);
