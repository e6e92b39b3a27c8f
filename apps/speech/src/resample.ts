// Change of sample rate by a windowed-sinc low-pass, evaluated only at the output's instants. Pure; for whole
// prompts, not for the packet path.

/** Zero crossings of the sinc on each side: a stop band below -80 dB with the window below. */
const ZERO_CROSSINGS = 32;
const KAISER_BETA = 8;
const BESSEL_PRECISION = 1e-12;

/** The zeroth-order modified Bessel function of the first kind, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > BESSEL_PRECISION * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const WINDOW_TOP = besselI0(KAISER_BETA);

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Impulse response at `offset` input samples from the centre; `cutoff` is relative to the input's Nyquist frequency. */
function kernel(offset: number, cutoff: number, half: number): number {
  const r = offset / half;
  if (Math.abs(r) >= 1) return 0;
  return cutoff * sinc(offset * cutoff) * besselI0(KAISER_BETA * Math.sqrt(1 - r * r)) / WINDOW_TOP;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The taps for an output instant that lies `fraction` of a sample after an input sample; unity gain at 0 Hz. */
function bank(fraction: number, cutoff: number, half: number): Float32Array {
  const taps = Float32Array.from({ length: 2 * half }, (_, k) => kernel(k - half + 1 - fraction, cutoff, half));
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}

/** Takes a sound piece by piece, so that never all of it is in memory at the rate of its file. */
export type Resampler = {
  /** The output that needs nothing later than this piece. */
  readonly push: (piece: Float32Array) => Float32Array;
  /** The rest. All output together is as long in time as all input, rounded up to a sample. */
  readonly end: () => Float32Array;
};

/** From samples at `fromHz` to samples at `toHz` with nothing above `passHz`. Rates are integers in Hz. */
export function createResampler(fromHz: number, toHz: number, passHz: number): Resampler {
  const divisor = gcd(fromHz, toHz);
  const [phases, step] = [toHz / divisor, fromHz / divisor];
  const cutoff = passHz / (fromHz / 2);
  const half = Math.ceil(ZERO_CROSSINGS / cutoff);
  const banks = Array.from({ length: phases }, (_, phase) => bank(phase / phases, cutoff, half));
  // The window of the first output begins before the first sample: silence.
  let pending: Float32Array = new Float32Array(half - 1);
  let pendingFrom = 1 - half;
  let [taken, made] = [0, 0];

  function take(piece: Float32Array, isWanted: (n: number) => boolean): Float32Array {
    const window = new Float32Array(pending.length + piece.length);
    window.set(pending);
    window.set(piece, pending.length);
    const output = new Float32Array(Math.ceil(((window.length + 1) * phases) / step));
    let count = 0;
    for (;; count++, made++) {
      const position = made * step;
      const first = Math.floor(position / phases) - half + 1 - pendingFrom;
      const taps = banks[position % phases] ?? new Float32Array(0);
      if (first + taps.length > window.length || !isWanted(made)) break;
      output[count] = weighted(window, first, taps);
    }
    const next = Math.min(window.length, Math.floor((made * step) / phases) - half + 1 - pendingFrom);
    pending = window.slice(next);
    pendingFrom += next;
    return output.subarray(0, count);
  }

  return {
    push: (piece) => {
      taken += piece.length;
      return take(piece, () => true);
    },
    end: () => {
      const length = Math.ceil((taken * toHz) / fromHz);
      return take(new Float32Array(2 * half), (n) => n < length);
    },
  };
}

function weighted(samples: Float32Array, from: number, taps: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < taps.length; k++) sum += (samples[from + k] ?? 0) * (taps[k] ?? 0);
  return sum;
}

/** All of `input` at once; see {@link createResampler}. */
export function resample(input: Float32Array, fromHz: number, toHz: number, passHz: number): Float32Array {
  const resampler = createResampler(fromHz, toHz, passHz);
  return joined([resampler.push(input), resampler.end()]);
}

/** The pieces as one. */
export function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
