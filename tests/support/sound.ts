// Measuring what is heard: G.711 decoding and frequency analysis, written apart from the product so that a mistake in
// its tables cannot hide itself.

export const RATE = 8_000;

/** One µ-law byte to a 16-bit sample (ITU-T G.711). */
function ulawSample(byte: number): number {
  const u = ~byte & 0xff;
  const magnitude = (((u & 0x0f) << 3) + 0x84) << ((u & 0x70) >> 4);
  return u & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

/** One 16-bit sample to µ-law. */
function ulawByte(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(32_635, Math.abs(sample)) + 0x84;
  let exponent = 7;
  for (let mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1) exponent -= 1;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

export const ulawToLinear = (bytes: Uint8Array): Int16Array => Int16Array.from(bytes, ulawSample);

/** A tone of `hz` as µ-law, at about -12 dBFS. */
export function ulawTone(hz: number, ms: number): Uint8Array {
  return Uint8Array.from({ length: (RATE * ms) / 1_000 }, (_, i) => ulawByte(Math.round(8_000 * Math.sin((2 * Math.PI * hz * i) / RATE))));
}

/** A mono 16-bit WAV file with a tone, long enough to loop without an audible seam for whole-hertz tones. */
export function wavTone(hz: number, seconds: number, rate = 48_000): Uint8Array {
  const samples = seconds * rate;
  const out = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at: number, s: string) => [...s].forEach((c, i) => out.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF"); out.setUint32(4, 36 + samples * 2, true); text(8, "WAVEfmt ");
  out.setUint32(16, 16, true); out.setUint16(20, 1, true); out.setUint16(22, 1, true);
  out.setUint32(24, rate, true); out.setUint32(28, rate * 2, true); out.setUint16(32, 2, true); out.setUint16(34, 16, true);
  text(36, "data"); out.setUint32(40, samples * 2, true);
  for (let i = 0; i < samples; i++) out.setInt16(44 + i * 2, Math.round(10_000 * Math.sin((2 * Math.PI * hz * i) / rate)), true);
  return new Uint8Array(out.buffer);
}

export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! ** 2;
  return samples.length ? Math.sqrt(sum / samples.length) : 0;
}

/** How much of the signal's power lies at `hz`: 1 for a pure tone, near 0 when it is absent (Goertzel). */
export function share(samples: ArrayLike<number>, hz: number, rate = RATE): number {
  const w = (2 * Math.PI * hz) / rate;
  let s1 = 0, s2 = 0, power = 0;
  for (let i = 0; i < samples.length; i++) {
    const s0 = samples[i]! + 2 * Math.cos(w) * s1 - s2;
    s2 = s1; s1 = s0; power += samples[i]! ** 2;
  }
  if (power === 0) return 0;
  return ((s1 * s1 + s2 * s2 - 2 * Math.cos(w) * s1 * s2) * 2) / (samples.length * power);
}

/** The strongest frequency between 200 and 3,400 Hz, to about 2 Hz; 0 when it is quiet. */
export function dominant(samples: ArrayLike<number>, rate = RATE): number {
  if (rms(samples) < 50) return 0;
  const span = (from: number, to: number, step: number): number => {
    let best = from, most = -1;
    for (let hz = from; hz <= to; hz += step) {
      const s = share(samples, hz, rate);
      if (s > most) { most = s; best = hz; }
    }
    return best;
  };
  // The first pass must step more finely than the width of one bin.
  const coarse = span(200, 3_400, Math.max(2, Math.min(20, rate / samples.length / 2)));
  return span(coarse - 20, coarse + 20, 2);
}

/** The longest stretch, in milliseconds, in which blocks of `blockMs` stay below `floor` (RMS). */
export function longestGapMs(samples: ArrayLike<number>, rate = RATE, floor = 200, blockMs = 10): number {
  const size = Math.round((rate * blockMs) / 1_000);
  let run = 0, longest = 0;
  for (let at = 0; at + size <= samples.length; at += size) {
    let sum = 0;
    for (let i = at; i < at + size; i++) sum += samples[i]! ** 2;
    run = Math.sqrt(sum / size) < floor ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest * blockMs;
}

export interface Wav { readonly rate: number; readonly channels: readonly Int16Array[]; readonly seconds: number }

/** Reads a PCM16 or µ-law WAV file. */
export function readWav(file: Uint8Array): Wav {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number) => String.fromCharCode(...file.subarray(at, at + 4));
  if (tag(0) !== "RIFF" || tag(8) !== "WAVE") throw new Error("not a WAV file");
  let format = 0, channels = 0, rate = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const size = view.getUint32(at + 4, true);
    if (tag(at) === "fmt ") { format = view.getUint16(at + 8, true); channels = view.getUint16(at + 10, true); rate = view.getUint32(at + 12, true); }
    if (tag(at) === "data") {
      const data = file.subarray(at + 8, Math.min(file.length, at + 8 + size));
      const width = format === 1 ? 2 : 1;
      const frames = Math.floor(data.length / (width * channels));
      const out = Array.from({ length: channels }, () => new Int16Array(frames));
      const from = new DataView(data.buffer, data.byteOffset, data.byteLength);
      for (let f = 0; f < frames; f++) for (let c = 0; c < channels; c++)
        out[c]![f] = width === 2 ? from.getInt16((f * channels + c) * 2, true) : ulawSample(data[f * channels + c]!);
      return { rate, channels: out, seconds: frames / rate };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error("WAV file without data");
}
