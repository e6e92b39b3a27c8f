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

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Impulse response at `offset` input samples from the centre; `cutoff` is relative to the input's Nyquist frequency. */
function kernel(offset: number, cutoff: number, half: number): number {
  const r = offset / half;
  if (Math.abs(r) >= 1) return 0;
  return cutoff * sinc(offset * cutoff) * besselI0(KAISER_BETA * Math.sqrt(1 - r * r)) / besselI0(KAISER_BETA);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * `input` at `fromHz` as samples at `toHz`, with nothing above `passHz`. Rates are integers in Hz.
 * The length is that of the input in time, rounded up to a sample.
 */
export function resample(input: Float32Array, fromHz: number, toHz: number, passHz: number): Float32Array {
  const divisor = gcd(fromHz, toHz);
  const [phases, step] = [toHz / divisor, fromHz / divisor];
  const cutoff = passHz / (fromHz / 2);
  const half = Math.ceil(ZERO_CROSSINGS / cutoff);
  const banks = Array.from({ length: phases }, (_, phase) => bank(phase / phases, cutoff, half));
  const output = new Float32Array(Math.ceil((input.length * toHz) / fromHz));
  for (let n = 0; n < output.length; n++) {
    const position = n * step;
    const first = Math.floor(position / phases) - half + 1;
    const taps = banks[position % phases] ?? new Float32Array(0);
    let sum = 0;
    for (let k = Math.max(0, -first); k < taps.length && first + k < input.length; k++) sum += (input[first + k] ?? 0) * (taps[k] ?? 0);
    output[n] = sum;
  }
  return output;
}

/** The taps for an output instant that lies `fraction` of a sample after an input sample; unity gain at 0 Hz. */
function bank(fraction: number, cutoff: number, half: number): Float32Array {
  const taps = Float32Array.from({ length: 2 * half }, (_, k) => kernel(k - half + 1 - fraction, cutoff, half));
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}
