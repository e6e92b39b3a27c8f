// The whole switch with two telephones of another make, and a server so small that it fits a test.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BridgeId, LegId, RecordingId } from "@ringdesk/std";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callBySipp, type SippCall } from "../../../tests/support/sipp.ts";
import { dominant, readWav, share } from "../../../tests/support/sound.ts";
import { startSwitch, type SwitchProcess } from "../../../tests/support/switch-driver.ts";

const HAS_SIPP = spawnSync("sipp", ["-v"]).error === undefined;
const MUSIC = [{ source: { kind: "music", name: "default" }, times: "forever" }] as const;
const A_HZ = 600;
const B_HZ = 1_000;
/** Share of the power that a pure tone has at its own frequency, with room for the edges of the window. */
const PURE = 0.9;
/** The part of a recording that is measured, in samples of 8 kHz: from 100 ms to 1,300 ms. */
const SKIPPED = 800;
const MEASURED = 10_400;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

describe.skipIf(!HAS_SIPP)("two SIPp telephones (SIPp must be installed)", () => {
  let sut: SwitchProcess;
  beforeAll(async () => { sut = await startSwitch({ rtpPorts: "22000-22098" }); }, 30_000);
  afterAll(() => sut.stop());

  async function call(to: string, hz: number): Promise<{ phone: SippCall; leg: LegId }> {
    const phone = await callBySipp({ sipPort: sut.sipPort, to, from: "+12025550142", hz });
    const { leg } = await sut.event("leg.incoming", (e) => e.to === to);
    await sut.command({ do: "leg.ring", leg });
    await sut.command({ do: "leg.answer", leg });
    await sut.command({ do: "leg.play", leg, play: `music ${to}`, items: [...MUSIC] });
    await sut.event("leg.media-connected", (e) => e.leg === leg);
    return { phone, leg };
  }

  test("hear music, then each other, are recorded on a channel each, and hang up", async () => {
    const [a, b] = [await call("+12025550101", A_HZ), await call("+12025550102", B_HZ)];
    const musicFrom = performance.now();
    await sleep(600);
    expect(dominant(a.phone.phone.heard(musicFrom, performance.now()))).not.toBe(0);

    const [bridge, recording] = ["bridge" as BridgeId, "recording" as RecordingId];
    await sut.command({ do: "bridge.set", bridge, legs: [a.leg, b.leg] });
    await sut.command({ do: "recording.start", recording, left: a.leg, right: b.leg });
    await sleep(300);
    const talkFrom = performance.now();
    await sleep(1_500);
    const talkTo = performance.now();
    expect(share(a.phone.phone.heard(talkFrom, talkTo), B_HZ)).toBeGreaterThan(PURE);
    expect(share(b.phone.phone.heard(talkFrom, talkTo), A_HZ)).toBeGreaterThan(PURE);
    const { snapshot } = await sut.command({ do: "snapshot" });
    expect(snapshot?.legs.map(({ state, hears }) => [state, hears])).toEqual([["up", "bridge"], ["up", "bridge"]]);

    await a.phone.phone.press("7");
    expect(await sut.event("leg.dtmf")).toMatchObject({ leg: a.leg, digit: "7" });
    await a.phone.hangUp();
    expect(await sut.event("leg.ended", (e) => e.leg === a.leg)).toMatchObject({ cause: "hangup", by: "peer", quality: { lost: 0 } });
    await sut.command({ do: "recording.stop", recording });
    const stopped = await sut.event("recording.stopped");
    await sut.command({ do: "leg.hangup", leg: b.leg });
    expect([await a.phone.ended, await b.phone.ended], `${await a.phone.errors()}${await b.phone.errors()}`).toEqual([0, 0]);

    const { channels, seconds } = readWav(await readFile(join(sut.data, "media", stopped.path)));
    expect(seconds * 1_000).toBeCloseTo(stopped.durationMs, -2);
    expect(channels.map((channel) => [A_HZ, B_HZ].filter((hz) => share(channel.slice(SKIPPED, MEASURED), hz) > PURE))).toEqual([[A_HZ], [B_HZ]]);
  }, 40_000);
});
