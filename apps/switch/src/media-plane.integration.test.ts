import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BridgeId, LegId, RecordingId } from "@ringdesk/std";
import { ulawToLinear } from "@ringdesk/telecom/g711";
import { createMediaPlane } from "./media-plane.ts";
import { EVENT_PAYLOAD_TYPE, strongestTone, type Heard } from "./testkit/phone.ts";
import { createTestPlane, eventually, type TestPlane } from "./testkit/plane.ts";

const leg = (id: string): LegId => id as LegId;
const bridge = "bridge" as BridgeId;
const TONES = [440, 620, 1_000, 1_400];

let setup: TestPlane;
beforeEach(async () => { setup = await createTestPlane(); });
afterEach(async () => { await setup.close(); });

/** One SSRC, sequence numbers without gap or repetition, timestamps that only rise. */
function expectOneStream(heard: readonly Heard[]): void {
  heard.forEach((packet, n) => {
    const before = heard[n - 1];
    if (before === undefined) return;
    expect(packet.ssrc).toBe(before.ssrc);
    expect(packet.sequence).toBe((before.sequence + 1) & 0xffff);
    expect((packet.timestamp - before.timestamp) >>> 0).toBeGreaterThanOrEqual(packet.payloadType === EVENT_PAYLOAD_TYPE ? 0 : 1);
  });
}

describe("playing", () => {
  test("a leg hears silence, then what is played, then silence, as one stream of 20 ms packets", async () => {
    const { plane, folder, callFrom, until } = setup;
    const phone = await callFrom("a");
    await writeFile(join(folder, "prompts", "hello.ulaw"), Uint8Array.from({ length: 8_000 }, (_, n) => n % 200));
    await eventually(() => phone.heard.length > 3);
    const played = await plane.play(leg("a"), "p1", [{ source: { kind: "file", path: "prompts/hello.ulaw" }, times: 2 }, { source: { kind: "silence", ms: 100 }, times: 1 }]);
    expect(played.ok).toBe(true);
    await until("play-reached", (event) => event.item === 1);
    expect(await until("play-finished")).toMatchObject({ leg: "a", play: "p1", why: "completed" });
    await eventually(() => phone.heard.length > 115);
    expectOneStream(phone.heard);
    const steps = phone.heard.slice(1).map((packet, n) => (packet.timestamp - phone.heard[n]!.timestamp) >>> 0);
    // A frame is skipped only when the whole process stood still for longer than is made up for.
    expect([...new Set(steps.map((step) => step % 160)), steps.filter((step) => step !== 160).length < 3]).toEqual([0, true]);
    expect(phone.heard.filter((packet) => packet.marker).length).toBe(1);
    const bytes = phone.heard.flatMap((packet) => [...packet.payload]);
    const start = bytes.findIndex((byte, n) => byte === 0 && bytes[n + 1] === 1);
    expect(bytes.slice(start, start + 16_000)).toEqual(Array.from({ length: 16_000 }, (_, n) => (n % 8_000) % 200));
    expect(bytes.slice(start + 16_000).every((byte) => byte === 0xff)).toBe(true);
  });

  test("a new play replaces the old, a repeated one changes nothing, stopping is told, a missing file is refused", async () => {
    const { plane, callFrom, events } = setup;
    await callFrom("a");
    const music = [{ source: { kind: "music", name: "default" }, times: "forever" }] as const;
    await plane.play(leg("a"), "p1", music);
    await plane.play(leg("a"), "p1", music);
    await plane.play(leg("a"), "p2", [{ source: { kind: "tone", tone: "ringback" }, times: "forever" }]);
    expect(plane.snapshot().legs[0]?.hears).toBe("play");
    plane.stopPlay(leg("a"));
    plane.stopPlay(leg("a"));
    expect(events.filter((event) => event.type === "play-finished")).toEqual([
      { type: "play-finished", leg: "a", play: "p1", why: "replaced" }, { type: "play-finished", leg: "a", play: "p2", why: "stopped" },
    ]);
    expect(await plane.play(leg("a"), "p3", [{ source: { kind: "file", path: "prompts/none.ulaw" }, times: 1 }])).toEqual({ ok: false, error: { type: "file-missing", path: "prompts/none.ulaw" } });
    expect(await plane.play(leg("x"), "p3", music)).toEqual({ ok: false, error: { type: "leg-unknown", leg: "x" } });
  });
});

describe("a bridge", () => {
  test("relays both ways, from µ-law to A-law too, and each leg hears one stream", async () => {
    const { plane, callFrom, until } = setup;
    const [a, b] = [await callFrom("a", "pcmu"), await callFrom("b", "pcma")];
    a.say(440);
    b.say(1_000);
    await until("media-connected", (event) => event.leg === "a");
    await until("media-connected", (event) => event.leg === "b");
    expect(plane.setBridge(bridge, [leg("a"), leg("b")]).ok).toBe(true);
    await eventually(() => a.heard.length > 60 && b.heard.length > 60);
    expect(new Set(b.heard.map((packet) => packet.payloadType))).toEqual(new Set([8]));
    expect([strongestTone(a.listen().slice(-4_800), TONES), strongestTone(b.listen().slice(-4_800), TONES)]).toEqual([1_000, 440]);
    expectOneStream(a.heard);
    expectOneStream(b.heard);
    expect(plane.snapshot().bridges).toEqual([{ bridge, legs: ["a", "b"] }]);
    expect(plane.quality(leg("a"))).toMatchObject({ lost: 0, roundTripMs: null });
    expect(plane.quality(leg("a"))?.mos).toBeGreaterThan(4);
  });

  test("a leg that is played to hears only that; its own voice goes on being heard", async () => {
    const { plane, callFrom } = setup;
    const [a, b] = [await callFrom("a"), await callFrom("b")];
    a.say(440);
    b.say(1_000);
    plane.setBridge(bridge, [leg("a"), leg("b")]);
    await plane.play(leg("a"), "hold", [{ source: { kind: "tone", tone: "busy" }, times: "forever" }]);
    await eventually(() => a.heard.length > 30);
    a.listen();
    b.listen();
    await eventually(() => a.heard.length > 80);
    expect(strongestTone(a.listen(), [440, 1_000, 620])).toBe(620);
    expect(strongestTone(b.listen(), TONES)).toBe(440);
    plane.setBridge(bridge, [leg("a"), leg("b")]);
    await eventually(() => a.heard.length > 90);
    a.listen();
    await eventually(() => a.heard.length > 120);
    expect(strongestTone(a.listen(), [440, 1_000, 620])).toBe(1_000);
    expectOneStream(a.heard);
  });

  test("a leg that is left alone hears silence in the same stream, and a ninth leg is refused", async () => {
    const { plane, callFrom } = setup;
    const [a, b] = [await callFrom("a"), await callFrom("b")];
    const more = await Promise.all(Array.from({ length: 7 }, async (_, n) => {
      await callFrom(`more${n}`);
      return leg(`more${n}`);
    }));
    a.say(440);
    b.say(1_000);
    plane.setBridge(bridge, [leg("a"), leg("b")]);
    expect(plane.setBridge(bridge, [leg("a"), leg("b"), ...more])).toEqual({ ok: false, error: { type: "bridge-full", most: 8 } });
    await eventually(() => a.heard.length > 40);
    expect(plane.closeLeg(leg("b"))?.packets).toBeGreaterThan(20);
    expect(plane.closeLeg(leg("b"))).toBeNull();
    const before = a.heard.length;
    await eventually(() => a.heard.length > before + 40);
    expect(strongestTone(a.listen().slice(-3_200), TONES)).toBeNull();
    expectOneStream(a.heard);
  });
});

describe("keys", () => {
  test("each press is told once, and passed on to the other leg with its payload type", async () => {
    const { plane, callFrom, events } = setup;
    const [a, b] = [await callFrom("a"), await callFrom("b")];
    plane.setBridge(bridge, [leg("a"), leg("b")]);
    for (const [key, timestamp] of [[5, 8_000], [11, 16_000]] as const) {
      for (const [n, ended] of [[1, 0], [2, 0], [3, 0x80], [3, 0x80], [3, 0x80]] as const) a.send(EVENT_PAYLOAD_TYPE, timestamp, Uint8Array.of(key, ended | 10, 0, n * 80), n === 1);
    }
    await eventually(() => b.heard.filter((packet) => packet.payloadType === EVENT_PAYLOAD_TYPE).length === 10);
    expect(events.filter((event) => event.type === "dtmf")).toEqual([
      { type: "dtmf", leg: "a", digit: "5" }, { type: "dtmf", leg: "a", digit: "#" },
    ]);
    expect(new Set(b.heard.filter((packet) => packet.payloadType === EVENT_PAYLOAD_TYPE).map((packet) => packet.timestamp)).size).toBe(2);
  });

  test("digits are sent by RFC 4733 within the leg's one stream, and what is no digit is refused", async () => {
    const { plane, callFrom } = setup;
    const a = await callFrom("a");
    await eventually(() => a.heard.length > 5);
    expect(plane.sendDtmf(leg("a"), "1#").ok).toBe(true);
    expect(plane.sendDtmf(leg("a"), "x").ok).toBe(false);
    await eventually(() => a.heard.length > 50);
    const events = a.heard.filter((packet) => packet.payloadType === EVENT_PAYLOAD_TYPE);
    expect(new Set(events.map((packet) => `${packet.timestamp}:${packet.payload[0]}`)).size).toBe(2);
    expect(events.filter((packet) => (packet.payload[1]! & 0x80) !== 0).length).toBe(6);
    expect(events.filter((packet) => packet.marker).length).toBe(2);
    expect(new Set(a.heard.map((packet) => packet.ssrc)).size).toBe(1);
    a.heard.slice(1).forEach((packet, n) => expect(packet.sequence).toBe((a.heard[n]!.sequence + 1) & 0xffff));
  });
});

test("RTP from a stranger is neither heard nor counted", async () => {
  const { plane, callFrom } = setup;
  const a = await callFrom("a");
  const stranger = await callFrom("b");
  a.say(440);
  await eventually(() => (plane.quality(leg("a"))?.packets ?? 0) > 5);
  const port = await plane.createRtpLeg(leg("a"));
  stranger.dial(port.ok ? port.value : 0);
  a.hush();
  await eventually(() => plane.quality(leg("a")) !== null);
  const before = plane.quality(leg("a"))?.packets ?? 0;
  for (let n = 0; n < 50; n += 1) stranger.send(0, n * 160, new Uint8Array(160));
  const seen = stranger.heard.length;
  await eventually(() => stranger.heard.length > seen + 10);
  expect((plane.quality(leg("a"))?.packets ?? 0) - before).toBeLessThanOrEqual(2);
});

test("a peer behind a NAT, which sends from elsewhere than its SDP says, is learned and answered there", async () => {
  const { plane, callFrom, until } = setup;
  const a = await callFrom("a");
  const b = await callFrom("b");
  plane.setRemote(leg("a"), { remoteAddress: "127.0.0.1", remotePort: 9, law: "pcmu", dtmfPayloadType: null, direction: "sendrecv" });
  await new Promise((resolve) => { setTimeout(resolve, 60); });
  const before = a.heard.length;
  a.say(440);
  await until("media-connected", (event) => event.leg === "a");
  plane.setBridge(bridge, [leg("a"), leg("b")]);
  await eventually(() => a.heard.length > before + 10);
  await eventually(() => strongestTone(b.listen().slice(-3_200), TONES) === 440);
});

test("a leg on hold by its peer is sent nothing, and its stream goes on in time afterwards", async () => {
  const { plane, callFrom } = setup;
  const a = await callFrom("a");
  await eventually(() => a.heard.length > 10);
  const media = { remoteAddress: "127.0.0.1", remotePort: a.port, law: "pcmu", dtmfPayloadType: EVENT_PAYLOAD_TYPE } as const;
  plane.setRemote(leg("a"), { ...media, direction: "inactive" });
  await new Promise((resolve) => { setTimeout(resolve, 40); });
  const held = a.heard.length;
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  expect(a.heard.length).toBe(held);
  plane.setRemote(leg("a"), { ...media, direction: "sendrecv" });
  await eventually(() => a.heard.length > held + 5);
  const [last, next] = [a.heard[held - 1]!, a.heard[held]!];
  expect(next.sequence).toBe((last.sequence + 1) & 0xffff);
  expect(next.timestamp - last.timestamp).toBeGreaterThan(300 * 8);
  expect(next.marker).toBe(true);
});

describe("recording", () => {
  test("REC-1 caller on the left, agent on the right, pauses left out, duration right to 0.2 s", async () => {
    const { plane, folder, callFrom, until } = setup;
    const [a, b] = [await callFrom("a", "pcma"), await callFrom("b")];
    a.say(440);
    b.say(1_000);
    plane.setBridge(bridge, [leg("a"), leg("b")]);
    const id = "rec1" as RecordingId;
    expect(plane.startRecording(id, leg("a"), leg("b")).ok).toBe(true);
    expect(plane.startRecording(id, leg("a"), leg("b")).ok).toBe(true);
    await until("recording-started");
    let ranMs = -performance.now();
    await new Promise((resolve) => { setTimeout(resolve, 1_000); });
    plane.pauseRecording(id);
    ranMs += performance.now();
    expect(plane.snapshot().recordings).toEqual([{ recording: id, state: "paused" }]);
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    plane.resumeRecording(id);
    ranMs -= performance.now();
    await new Promise((resolve) => { setTimeout(resolve, 1_000); });
    plane.stopRecording(id);
    ranMs += performance.now();
    plane.stopRecording(id);
    const stopped = await until("recording-stopped");
    expect(stopped).toMatchObject({ recording: id, why: "completed", path: "recordings/rec1.wav" });
    expect(Math.abs(stopped.durationMs - ranMs)).toBeLessThan(200);
    const file = readFileSync(join(folder, stopped.path));
    expect(file.readUInt32LE(54)).toBe(file.length - 58);
    const channel = (side: 0 | 1): Int16Array => Int16Array.from({ length: (file.length - 58) / 2 }, (_, n) => ulawToLinear[file[58 + 2 * n + side]!]!);
    expect([strongestTone(channel(0).subarray(2_000, 7_000), TONES), strongestTone(channel(1).subarray(2_000, 7_000), TONES)]).toEqual([440, 1_000]);
    expect([strongestTone(channel(0).subarray(-5_000), TONES), strongestTone(channel(1).subarray(-5_000), TONES)]).toEqual([440, 1_000]);
    expect(plane.pauseRecording("none" as RecordingId)).toEqual({ ok: false, error: { type: "recording-unknown", recording: "none" } });
  });

  test("REC-1 a recording goes on while one of its legs is left, and is completed with the last", async () => {
    const { plane, events, callFrom, until } = setup;
    const [a, b, c] = [await callFrom("a"), await callFrom("b"), await callFrom("c")];
    for (const phone of [a, b, c]) phone.say(440);
    const id = "rec1" as RecordingId;
    plane.startRecording(id, leg("a"), leg("b"));
    plane.startRecording("rec2" as RecordingId, leg("c"), leg("b"));
    await until("recording-started");
    plane.closeLeg(leg("b"));
    plane.setRecordingLegs(id, leg("a"), leg("c"));
    plane.closeLeg(leg("a"));
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    expect(events.filter((event) => event.type === "recording-stopped")).toEqual([]);
    plane.closeLeg(leg("c"));
    expect(plane.snapshot().recordings).toEqual([]);
    expect(await until("recording-stopped", (event) => event.recording === id)).toMatchObject({ why: "completed", path: "recordings/rec1.wav" });
    await until("recording-stopped", (event) => event.recording === "rec2");
    // The server's own stop comes later, and changes nothing.
    plane.stopRecording(id);
    expect(plane.setRecordingLegs(id, leg("a"), leg("c")).ok).toBe(true);
    expect(events.filter((event) => event.type === "recording-stopped").length).toBe(2);
  });

  test("REC-4 a disk that refuses stops the recording with an event, and the call goes on", async () => {
    const { plane, folder, callFrom, until } = setup;
    const [a, b] = [await callFrom("a"), await callFrom("b")];
    a.say(440);
    plane.setBridge(bridge, [leg("a"), leg("b")]);
    await writeFile(join(folder, "recordings", "live"), "in the way");
    plane.startRecording("rec1" as RecordingId, leg("a"), leg("b"));
    expect(await until("recording-stopped")).toMatchObject({ recording: "rec1", why: "failed", durationMs: 0 });
    const before = b.heard.length;
    await eventually(() => b.heard.length > before + 20);
    expect(strongestTone(b.listen().slice(-2_400), TONES)).toBe(440);
  });
});

test("an occupied WebRTC port is told at the start", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => { socket.bind(0, "127.0.0.1", resolve); });
  const { port } = socket.address();
  const opened = await createMediaPlane({
    address: "127.0.0.1", bindAddress: "127.0.0.1", rtpPorts: { first: 20_000, last: 20_010 }, webrtcPort: port, mediaFolder: setup.folder,
    onEvent: () => {}, log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
  expect(opened).toMatchObject({ ok: false, error: { type: "socket-failed", detail: expect.stringContaining(String(port)) } });
  socket.close();
});

test("a leg that is closed while its socket is being opened leaves nothing behind", async () => {
  const { plane } = setup;
  const opening = plane.createRtpLeg(leg("a"));
  expect(plane.closeLeg(leg("a"))).toBeNull();
  await opening;
  await eventually(() => plane.snapshot().legs.length === 0);
});
