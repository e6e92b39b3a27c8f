import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { RecordingId } from "@ringdesk/std";
import { allOf, cutOut } from "./pieces.ts";
import { createKeyring, SealBroken, type Keyring } from "./recording-seal.ts";
import { HEADER_BYTES, readSealHeader, SEGMENT_BYTES, sealedPart, TAG_BYTES } from "./sealed.rules.ts";

const newKey = (): string => randomBytes(32).toString("base64");
const id = "r1" as RecordingId;
const keyring = createKeyring([newKey()]);

async function* stream(bytes: Uint8Array, chunk = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}
const seal = (audio: Uint8Array, ring = keyring, chunk?: number): Promise<Uint8Array> => allOf(ring.seal(id, stream(audio, chunk)));
/** The bytes from `first` to `last` of the audio in a sealed file. */
async function open(file: Uint8Array, first: number, last: number, bytes: number, ring: Keyring = keyring, of = id): Promise<Uint8Array> {
  const { keyName, salt } = readSealHeader(file.subarray(0, HEADER_BYTES))!;
  const part = sealedPart(first, last, bytes);
  return allOf(cutOut(ring.open({ id: of, keyName, salt, firstSegment: part.firstSegment, bytes }, stream(file.subarray(part.from, part.to + 1), 777)), part.skip, last - first + 1));
}
const audioOf = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, at) => (at * 7 + (at >> 8)) & 0xff);

describe("REC-3 a recording that is encrypted", () => {
  test("opens to the same audio, any part of it, at every edge of a segment", async () => {
    const sizes = fc.constantFrom(0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES, 150_000);
    await fc.assert(fc.asyncProperty(sizes, fc.nat(), fc.nat(), fc.integer({ min: 500, max: 200_000 }), async (bytes, a, b, chunk) => {
      const audio = audioOf(bytes);
      const file = await seal(audio, keyring, chunk);
      expect(file.length).toBe(HEADER_BYTES + bytes + TAG_BYTES * Math.max(1, Math.ceil(bytes / SEGMENT_BYTES)));
      if (bytes === 0) return;
      const [first = 0, last = 0] = [a % bytes, b % bytes].sort((x, y) => x - y);
      expect(Buffer.compare(await open(file, first, last, bytes), audio.subarray(first, last + 1))).toBe(0);
    }), { numRuns: 60 });
  });
  test("tells nothing of the audio, and is never the same twice", async () => {
    const audio = new Uint8Array(100_000).fill(0xff); // silence
    const [one, other] = [await seal(audio), await seal(audio)];
    expect(Buffer.from(one).includes(Buffer.alloc(16, 0xff))).toBe(false);
    expect(Buffer.compare(one, other)).not.toBe(0);
  });
  test("does not open when a bit was changed, segments were swapped or the end was cut off", async () => {
    const audio = audioOf(3 * SEGMENT_BYTES);
    const file = await seal(audio);
    const whole = (bytes: Uint8Array, length = audio.length): Promise<Uint8Array> => open(bytes, 0, length - 1, length);
    const size = SEGMENT_BYTES + TAG_BYTES;
    for (const at of [HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + size - 1, file.length - 1]) {
      const changed = Uint8Array.from(file);
      changed[at]! ^= 1;
      await expect(whole(changed)).rejects.toThrow(SealBroken);
    }
    const swapped = Uint8Array.from(file);
    swapped.set(file.subarray(HEADER_BYTES, HEADER_BYTES + size), HEADER_BYTES + size);
    swapped.set(file.subarray(HEADER_BYTES + size, HEADER_BYTES + 2 * size), HEADER_BYTES);
    await expect(whole(swapped)).rejects.toThrow(SealBroken);
    await expect(whole(file.subarray(0, HEADER_BYTES + 2 * size), 2 * SEGMENT_BYTES)).rejects.toThrow(SealBroken);
  });
  test("is no other recording's, and opens with its own key alone", async () => {
    const audio = audioOf(1_000);
    const file = await seal(audio);
    await expect(open(file, 0, 999, 1_000, keyring, "r2" as RecordingId)).rejects.toThrow(SealBroken);
    expect(createKeyring([newKey()]).has(keyring.current ?? "")).toBe(false);
  });
  test("opens with an older key after a new one was put before it", async () => {
    const [before, now] = [newKey(), newKey()];
    const file = await seal(audioOf(1_000), createKeyring([before]));
    const rotated = createKeyring([now, before]);
    expect(Buffer.compare(await open(file, 0, 999, 1_000, rotated), audioOf(1_000))).toBe(0);
    expect(rotated.current).toBe(createKeyring([now]).current);
  });
  test("without a key nothing is encrypted", () => {
    expect(createKeyring([]).current).toBeNull();
    expect(readSealHeader(new TextEncoder().encode("RIFF and so on, which is no seal"))).toBeNull();
  });
});
