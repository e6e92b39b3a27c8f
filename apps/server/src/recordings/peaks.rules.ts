// The waveform of a recording: loudest sample of each stretch of time, per channel. Pure.

/** The file of a recording, as its header describes it: µ-law, two channels, 8 kHz. */
export type WavLayout = { readonly dataStart: number; readonly dataBytes: number };
export type WavRefused = "no-wave" | "no-data" | "not-ours";

const RIFF = 0x5249_4646;
const WAVE = 0x5741_5645;
const FMT = 0x666d_7420;
const DATA = 0x6461_7461;
const MULAW = 7;
const CHANNELS = 2;
const SAMPLE_RATE_HZ = 8_000;
/** The header of a recording fits; what is longer is none of ours. */
export const MAX_HEADER_BYTES = 4_096;

/**
 * Finds the samples in a RIFF WAVE file of `fileBytes` bytes that begins with `head`. The data go to the end of the file
 * whatever the header says: a recording whose switch died has a header without a length.
 */
export function readWavHeader(head: Uint8Array, fileBytes: number): WavLayout | WavRefused {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 12 || view.getUint32(0) !== RIFF || view.getUint32(8) !== WAVE) return "no-wave";
  let ours = false;
  for (let at = 12; at + 8 <= head.length;) {
    const chunk = view.getUint32(at);
    const size = view.getUint32(at + 4, true);
    if (chunk === DATA) {
      if (!ours) return "not-ours";
      const dataStart = at + 8;
      return { dataStart, dataBytes: Math.max(0, fileBytes - dataStart) & ~1 };
    }
    if (chunk === FMT && at + 24 <= head.length) {
      ours = view.getUint16(at + 8, true) === MULAW && view.getUint16(at + 10, true) === CHANNELS && view.getUint32(at + 12, true) === SAMPLE_RATE_HZ;
    }
    at += 8 + size + (size & 1);
  }
  return "no-data";
}

/** How long so many bytes of both channels play, in milliseconds. */
export const durationOfData = (dataBytes: number): number => Math.round(dataBytes / CHANNELS / (SAMPLE_RATE_HZ / 1_000));

/** Linear magnitude of each µ-law byte, 0 to 1 (ITU-T G.711 table 2a: the loudest is 8031). */
const LOUDNESS = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const exponent = (bits >> 4) & 7;
  const mantissa = bits & 15;
  return ((((mantissa << 1) + 33) << exponent) - 33) / 8_031;
});

/** So many values per channel at most: more than a screen shows. */
export const MAX_PEAKS = 1_000;
/** Values are given to three places. */
const PRECISION = 1_000;

export type PeaksCounter = {
  /** Takes the next bytes of the data, in any portions. */
  readonly add: (bytes: Uint8Array) => void;
  readonly result: () => { readonly customer: readonly number[]; readonly agent: readonly number[] };
};

/** Counts the waveform of `dataBytes` interleaved bytes, the customer's first. */
export function countPeaks(dataBytes: number): PeaksCounter {
  const samples = Math.floor(dataBytes / CHANNELS);
  const perPeak = Math.max(1, Math.ceil(samples / MAX_PEAKS));
  const loudest = [0, 1].map(() => new Float32Array(Math.ceil(samples / perPeak)));
  let position = 0;
  return {
    add: (bytes) => {
      for (const byte of bytes) {
        const channel = loudest[position % CHANNELS];
        const place = Math.floor(position / CHANNELS / perPeak);
        position += 1;
        const value = LOUDNESS[byte] ?? 0;
        if (channel !== undefined && value > (channel[place] ?? 1)) channel[place] = value;
      }
    },
    result: () => {
      const [customer = [], agent = []] = loudest.map((values) => Array.from(values, (v) => Math.round(v * PRECISION) / PRECISION));
      return { customer, agent };
    },
  };
}
