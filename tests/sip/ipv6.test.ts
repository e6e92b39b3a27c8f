// An installation on an IPv6 address: signalling and audio.
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { readWav, rms } from "../support/sound.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const env = { RINGDESK_ADDRESS: "::1" };
let caller: SwitchProcess, callee: SwitchProcess;
beforeAll(async () => {
  if (!hasIpv6) return;
  callee = await startSwitch({ env, trunk: { sources: ["::1"] } });
  caller = await startSwitch({ env, trunk: { sources: ["::1"], target: { host: "::1", port: callee.sipPort } } });
  attend(callee);
}, 30_000);
afterAll(async () => { if (hasIpv6) await Promise.all([caller.stop(), callee.stop()]); });

test.skipIf(!hasIpv6)("one switch calls another over IPv6, hears its music, and both know when it is over (skipped where the machine has no ::1)", async () => {
  await caller.command({ do: "leg.dial", leg: "six", trunk: "lab", to: "4000", from: "+12025550100", ringTimeoutMs: 10_000 });
  await caller.event("leg.answered", (e) => e.leg === "six");
  await caller.command({ do: "recording.start", recording: "heard", left: "six", right: "six" });
  await wait(1_500);
  await caller.command({ do: "leg.hangup", leg: "six" });
  expect((await callee.event("leg.ended")).cause).toBe("hangup");
  const { path } = await caller.event("recording.stopped");
  expect(rms(readWav(await readFile(`${caller.data}/media/${path}`)).channels[0]!.subarray(4_000, 10_000))).toBeGreaterThan(100);
}, 40_000);
