// MP3 to samples at 8 kHz, by mpg123 compiled to WebAssembly. Runs in the process of sound.child.ts: a file that hangs or
// crashes the decoder ends nothing else.
import { err, ok, type Result } from "@ringdesk/std";
import { MPEGDecoder } from "mpg123-decoder";
import { readFrames, type Mp3Frames } from "./mp3-frames.ts";
import { joined } from "./resample.ts";
import { createSides, type Mix } from "./sides.ts";
import { refused, type SoundRefused } from "./sound-refused.ts";
import { createNarrowing } from "./telephone-audio.ts";

/** The decoder is fed so much at a time, so that little is in memory at the file's own rate: more takes 50 MB more. */
const PIECE_BYTES = 8_192;
/** No music goes so far above full scale; random bytes do. */
const LOUDEST_PEAK = 8;
/** The decoder leaves out what encoders add at both ends; more than this is damage. */
const MOST_MISSING = { ms: 500, share: 0.05 };

type Piece = { readonly left: Float32Array; readonly right: Float32Array };

/** All of an MP3 as one channel at 8 kHz, inside the telephone band. `checkMemory` is asked between pieces, and may throw. */
export async function readMp3(bytes: Uint8Array, longestMs: number, checkMemory: () => void): Promise<Result<Float32Array, SoundRefused>> {
  const frames = readFrames(bytes, longestMs);
  if (!frames.ok) return frames;
  // Decoded twice rather than held in memory or resampled twice: decoding is the cheapest of it.
  const mix = frames.value.channels === 1 ? "left" : await howToMix(bytes, frames.value, checkMemory);
  const narrowing = createNarrowing(frames.value.rateHz);
  const narrow: Float32Array[] = [];
  let [samples, peak] = [0, 0];
  await decode(bytes, frames.value, (piece) => {
    checkMemory();
    const one = mixed(piece, mix);
    samples += one.length;
    for (const sample of one) peak = Math.max(peak, Math.abs(sample));
    narrow.push(narrowing.push(one));
  });
  narrow.push(narrowing.end());
  const missingMs = Math.abs(frames.value.durationMs - (samples * 1_000) / frames.value.rateHz);
  if (missingMs > Math.max(MOST_MISSING.ms, MOST_MISSING.share * frames.value.durationMs)) return err(refused("damaged", "parts of it cannot be decoded"));
  return peak > LOUDEST_PEAK ? err(refused("damaged", "it decodes to noise")) : ok(joined(narrow));
}

async function decode(bytes: Uint8Array, { rateHz }: Mp3Frames, take: (piece: Piece) => void): Promise<void> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const { channelData: [left, right], samplesDecoded, sampleRate } = decoder.decode(bytes.subarray(at, at + PIECE_BYTES));
      if (samplesDecoded > 0 && sampleRate === rateHz && left !== undefined) take({ left, right: right ?? left });
    }
  } finally {
    decoder.free();
  }
}

async function howToMix(bytes: Uint8Array, frames: Mp3Frames, checkMemory: () => void): Promise<Mix> {
  const sides = createSides();
  await decode(bytes, frames, ({ left, right }) => {
    checkMemory();
    left.forEach((sample, n) => { sides.add(sample, right[n] ?? 0); });
  });
  return sides.mix();
}

function mixed({ left, right }: Piece, mix: Mix): Float32Array {
  if (mix !== "both") return mix === "left" ? left : right;
  return left.map((sample, n) => (sample + (right[n] ?? 0)) / 2);
}
