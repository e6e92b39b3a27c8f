import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LegId } from "@ringdesk/std";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort, rtpPorts } from "../../../../tests/support/ports.ts";
import { createSystemClock } from "../kernel/index.ts";
import { createFakePositionStore } from "./position-store.fake.ts";
import { placeSipCall, type SipCaller } from "./sip-caller.fake.ts";
import { telephonyContract, type TelephonyBench } from "./telephony.contract.ts";
import type { LegEvent, SwitchState } from "./telephony.ports.ts";
import { createTelephony, type TelephonyService } from "./telephony.service.ts";

const SWITCH = join(import.meta.dirname, "../../../switch/src/main.ts");
const WAIT_LIMIT_MS = 15_000;
const UNNOTICED_MS = 1_000;

type RealBench = TelephonyBench & {
  readonly sipPort: number;
  readonly stopServer: () => Promise<void>;
  readonly startServer: () => Promise<void>;
};

/** A real switch process, and telephony in this process, which can be thrown away and made anew like a killed server. */
async function openReal(): Promise<RealBench> {
  const folder = await mkdtemp(join(tmpdir(), "telephony-"));
  const [sipPort, webrtcPort] = [await freePort(), await freePort()];
  const env = {
    ...process.env, RINGDESK_DATA: folder, RINGDESK_SIP_PORT: String(sipPort), RINGDESK_WEBRTC_PORT: String(webrtcPort),
    RINGDESK_RTP_PORTS: rtpPorts(), RINGDESK_LOG_LEVEL: "error",
  };
  const startSwitch = async (): Promise<ChildProcess> => {
    const child = fork(SWITCH, { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const ended = once(child, "exit").then(([code]) => { throw new Error(`the switch ended with ${code}`); });
    await Promise.race([once(child, "message"), ended]);
    ended.catch(() => undefined);
    return child;
  };
  const events: LegEvent[] = [];
  const switchStates: SwitchState[] = [];
  const owned = new Set<LegId>();
  const positions = createFakePositionStore();
  const callers: SipCaller[] = [];
  let forgetful = false;
  const makeServer = async (): Promise<TelephonyService> => {
    const telephony = createTelephony({
      socketPath: join(folder, "run/switch.sock"), clock: createSystemClock(), log: pino({ level: "silent" }), positions,
      routes: { route: () => ({ kind: "none" }), ringHandset: () => false, stopRinging: () => undefined },
      trunks: () => [{ id: "sip", sources: ["127.0.0.1"], target: null, registers: false }],
      readNumber: (text) => (text.startsWith("+") ? text as never : null),
    });
    telephony.addOwner(() => owned);
    telephony.onSwitch((state) => switchStates.push(state));
    telephony.onEvent((event, persisted) => {
      events.push(event);
      if (!forgetful) persisted();
      if (event.type === "incoming") owned.add(event.leg);
      if (event.type === "ended") owned.delete(event.leg);
    });
    await telephony.start();
    return telephony;
  };
  let child = await startSwitch();
  let telephony = await makeServer();
  const until: RealBench["until"] = async (look) => {
    for (const end = performance.now() + WAIT_LIMIT_MS; performance.now() < end;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    throw new Error(`nothing came; seen: ${events.map((event) => event.type).join(", ")}`);
  };
  const isUp = (): true | undefined => (telephony.isUp() ? true : undefined);
  await until(isUp);
  const stopServer = (): Promise<void> => telephony.stop();
  const startServer = async (): Promise<void> => {
    events.length = 0;
    switchStates.length = 0;
    telephony = await makeServer();
    await until(isUp);
  };
  return {
    events, switchStates, until, sipPort, stopServer, startServer,
    telephony: () => telephony,
    someoneCalls: async (from, to) => {
      const caller = await placeSipCall(sipPort, { from, to });
      callers.push(caller);
      return { hangsUp: caller.bye };
    },
    own: (leg) => void owned.add(leg),
    forgetful: (on) => { forgetful = on; },
    restartServer: async () => {
      await stopServer();
      await startServer();
    },
    restartSwitch: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
      child = await startSwitch();
      await until(() => (switchStates.at(-1)?.state === "up" && switchStates.at(-2)?.state === "down" ? true : undefined));
    },
    close: async () => {
      await telephony.stop();
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe("telephony with a switch process", () => telephonyContract(openReal));

/** The answer to a call. One that comes before the switch has noticed that its server is gone waits for the next server. */
async function firstAnswer(sipPort: number, to: string): Promise<number> {
  for (let last = 50; last < 60; last += 1) {
    const { answered } = await placeSipCall(sipPort, { from: `+120255501${last}`, to });
    const status = await Promise.race([answered, new Promise<null>((resolve) => { setTimeout(() => resolve(null), UNNOTICED_MS); })]);
    if (status !== null) return status;
  }
  throw new Error("no call was answered");
}

describe("a switch without a server", () => {
  let bench: RealBench;
  beforeEach(async () => { bench = await openReal(); });
  afterEach(() => bench.close());
  const numbers = { from: "+12025550142", to: "+12025550100" };

  test("CALL-13: refuses new calls with 503 until a server is there", async () => {
    await bench.stopServer();
    expect(await firstAnswer(bench.sipPort, numbers.to)).toBe(503);
    await bench.startServer();
    const caller = await placeSipCall(bench.sipPort, numbers);
    const { leg } = await bench.until(() => bench.events.find((event) => event.type === "incoming" && event.from === numbers.from) as Extract<LegEvent, { type: "incoming" }> | undefined);
    await bench.telephony().answer(leg);
    expect(await caller.answered).toBe(200);
  });

  test("CALL-13: goes on playing, keeps what happens, and is found as it was", async () => {
    const caller = await placeSipCall(bench.sipPort, numbers);
    const { leg } = await bench.until(() => bench.events.find((event) => event.type === "incoming"));
    await bench.telephony().answer(leg);
    await bench.telephony().play(leg, "music", [{ source: { kind: "music", name: "default" }, times: "forever" }]);
    await bench.until(() => bench.events.find((event) => event.type === "media-connected"));
    await bench.stopServer();
    const before = caller.heard();
    await bench.until(() => (caller.heard() >= before + 50 ? true : undefined));
    await bench.startServer();
    expect(bench.switchStates.at(-1)).toMatchObject({ fresh: false, snapshot: { legs: [{ leg, hears: "play" }] } });
    await bench.stopServer();
    caller.bye();
    await bench.startServer();
    expect(await bench.until(() => bench.events.find((event) => event.type === "ended"))).toMatchObject({ leg, cause: "hangup", by: "peer" });
    expect(bench.telephony().quality("nobody" as LegId)).toBeNull();
  });

  test("CALL-5 levels are told of a leg that is watched, and asked for again they go on after a reconnect", async () => {
    const caller = await placeSipCall(bench.sipPort, numbers);
    const { leg } = await bench.until(() => bench.events.find((event) => event.type === "incoming"));
    bench.own(leg);
    await bench.telephony().answer(leg);
    await bench.until(() => bench.events.find((event) => event.type === "media-connected"));
    const watched = async (): Promise<void> => {
      const told: number[] = [];
      bench.telephony().onLevels((levels) => told.push(...levels.flatMap((one) => (one.leg === leg ? [one.dbov] : []))));
      expect(await bench.telephony().watchLevel(leg, true)).toEqual({ ok: true, value: undefined });
      // The caller sends silence.
      expect(await bench.until(() => told[0])).toBe(-127);
    };
    await watched();
    await bench.stopServer();
    await bench.startServer();
    await watched();
    expect(await bench.telephony().watchLevel("nobody" as LegId, true)).toMatchObject({ ok: false, error: { type: "leg-gone" } });
    expect(await bench.telephony().watchLevel("nobody" as LegId, false)).toEqual({ ok: true, value: undefined });
    caller.bye();
  });
});
