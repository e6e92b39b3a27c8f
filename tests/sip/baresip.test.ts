// A second make of telephone: baresip.
import { afterEach, beforeAll, afterAll, describe, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { dominant, readWav, rms } from "../support/sound.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { startBaresip, type Baresip } from "./baresip.ts";

let sut: SwitchProcess, phone: Baresip;
beforeAll(async () => { phone = await startBaresip(440); sut = await startSwitch({ targetPort: phone.sipPort }); attend(sut); }, 30_000);
afterAll(async () => { await phone.stop(); await sut.stop(); });
afterEach(() => { phone.command("hangup"); });

describe("baresip", () => {
  test("calls, hears the music, sends a digit by RFC 4733 once, holds and resumes, hangs up", async () => {
    phone.command("dial", `sip:4000@127.0.0.1:${sut.sipPort}`);
    await phone.event("CALL_ESTABLISHED");
    const { leg } = await sut.event("leg.incoming");
    await wait(2_000);
    phone.command("sndcode", "5");
    expect((await sut.event("leg.dtmf")).digit).toBe("5");
    phone.command("hold");
    await sut.event("leg.held-by-peer", (e) => e.leg === leg);
    phone.command("resume");
    await sut.event("leg.resumed-by-peer", (e) => e.leg === leg);
    phone.command("hangup");
    expect(await sut.event("leg.ended", (e) => e.leg === leg)).toMatchObject({ cause: "hangup", by: "peer" });
    await wait(500);
    const heard = await phone.heard();
    expect(rms(heard.subarray(8_000, 12_000))).toBeGreaterThan(100);
  }, 40_000);

  test("is called, answers, and what it says is recorded", async () => {
    await sut.command({ do: "leg.dial", leg: "to-baresip", trunk: "lab", to: "+12025550143", from: "+12025550100", ringTimeoutMs: 20_000 });
    await phone.event("CALL_INCOMING");
    phone.command("accept");
    await sut.event("leg.answered", (e) => e.leg === "to-baresip");
    await sut.command({ do: "recording.start", recording: "rec1", left: "to-baresip", right: "to-baresip" });
    await wait(1_500);
    await sut.command({ do: "leg.hangup", leg: "to-baresip" });
    const stopped = await sut.event("recording.stopped", (e) => e.recording === "rec1");
    expect(stopped.durationMs).toBeGreaterThan(1_000);
    const wav = readWav(await readFile(`${sut.data}/media/${stopped.path}`));
    expect(Math.abs(dominant(wav.channels[0]!.subarray(4_000, 10_000)) - 440)).toBeLessThanOrEqual(4);
  }, 40_000);
});
