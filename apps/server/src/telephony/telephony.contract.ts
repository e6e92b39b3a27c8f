import { invariant, type BridgeId, type E164, type LegId, type RecordingId } from "@ringdesk/std";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LegEvent, SwitchState, Telephony } from "./telephony.ports.ts";

/** Telephony with a world around it. Events are persisted at once, except while `forgetful`. */
export type TelephonyBench = {
  readonly telephony: () => Telephony;
  readonly events: readonly LegEvent[];
  readonly switchStates: readonly SwitchState[];
  /** Somebody calls, and goes on to send audio when answered. */
  readonly someoneCalls: (from: E164, to: E164) => Promise<{ readonly hangsUp: () => void }>;
  readonly own: (leg: LegId) => void;
  readonly forgetful: (on: boolean) => void;
  /** The server dies with -9 and starts again; the events seen so far are forgotten. */
  readonly restartServer: () => Promise<void>;
  /** The switch dies with -9 and starts again. */
  readonly restartSwitch: () => Promise<void>;
  /** Resolves when `look` gives something; rejects after a while. */
  readonly until: <T>(look: () => T | undefined) => Promise<T>;
  readonly close: () => Promise<void>;
};

const CALLER = "+12025550142" as E164;
const SUPPORT = "+12025550100" as E164;
const MUSIC = [{ source: { kind: "music", name: "default" }, times: "forever" }] as const;
const BRIDGE = "bridge-1" as BridgeId;
const RECORDING = "recording-1" as RecordingId;
const DONE = { ok: true, value: undefined };

/** What every telephony does, on the real switch and in memory. */
export function telephonyContract(open: () => Promise<TelephonyBench>): void {
  let bench: TelephonyBench;
  beforeEach(async () => { bench = await open(); });
  afterEach(() => bench.close());

  const event = <T extends LegEvent["type"]>(type: T, fits: (e: Extract<LegEvent, { type: T }>) => boolean = () => true): Promise<Extract<LegEvent, { type: T }>> =>
    bench.until(() => bench.events.find((e): e is Extract<LegEvent, { type: T }> => e.type === type && fits(e as Extract<LegEvent, { type: T }>)));
  const of = (leg: LegId) => (e: { readonly leg: LegId }): boolean => e.leg === leg;
  const seen = (leg: LegId): string[] => bench.events.flatMap((e) => ("leg" in e && e.leg === leg ? [e.type] : []));
  const calls = async (): Promise<{ leg: LegId; hangsUp: () => void }> => {
    const known = new Set(bench.events.flatMap((e) => (e.type === "incoming" ? [e.leg] : [])));
    const { hangsUp } = await bench.someoneCalls(CALLER, SUPPORT);
    const { leg } = await event("incoming", (e) => !known.has(e.leg));
    return { leg, hangsUp };
  };
  const answered = async (): Promise<{ leg: LegId; hangsUp: () => void }> => {
    const call = await calls();
    bench.own(call.leg);
    expect(await bench.telephony().answer(call.leg)).toEqual(DONE);
    await event("media-connected", of(call.leg));
    return call;
  };

  describe("a leg", () => {
    test("arrives with numbers and name, is answered once, and ends once when the caller hangs up", async () => {
      const { leg, hangsUp } = await answered();
      const arrived = await event("incoming");
      expect(arrived).toMatchObject({ from: CALLER, to: SUPPORT, dialled: SUPPORT });
      expect(await bench.telephony().answer(leg)).toEqual(DONE);
      hangsUp();
      expect(await event("ended", of(leg))).toMatchObject({ cause: "hangup", by: "peer" });
      expect(seen(leg)).toEqual(["incoming", "answered", "media-connected", "ended"]);
    });

    test("is hung up by us; again is harmless, also for a leg that never was", async () => {
      const { leg } = await answered();
      for (const gone of [leg, leg, "never" as LegId]) expect(await bench.telephony().hangup(gone)).toEqual(DONE);
      expect(await event("ended", of(leg))).toMatchObject({ cause: "hangup", by: "server" });
    });

    test("is rejected", async () => {
      const { leg } = await calls();
      expect(await bench.telephony().reject(leg, "not-found")).toEqual(DONE);
      expect(await event("ended", of(leg))).toMatchObject({ by: "server" });
    });

    test("that is gone refuses commands as a value", async () => {
      expect(await bench.telephony().answer("never" as LegId)).toMatchObject({ ok: false, error: { type: "leg-gone" } });
      expect(await bench.telephony().play("never" as LegId, "p", MUSIC)).toMatchObject({ ok: false, error: { type: "leg-gone" } });
      expect(await bench.telephony().bridge(BRIDGE, ["never" as LegId])).toMatchObject({ ok: false, error: { type: "leg-gone" } });
    });
  });

  describe("audio", () => {
    test("a play begins, is replaced by the next, and stops", async () => {
      const { leg } = await answered();
      await bench.telephony().play(leg, "first", MUSIC);
      expect(await event("play-reached", of(leg))).toMatchObject({ play: "first", item: 0 });
      await bench.telephony().play(leg, "second", MUSIC);
      expect(await event("play-finished", (e) => e.play === "first")).toMatchObject({ why: "replaced" });
      await bench.telephony().stopPlay(leg);
      expect(await event("play-finished", (e) => e.play === "second")).toMatchObject({ why: "stopped" });
      expect(await bench.telephony().stopPlay(leg)).toEqual(DONE);
    });

    test("asked for again, what is being played goes on; once it has ended, it is played anew", async () => {
      const { leg } = await answered();
      const begun = (): number => bench.events.filter((e) => e.type === "play-reached").length;
      for (let times = 0; times < 2; times += 1) {
        await bench.telephony().play(leg, "music", MUSIC);
        await bench.until(() => (begun() === times + 1 ? true : undefined));
        expect(await bench.telephony().play(leg, "music", MUSIC)).toEqual(DONE);
        await bench.telephony().bridge(BRIDGE, [leg]);
        await bench.until(() => (bench.events.filter((e) => e.type === "play-finished").length === times + 1 ? true : undefined));
        await bench.telephony().unbridge(BRIDGE);
      }
      expect(begun()).toBe(2);
    });

    test("a bridge ends what was played; a recording starts, pauses and stops once", async () => {
      const [a, b] = [await answered(), await answered()];
      await bench.telephony().play(a.leg, "music", MUSIC);
      await event("play-reached", of(a.leg));
      const { record } = bench.telephony();
      expect(await bench.telephony().bridge(BRIDGE, [a.leg, b.leg])).toEqual(DONE);
      await event("play-finished", (e) => e.play === "music");
      for (let times = 0; times < 2; times += 1) expect(await record.start(RECORDING, a.leg, b.leg)).toEqual(DONE);
      await event("recording-started");
      for (const change of [record.pause, record.pause, record.resume, record.stop, record.stop]) expect(await change(RECORDING)).toEqual(DONE);
      expect(await event("recording-stopped")).toMatchObject({ why: "completed", path: "recordings/recording-1.wav" });
      expect(bench.events.filter((e) => e.type === "recording-started")).toHaveLength(1);
    });
  });

  test("a recording is completed when the last of its legs ends; stopping it then is done already", async () => {
    const [a, b] = [await answered(), await answered()];
    const { record } = bench.telephony();
    expect(await record.start(RECORDING, a.leg, b.leg)).toEqual(DONE);
    await event("recording-started");
    for (const { leg, hangsUp } of [a, b]) {
      expect(bench.events.some((e) => e.type === "recording-stopped")).toBe(false);
      hangsUp();
      await event("ended", of(leg));
    }
    expect(await event("recording-stopped")).toMatchObject({ recording: RECORDING, why: "completed" });
    expect(await record.stop(RECORDING)).toEqual(DONE);
    expect(bench.events.filter((e) => e.type === "recording-stopped")).toHaveLength(1);
  });

  test("CALL-5 that a leg is on hold is known to the next server, until it is resumed", async () => {
    const { leg } = await answered();
    for (const hold of [true, true, false, true]) expect(await bench.telephony().hold(leg, hold)).toEqual(DONE);
    await bench.restartServer();
    expect(await bench.until(() => bench.switchStates.findLast((s) => s.state === "up"))).toMatchObject({ snapshot: { legs: [{ leg, onHold: true }] } });
    expect(await bench.telephony().hold("never" as LegId, true)).toMatchObject({ ok: false, error: { type: "leg-gone" } });
  });

  describe("crashes", () => {
    test("CALL-13: what a server has not persisted is delivered to the next, with the same positions; its legs are there", async () => {
      const { leg, hangsUp } = await answered();
      const persisted = bench.events.length;
      bench.forgetful(true);
      await bench.telephony().play(leg, "music", MUSIC);
      const lost = await event("play-reached", of(leg));
      await bench.restartServer();
      const up = await bench.until(() => bench.switchStates.findLast((s) => s.state === "up"));
      const again = bench.events[0];
      expect(again?.position).toEqual(lost.position);
      expect(lost.position?.seq).toBe(persisted + 1);
      expect(up).toMatchObject({ fresh: false, snapshot: { legs: [{ leg, state: "up", hears: "play" }] } });
      hangsUp();
      await event("ended", of(leg));
    });

    test("a switch that dies takes its legs along: each owned leg ends with switch-failed", async () => {
      const { leg } = await answered();
      await bench.restartSwitch();
      expect(await event("ended", of(leg))).toMatchObject({ cause: "switch-failed", by: "switch" });
      expect(bench.switchStates.map((s) => s.state).slice(-2)).toEqual(["down", "up"]);
      expect(bench.switchStates.at(-1)).toMatchObject({ fresh: true, snapshot: { legs: [] } });
      const next = await calls();
      invariant(next.leg !== leg, "a leg's id is never used again");
    });

    test("a leg is lost with its switch also when somebody asks about it the moment the next switch is there", async () => {
      const { leg } = await answered();
      bench.telephony().onSwitch(({ state }) => {
        if (state === "up") void bench.telephony().stopPlay(leg);
      });
      await bench.restartSwitch();
      expect(await event("ended", of(leg))).toMatchObject({ cause: "switch-failed", by: "switch" });
    });
  });
}
