// A switch whose loop has no time left refuses new calls and nothing else, and takes them again by itself.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { attend } from "./attendant.ts";
import { audioSdp, openRawCaller, type RawCaller } from "./raw-caller.ts";

/** However busy the machine is: overload is measured in windows of a second, and so is its end. */
const MEASURED_WITHIN_MS = 60_000;
const ANSWERED_WITHIN_MS = 20_000;
const BLOCKED_LOOP = pathToFileURL(join(import.meta.dirname, "blocked-loop.preload.mjs")).href;

let sut: SwitchProcess, caller: RawCaller;
beforeAll(async () => {
  sut = await startSwitch({ env: { NODE_OPTIONS: `--import=${BLOCKED_LOOP}` }, targetPort: 9 });
  attend(sut);
  caller = await openRawCaller(sut.sipPort);
}, 30_000);
afterAll(async () => { caller.close(); await sut.stop(); });

const overloaded = async (): Promise<unknown> => (await sut.command({ do: "snapshot" })).snapshot?.load?.state;

test("SEC-3 an overloaded switch: 503 with Retry-After to new calls and probes, calls that are up go on, and it recovers by itself", async () => {
  const up = await caller.call("4000");
  expect(await overloaded()).toBe("normal");

  process.kill(sut.pid, "SIGUSR2");
  expect(await sut.event("switch.load", (e) => e.state === "overloaded", MEASURED_WITHIN_MS)).toMatchObject({ lateMs: expect.any(Number) });
  caller.send(caller.request("INVITE", 1, { call: "new", body: audioSdp(9_999) }));
  expect(await caller.final("new", "1 INVITE", ANSWERED_WITHIN_MS)).toMatch(/^SIP\/2\.0 503 [^]*\r\nRetry-After: ([5-9]|10)\r\n/);
  caller.send(caller.request("OPTIONS", 1, { call: "probe" }));
  expect(await caller.final("probe", "1 OPTIONS", ANSWERED_WITHIN_MS)).toMatch(/^SIP\/2\.0 503 /);
  caller.send(caller.request("INVITE", 2, { call: up.call, to: up.to, body: audioSdp(9_999, "a=sendonly") }));
  expect(await caller.final(up.call, "2 INVITE", ANSWERED_WITHIN_MS)).toMatch(/^SIP\/2\.0 200 /);
  caller.send(caller.request("ACK", 2, { call: up.call, to: up.to, branch: `${up.call}-ack2` }));
  const dial = sut.command({ do: "leg.dial", leg: "out" as never, trunk: "lab", to: "+15550100", from: "+15550199", ringTimeoutMs: 10_000 });
  await expect(dial).rejects.toThrow("overloaded");
  expect(await overloaded()).toBe("overloaded");

  process.kill(sut.pid, "SIGUSR2");
  await sut.event("switch.load", (e) => e.state === "normal", MEASURED_WITHIN_MS);
  await (await caller.call("4000")).bye();
  await up.bye();
}, 180_000);
