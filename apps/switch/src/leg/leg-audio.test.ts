import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toneAmplitude } from "@ringdesk/telecom/dsp";
import { ToneDetector } from "@ringdesk/telecom/dtmf";
import { alawToUlaw, linearToAlaw, ulawToLinear } from "@ringdesk/telecom/g711";
import { emptyRtpHeader, parseRtp, sequenceDistance, writeRtpHeader, type RtpHeader } from "@ringdesk/telecom/rtp";
import { Player } from "../media/player.ts";
import { IncomingAudio } from "./incoming-audio.ts";
import { OutgoingAudio, RELAY_GAP_MS } from "./outgoing-audio.ts";

const EVENT = 101;
type Sent = RtpHeader & { readonly payload: Uint8Array };

function listener(law: "pcmu" | "pcma" = "pcmu", eventPayloadType: number | null = EVENT) {
  const sent: Sent[] = [];
  const finished: string[] = [];
  const audio = new OutgoingAudio({ ssrc: 9, sequence: 65_500, timestamp: 0xffff_f000 }, { onFinished: (play) => { finished.push(play); } });
  audio.law = law;
  audio.eventPayloadType = eventPayloadType;
  audio.setSend((packet) => {
    const header = emptyRtpHeader();
    expect(parseRtp(packet, header)).toBe(true);
    sent.push({ ...header, payload: new Uint8Array(packet.subarray(header.payloadStart, header.payloadEnd)) });
  });
  return { audio, sent, finished };
}

const packet = (payloadType: number, sequence: number, fill = 0x10, ssrc = 5, length = 160): Uint8Array => {
  const bytes = new Uint8Array(12 + length).fill(fill);
  writeRtpHeader(bytes, 0, payloadType, false, sequence & 0xffff, (sequence * 160) >>> 0, ssrc);
  return bytes;
};
const player = (name: string, samples: number): Player => new Player(name, [{ bytes: new Uint8Array(samples).fill(0x22), samples, times: 1 }], () => {});

describe("what a leg hears", () => {
  test("silence keeps the stream going when there is no other source, also in A-law", () => {
    const { audio, sent } = listener("pcma");
    for (let n = 0; n < 5; n += 1) audio.tick(n * 20, 1);
    expect(sent.map((one) => [one.payloadType, one.payload[0]])).toEqual(Array.from({ length: 5 }, () => [8, 0xd5]));
  });

  test("the bridge instead of silence, and silence again once nothing was relayed for a while", () => {
    const speaker = new IncomingAudio({ onFirst: () => {}, onKey: () => {} });
    const { audio, sent } = listener();
    speaker.listener = audio;
    for (let n = 0; n < 10; n += 1) {
      speaker.receive(packet(0, n), n * 20);
      audio.tick(n * 20 + 5, 1);
    }
    expect(sent.map((one) => one.payload[0])).toEqual(Array.from({ length: 10 }, () => 0x10));
    for (let nowMs = 200; nowMs < 200 + RELAY_GAP_MS + 60; nowMs += 20) audio.tick(nowMs, 1);
    expect(sent.slice(10).map((one) => one.payload[0])).toEqual([0xff, 0xff, 0xff, 0xff]);
    expect(sent[10]?.timestamp).toBe((sent[9]!.timestamp + (380 - 180) * 8) >>> 0);
  });

  test("the player instead of the bridge, told when its last frame has been sent", () => {
    const { audio, sent, finished } = listener();
    const speaker = new IncomingAudio({ onFirst: () => {}, onKey: () => {} });
    speaker.listener = audio;
    audio.setPlayer(player("p", 320));
    for (let n = 0; n < 4; n += 1) {
      audio.tick(n * 20, 1);
      speaker.receive(packet(0, n), n * 20 + 1);
    }
    expect(finished).toEqual(["p"]);
    expect(sent.map((one) => one.payload[0])).toEqual([0x22, 0x22, 0xff, 0x10, 0x10]);
  });

  test("keys come before all, as tones where the peer has no telephone-event", () => {
    const { audio, sent } = listener("pcmu", null);
    audio.setPlayer(player("p", 1_600));
    audio.keys.queue("7");
    for (let n = 0; n < 12; n += 1) audio.tick(n * 20, 1);
    const detector = new ToneDetector();
    expect(sent.map((one) => detector.hear(one.payload, 0, 160, ulawToLinear)).filter((key) => key !== null)).toEqual(["7"]);
    expect(toneAmplitude(sent.slice(0, 8).flatMap((one) => [...one.payload].map((byte) => ulawToLinear[byte]!)), 852)).toBeGreaterThan(4_000);
    audio.tick(240, 1);
    expect(sent.at(-1)?.payload[0]).toBe(0x22);
  });

  test("the other law is transcoded, telephone-event gets the leg's own payload type", () => {
    const { audio, sent } = listener("pcmu", 96);
    const speaker = new IncomingAudio({ onFirst: () => {}, onKey: () => {} });
    speaker.listener = audio;
    speaker.eventPayloadType = EVENT;
    speaker.receive(packet(8, 1, 0x31), 0);
    speaker.receive(packet(EVENT, 2, 0x01, 5, 4), 20);
    expect(sent.map((one) => [one.payloadType, one.payload[0]])).toEqual([[0, alawToUlaw[0x31]], [96, 1]]);
  });

  test("one continuous stream whatever happens, in any order", () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.constant("tick" as const) }, { weight: 6, arbitrary: fc.constant("relay" as const) }, { weight: 1, arbitrary: fc.constant("play" as const) },
      { weight: 1, arbitrary: fc.constant("stop" as const) }, { weight: 1, arbitrary: fc.constant("keys" as const) }, { weight: 1, arbitrary: fc.constant("other" as const) }, { weight: 1, arbitrary: fc.constant("mute" as const) },
    );
    fc.assert(fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
      const { audio, sent } = listener();
      const send = (bytes: Uint8Array): void => { const header = emptyRtpHeader(); parseRtp(bytes, header); sent.push({ ...header, payload: new Uint8Array(bytes.subarray(header.payloadStart)) }); };
      const speaker = new IncomingAudio({ onFirst: () => {}, onKey: () => {} });
      speaker.listener = audio;
      let ssrc = 5;
      let sequence = 65_000;
      let muted = false;
      actions.forEach((what, n) => {
        const nowMs = n * 20;
        if (what === "tick") audio.tick(nowMs, 1);
        else if (what === "relay") speaker.receive(packet(0, sequence += 1, 0x10, ssrc), nowMs);
        else if (what === "play") audio.setPlayer(player("p", 400));
        else if (what === "stop") audio.setPlayer(null);
        else if (what === "keys") audio.keys.queue("1");
        else if (what === "mute") { muted = !muted; audio.setSend(muted ? null : send); }
        else { ssrc += 1; sequence = (n * 7_919) & 0xffff; audio.sourceChanged(); }
      });
      sent.slice(1).forEach((one, n) => {
        const before = sent[n]!;
        expect(one.ssrc).toBe(9);
        expect(sequenceDistance(one.sequence, before.sequence)).toBe(1);
        expect((one.timestamp - before.timestamp) | 0).toBeGreaterThanOrEqual(one.payloadType === EVENT && before.payloadType === EVENT ? 0 : 1);
      });
    }), {
      numRuns: 300,
      // A play that began and was stopped between two frames of the clock.
      // And keys that began while the peer could not be sent to.
      examples: [[["relay", "play", "relay", "stop", "relay"]], [["tick", "keys", "mute", "tick", "mute", "tick"]]],
    });
  });
});

describe("what a leg says", () => {
  test("the first packet is told, and again after it was awaited", () => {
    let first = 0;
    const speaker = new IncomingAudio({ onFirst: () => { first += 1; }, onKey: () => {} });
    speaker.receive(packet(0, 1), 0);
    speaker.receive(packet(0, 2), 20);
    speaker.awaitFirst();
    speaker.receive(packet(0, 3), 40);
    expect([first, speaker.lastAt, speaker.statistics.packets]).toEqual([2, 40, 3]);
  });

  test("a codec under the payload type that SDP gave it is understood, and spoken", () => {
    const { audio, sent } = listener("pcma");
    audio.payloadType = 97;
    const speaker = new IncomingAudio({ onFirst: () => {}, onKey: () => {} });
    speaker.listener = audio;
    speaker.dynamic = { payloadType: 97, law: "pcma" };
    speaker.receive(packet(97, 1, 0x31), 0);
    audio.hearMix(new Int32Array(160).fill(100_000), 20, 1);
    expect(sent.map((one) => [one.payloadType, one.payload[0]])).toEqual([[97, 0x31], [97, linearToAlaw[65_535]]]);
  });

  test("payload types that nobody agreed on are neither counted nor passed on", () => {
    const { audio, sent } = listener();
    const speaker = new IncomingAudio({ onFirst: () => {}, onKey: () => {} });
    speaker.listener = audio;
    speaker.receive(packet(111, 1), 0);
    speaker.receive(packet(13, 1), 0);
    expect([sent.length, speaker.statistics.packets]).toEqual([0, 0]);
  });

  const wire = fileURLToPath(new URL("../../../../../shared/reference/wire", import.meta.url));
  test.skipIf(!existsSync(wire))("malformed RTP and RTCP never disturb the leg (skipped where the corpus is absent)", () => {
    const { audio } = listener();
    const keys: string[] = [];
    const speaker = new IncomingAudio({ onFirst: () => {}, onKey: (key) => { keys.push(key); } });
    speaker.listener = audio;
    speaker.eventPayloadType = EVENT;
    for (const kind of ["rtp", "rtcp"]) {
      for (const file of readdirSync(`${wire}/${kind}`)) {
        for (let copy = 0; copy < 3; copy += 1) speaker.receive(new Uint8Array(readFileSync(`${wire}/${kind}/${file}`)), copy);
      }
    }
    speaker.tick(1_000, 1);
    expect(keys.length).toBeLessThanOrEqual(1);
    expect(speaker.statistics.figures().lossPercent).toBeGreaterThanOrEqual(0);
  });
});
