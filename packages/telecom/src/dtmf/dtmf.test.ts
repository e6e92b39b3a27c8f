import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linearToUlaw, ulawToLinear } from "../g711/index.ts";
import { EventReceiver, EventSender, eventOfKey, KEY_FREQUENCIES, keyOfEvent, ToneDetector } from "./index.ts";

const payload = (code: number, ended: boolean, units: number): Uint8Array => Uint8Array.of(code, (ended ? 0x80 : 0) | 10, units >> 8, units & 0xff);

describe("IVR-9 receiving telephone-events", () => {
  const receive = (receiver: EventReceiver, code: number, ended: boolean, units: number, timestamp: number): string | null => {
    const bytes = payload(code, ended, units);
    return receiver.receive(bytes, 0, bytes.length, timestamp);
  };

  test("a key is told once, by the first packet that comes of it, for any number of copies with one timestamp", () => {
    const receiver = new EventReceiver();
    expect([160, 320, 800, 800, 800, 800].map((units, n) => receive(receiver, 5, n > 1, units, 1_000))).toEqual(["5", null, null, null, null, null]);
  });

  test("a key of which only the end comes is told all the same", () => {
    const receiver = new EventReceiver();
    expect(receive(receiver, 5, true, 800, 1_000)).toBe("5");
  });

  test("the same key twice is two keys, whether or not the end of the first came", () => {
    const receiver = new EventReceiver();
    expect(receive(receiver, 1, true, 800, 1_000)).toBe("1");
    expect(receive(receiver, 1, false, 400, 3_000)).toBe("1");
    expect(receive(receiver, 1, false, 160, 5_000)).toBe("1");
  });

  test("a late copy of the key before changes nothing", () => {
    const receiver = new EventReceiver();
    receive(receiver, 1, true, 800, 1_000);
    receive(receiver, 2, false, 160, 3_000);
    expect(receive(receiver, 1, true, 800, 1_000)).toBeNull();
    expect(receive(receiver, 2, true, 800, 3_000)).toBeNull();
  });

  test("a key held for more than one segment is one key, and the next press of it another", () => {
    const receiver = new EventReceiver();
    expect(receive(receiver, 0, false, 0xffff, 1_000)).toBe("0");
    expect(receive(receiver, 0, false, 160, 1_000 + 0xffff)).toBeNull();
    expect(receive(receiver, 0, true, 0xf100, 1_000 + 0xffff)).toBeNull();
    expect(receive(receiver, 0, false, 160, 1_000 + 0xffff + 0xf100)).toBe("0");
  });

  test("short payloads and events that are not keys are nothing", () => {
    const receiver = new EventReceiver();
    expect(receiver.receive(Uint8Array.of(1), 0, 1, 0)).toBeNull();
    expect(receive(receiver, 16, true, 800, 5)).toBeNull();
  });
});

test("what the sender sends, the receiver receives, under any loss that leaves one packet of each key", () => {
  fc.assert(fc.property(fc.stringMatching(/^[0-9A-D*#]{1,12}$/), fc.infiniteStream(fc.boolean()), (keys, drop) => {
    const sender = new EventSender();
    const receiver = new EventReceiver();
    expect(sender.queue(keys)).toBe(true);
    const heard: string[] = [];
    const packet = new Uint8Array(4);
    let timestamp = 0;
    let kept = false;
    for (let nowMs = 0; !sender.idle || nowMs % 1_000 !== 0; nowMs += 20) {
      const frame = sender.next(packet, 0);
      if (frame.kind === "event") {
        if (frame.first) { timestamp = nowMs * 8; kept = false; }
        for (let copy = 0; copy < frame.packets; copy += 1) {
          const last = frame.packets === 3 && copy === 2;
          if (drop.next().value === true && !(last && !kept)) continue;
          kept = true;
          const key = receiver.receive(packet, 0, 4, timestamp);
          if (key !== null) heard.push(key);
        }
      }
    }
    expect(heard.join("")).toBe(keys);
  }), { numRuns: 100 });
});

test("keys and event codes are each other's inverse", () => {
  for (let code = 0; code < 16; code += 1) expect(eventOfKey(keyOfEvent(code) ?? "")).toBe(code);
  expect(eventOfKey("12")).toBeNull();
  expect(new EventSender().queue("1x")).toBe(false);
});

describe("IVR-9 hearing keys in the audio", () => {
  const tone = (key: string, ms: number, amplitude = 6_000): Uint8Array => {
    const [low, high] = KEY_FREQUENCIES.get(key)!;
    return Uint8Array.from({ length: ms * 8 }, (_, n) => linearToUlaw[Math.round(amplitude * (Math.sin((2 * Math.PI * low * n) / 8_000) + Math.sin((2 * Math.PI * high * n) / 8_000))) + 32_768]!);
  };
  const hear = (bytes: Uint8Array): string => {
    const detector = new ToneDetector();
    let heard = "";
    for (let at = 0; at < bytes.length; at += 160) heard += detector.hear(bytes, at, Math.min(at + 160, bytes.length), ulawToLinear) ?? "";
    return heard;
  };
  const silence = (ms: number): Uint8Array => new Uint8Array(ms * 8).fill(0xff);

  test("every key once, also of 60 ms, and the same key twice", () => {
    for (const key of KEY_FREQUENCIES.keys()) {
      expect(hear(Uint8Array.from([...silence(60), ...tone(key, 60), ...silence(60), ...tone(key, 200), ...silence(60)]))).toBe(key + key);
    }
  });

  test("one tone alone, noise and a 15 ms blip are not keys", () => {
    const single = Uint8Array.from({ length: 8_000 }, (_, n) => linearToUlaw[Math.round(8_000 * Math.sin((2 * Math.PI * 770 * n) / 8_000)) + 32_768]!);
    let seed = 1;
    const noise = Uint8Array.from({ length: 80_000 }, () => { seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff; return linearToUlaw[(seed % 16_000) + 24_768]!; });
    expect([hear(single), hear(noise), hear(Uint8Array.from([...silence(60), ...tone("5", 15), ...silence(60)]))]).toEqual(["", "", ""]);
  });
});
