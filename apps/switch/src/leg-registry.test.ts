import type { Command, SwitchEvent } from "@ringdesk/contract/switch";
import type { LegId, Millis } from "@ringdesk/std";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Outcome } from "./control/command-runner.ts";
import { BROWSER_WITHOUT_AUDIO_LIMIT_MS, INCOMING_LIMIT_MS, LONGEST_LEG_MS, RTP_TIMEOUT_MS } from "./leg-ending.ts";
import { createLegRegistry, RTP_CHECK_INTERVAL_MS, type LegRegistry } from "./leg-registry.ts";
import { createFakeMediaPlane, type FakeMediaPlane } from "./media-plane.fake.ts";
import { createFakeTrunkSide, fakeMedia, type FakeTrunkSide } from "./trunk/trunk.fake.ts";

const a = "a" as LegId;
const b = "b" as LegId;
const silent = { info: () => undefined, warn: () => undefined };

let events: SwitchEvent[];
let registry: LegRegistry;
let media: FakeMediaPlane;
let trunk: FakeTrunkSide;

beforeEach(() => {
  vi.useFakeTimers();
  events = [];
  media = createFakeMediaPlane();
  registry = createLegRegistry({
    trunk: () => trunk, media: () => media, advertised: "192.0.2.9", emit: (event) => events.push(event), now: () => Date.now() as Millis, log: silent,
  });
  trunk = createFakeTrunkSide(registry.trunkEvents);
});
afterEach(() => {
  registry.close();
  vi.useRealTimers();
});

const types = (): string[] => events.map((e) => e.type);
const run = async (command: Command): Promise<Outcome> => registry.carryOut(command);
const answer = (leg: LegId): Promise<Outcome> => run({ do: "leg.answer", leg });
const dial = (leg: LegId): Promise<Outcome> => run({ do: "leg.dial", leg, trunk: "sip", to: "+12025550199", from: "+12025550100", ringTimeoutMs: 30_000 });
const connect = (leg: LegId): Promise<Outcome> => run({ do: "leg.connect-browser", leg, sdp: "offer" });
const hangup = (leg: LegId): Promise<Outcome> => run({ do: "leg.hangup", leg });
const DONE: Outcome = { ok: true, value: {} };
const refusal = (outcome: Outcome): string => (outcome.ok ? "done" : outcome.error.type);

describe("incoming calls", () => {
  test("a call is announced, answered with a port of its own, and ends once", async () => {
    trunk.callArrives(a);
    expect(await answer(a)).toEqual(DONE);
    expect(await answer(a)).toEqual(DONE);
    registry.onMedia({ type: "media-connected", leg: a });
    trunk.peerEnds(a);
    expect(types()).toEqual(["leg.incoming", "leg.answered", "leg.media-connected", "leg.ended"]);
    expect(events.at(-1)).toMatchObject({ cause: "hangup", by: "peer", quality: { packets: 0 } });
    expect(media.legs.size).toBe(0);
  });

  test("without an RTP port the call ends", async () => {
    media.refuseNext("createRtpLeg", { type: "ports-exhausted" });
    trunk.callArrives(a);
    await vi.advanceTimersByTimeAsync(0);
    expect(events.at(-1)).toMatchObject({ type: "leg.ended", cause: "limit-reached", by: "switch" });
  });

  test("a caller who is gone before the port is open leaves no port behind", async () => {
    trunk.callArrives(a);
    trunk.peerEnds(a);
    await vi.advanceTimersByTimeAsync(0);
    expect(refusal(await answer(a))).toBe("leg-unknown");
    expect(media.legs.size).toBe(0);
  });

  test("rejecting tells signalling; a rejected leg may be rejected again", async () => {
    trunk.callArrives(a);
    expect(await run({ do: "leg.reject", leg: a, reason: "not-found" })).toEqual(DONE);
    expect(await run({ do: "leg.reject", leg: a, reason: "not-found" })).toEqual(DONE);
    expect(types()).toEqual(["leg.incoming", "leg.ended"]);
  });

  test("a call that nobody answers or rejects ends", () => {
    trunk.callArrives(a);
    vi.advanceTimersByTime(INCOMING_LIMIT_MS);
    expect(events.at(-1)).toMatchObject({ type: "leg.ended", cause: "no-answer", by: "switch" });
  });
});

describe("outbound calls", () => {
  test("dialling again is harmless, also after the leg has ended", async () => {
    expect(await dial(a)).toEqual(DONE);
    expect(await dial(a)).toEqual(DONE);
    trunk.peerAnswers(a);
    trunk.peerEnds(a);
    expect(await dial(a)).toEqual(DONE);
    expect(trunk.asked.filter((asked) => asked.startsWith("dial"))).toHaveLength(1);
    expect(types()).toEqual(["leg.answered", "leg.ended"]);
  });

  test("a refused dial leaves no leg, tells no event, and may be tried again", async () => {
    trunk.refuseNext({ type: "trunk-unknown" });
    expect(refusal(await dial(a))).toBe("trunk-unknown");
    expect(events).toEqual([]);
    expect(registry.snapshot().legs).toEqual([]);
    expect(media.legs.size).toBe(0);
    expect(await dial(a)).toEqual(DONE);
  });

  test("a leg that is ended while its port is opened is never dialled", async () => {
    const dialling = dial(a);
    registry.endAll();
    expect(refusal(await dialling)).toBe("leg-unknown");
    expect(trunk.asked.some((asked) => asked.startsWith("dial"))).toBe(false);
    expect(types()).toEqual(["leg.ended"]);
  });
});

describe("browsers", () => {
  test("a browser connects, is lost, and comes back to the same leg", async () => {
    expect(await connect(a)).toEqual({ ok: true, value: { sdp: "answer to offer" } });
    registry.onMedia({ type: "media-connected", leg: a });
    registry.onMedia({ type: "media-lost", leg: a, why: "silent" });
    expect(registry.snapshot().legs[0]?.state).toBe("media-lost");
    vi.advanceTimersByTime(BROWSER_WITHOUT_AUDIO_LIMIT_MS - 1);
    await connect(a);
    registry.onMedia({ type: "media-connected", leg: a });
    vi.advanceTimersByTime(BROWSER_WITHOUT_AUDIO_LIMIT_MS * 2);
    expect(types()).toEqual(["leg.media-connected", "leg.media-lost", "leg.media-connected"]);
  });

  test("CALL-12: lost audio that does not come back ends the leg after a minute", async () => {
    await connect(a);
    registry.onMedia({ type: "media-connected", leg: a });
    registry.onMedia({ type: "media-lost", leg: a, why: "closed" });
    vi.advanceTimersByTime(BROWSER_WITHOUT_AUDIO_LIMIT_MS);
    expect(events.at(-1)).toMatchObject({ type: "leg.ended", cause: "media-lost", by: "switch" });
  });

  test("a refused offer leaves no leg; one for a living leg leaves that as it was", async () => {
    media.refuseNext("connectBrowser", { type: "sdp-refused", detail: "no audio" });
    expect(refusal(await connect(a))).toBe("sdp-refused");
    expect(registry.snapshot().legs).toEqual([]);
    await connect(a);
    media.refuseNext("connectBrowser", { type: "sdp-refused", detail: "no audio" });
    expect(refusal(await connect(a))).toBe("sdp-refused");
    expect(registry.snapshot().legs).toHaveLength(1);
  });

  test("ring and answer mean nothing to a browser's leg, reject ends it", async () => {
    await connect(a);
    expect(await run({ do: "leg.ring", leg: a })).toEqual(DONE);
    expect(await answer(a)).toEqual(DONE);
    await run({ do: "leg.reject", leg: a, reason: "not-found" });
    expect(events).toMatchObject([{ type: "leg.ended", cause: "rejected", by: "server" }]);
  });
});

describe("hold", () => {
  const hold = (leg: LegId, wanted: boolean): Promise<Outcome> => run({ do: "leg.hold", leg, hold: wanted });
  const onHold = (): (boolean | undefined)[] => registry.snapshot().legs.map((entry) => entry.onHold);

  test("CALL-5 a leg is held and resumed by signalling, a browser's only in the snapshot", async () => {
    trunk.callArrives(a);
    await answer(a);
    await connect(b);
    for (const leg of [a, b, a]) expect(await hold(leg, true)).toEqual(DONE);
    expect(onHold()).toEqual([true, true]);
    expect(await hold(a, false)).toEqual(DONE);
    expect(onHold()).toEqual([undefined, true]);
    expect(trunk.asked.slice(-3)).toEqual([`hold ${a}`, `hold ${a}`, `resume ${a}`]);
  });

  test("what signalling refuses is not kept; an unknown leg is told", async () => {
    trunk.callArrives(a);
    trunk.refuseNext({ type: "leg-wrong-state", state: "incoming" });
    expect([refusal(await hold(a, true)), refusal(await hold(b, true))]).toEqual(["leg-wrong-state", "leg-unknown"]);
    expect(onHold()).toEqual([undefined]);
  });
});

describe("endings", () => {
  test("hanging up is done for every leg, also for one that never was", async () => {
    trunk.callArrives(a);
    await connect(b);
    for (const leg of [a, b, a, "c" as LegId]) expect(await hangup(leg)).toEqual(DONE);
    expect(types()).toEqual(["leg.incoming", "leg.ended", "leg.ended"]);
  });

  test("a SIP leg without RTP for thirty seconds ends; while its peer holds it does not", async () => {
    trunk.callArrives(a);
    await answer(a);
    for (let s = 0; s < RTP_TIMEOUT_MS * 2; s += RTP_CHECK_INTERVAL_MS) {
      media.receives(a);
      vi.advanceTimersByTime(RTP_CHECK_INTERVAL_MS);
    }
    registry.trunkEvents.mediaChanged(a, { ...fakeMedia, heldByPeer: true, direction: "recvonly" });
    vi.advanceTimersByTime(RTP_TIMEOUT_MS * 2);
    expect(types()).not.toContain("leg.ended");
    registry.trunkEvents.mediaChanged(a, fakeMedia);
    vi.advanceTimersByTime(RTP_TIMEOUT_MS + RTP_CHECK_INTERVAL_MS);
    expect(events.slice(-3)).toMatchObject([{ type: "leg.held-by-peer" }, { type: "leg.resumed-by-peer" }, { type: "leg.ended", cause: "media-timeout", by: "switch" }]);
  });

  test("CALL-5 while we hold, a peer that sends nothing is no dead one; after the resume it is, thirty seconds later", async () => {
    trunk.callArrives(a);
    await answer(a);
    registry.trunkEvents.mediaChanged(a, { ...fakeMedia, direction: "sendonly" });
    vi.advanceTimersByTime(RTP_TIMEOUT_MS * 2);
    registry.trunkEvents.mediaChanged(a, { ...fakeMedia, direction: "inactive", heldByPeer: true });
    vi.advanceTimersByTime(RTP_TIMEOUT_MS * 2);
    registry.trunkEvents.mediaChanged(a, fakeMedia);
    vi.advanceTimersByTime(RTP_TIMEOUT_MS - RTP_CHECK_INTERVAL_MS);
    expect(types()).not.toContain("leg.ended");
    vi.advanceTimersByTime(2 * RTP_CHECK_INTERVAL_MS);
    expect(events.at(-1)).toMatchObject({ type: "leg.ended", cause: "media-timeout" });
  });

  test("no leg outlives the longest call", async () => {
    await connect(a);
    registry.onMedia({ type: "media-connected", leg: a });
    vi.advanceTimersByTime(LONGEST_LEG_MS);
    expect(events.at(-1)).toMatchObject({ type: "leg.ended", cause: "limit-reached" });
  });

  test("what media still tells of an ended leg is not passed on: leg.ended is the last", async () => {
    await connect(a);
    await hangup(a);
    registry.onMedia({ type: "play-finished", leg: a, play: "p", why: "stopped" });
    registry.onMedia({ type: "dtmf", leg: a, digit: "1" });
    registry.onMedia({ type: "media-lost", leg: a, why: "closed" });
    expect(types()).toEqual(["leg.ended"]);
  });
});

test("the list of trunks stays the same object while it does not change", async () => {
  const list = [{ id: "sip", sources: ["192.0.2.0/24"], target: null, registers: false }];
  await run({ do: "trunks.set", trunks: list });
  const first = registry.trunks();
  await run({ do: "trunks.set", trunks: structuredClone(list) });
  expect(registry.trunks()).toBe(first);
  await run({ do: "trunks.set", trunks: [] });
  expect(registry.trunks()).toEqual([]);
});

test("registered phones are told, and stand in the snapshot", () => {
  const phone = { trunk: "sandbox", number: "+12025550150" };
  registry.trunkEvents.phoneRegistered(phone);
  registry.trunkEvents.phoneUnregistered(phone);
  expect(events).toEqual([{ type: "phone.registered", ...phone }, { type: "phone.unregistered", ...phone }]);
  expect(registry.snapshot().phones).toEqual([phone]);
});

test("a bridge, a play and a recording go to media, and its refusals come back in the words of the protocol", async () => {
  media.refuseNext("play", { type: "file-missing", path: "prompts/x.ulaw" });
  expect(refusal(await run({ do: "leg.play", leg: a, play: "p", items: [{ source: { kind: "tone", tone: "beep" }, times: 1 }] }))).toBe("file-missing");
  media.refuseNext("setBridge", { type: "bridge-full", most: 2 });
  expect(refusal(await run({ do: "bridge.set", bridge: "x" as never, legs: [a, b] }))).toBe("bridge-full");
});
