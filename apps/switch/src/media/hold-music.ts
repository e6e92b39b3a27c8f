import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { linearToUlaw } from "@ringdesk/telecom/g711";
import { DEFAULT_MUSIC, MUSIC_FOLDER } from "./audio-library.ts";

// Hold music that belongs to nobody: composed here, rendered when the switch first starts. Every customer hears it, so it is
// calm, quiet, and made for a telephone line: nothing above 3.4 kHz, nothing that companding makes harsh.

const SAMPLE_RATE_HZ = 8_000;
/** The upper edge of the telephone band. */
const HIGHEST_PARTIAL_HZ = 3_300;
const BEATS_PER_MINUTE = 84;
const BEATS_PER_BAR = 4;
const SECONDS_PER_BEAT = 60 / BEATS_PER_MINUTE;
/** Root-mean-square of the whole, of full scale: a little below speech. */
const TARGET_RMS = 10 ** (-25 / 20);
const RELEASE_S = 0.06;

/** One bar each, as MIDI notes: C maj7, A m7, D m7, G sus, E m7, A m7, F maj7, G; then once more with another end. */
const CHORDS: readonly (readonly [number, number, number, number])[] = [
  [60, 64, 67, 71], [57, 60, 64, 67], [62, 65, 69, 72], [55, 60, 62, 65], [64, 67, 71, 74], [57, 60, 64, 67], [65, 69, 72, 76], [55, 59, 62, 67],
  [60, 64, 67, 71], [57, 60, 64, 67], [62, 65, 69, 72], [55, 59, 62, 65], [64, 67, 71, 74], [57, 60, 64, 69], [62, 65, 69, 72], [55, 60, 62, 67],
];
/** Order in which the arpeggio takes a chord's notes, in eighths. */
const ARPEGGIO = [0, 2, 1, 3, 2, 3, 1, 2] as const;
/** The melody: bar, beat within the bar, MIDI note, length in beats. It rests often: music on hold must not tire. */
const MELODY: readonly (readonly [bar: number, beat: number, note: number, beats: number])[] = [
  [0, 0, 79, 1.5], [0, 2, 76, 2], [1, 1, 72, 1], [1, 2, 74, 1], [1, 3, 76, 1], [2, 0, 77, 3], [3, 1, 74, 1], [3, 2, 72, 2],
  [4, 0, 79, 1.5], [4, 2, 83, 2], [5, 1, 81, 1], [5, 2, 79, 1], [5, 3, 76, 1], [6, 0, 77, 2], [6, 2, 76, 2], [7, 0, 74, 4],
  [8, 0, 76, 1.5], [8, 2, 79, 2], [10, 0, 81, 1.5], [10, 2, 77, 2], [11, 1, 74, 1], [11, 2, 76, 2], [12, 0, 79, 3],
  [13, 1, 76, 1], [13, 2, 74, 1], [13, 3, 72, 1], [14, 0, 74, 3], [15, 0, 72, 4],
];

type Voice = { readonly level: number; readonly attackS: number; readonly decayS: number; readonly partials: readonly number[] };
const PIANO: Voice = { level: 0.3, attackS: 0.006, decayS: 0.55, partials: [1, 0.35, 0.14, 0.05] };
const PAD: Voice = { level: 0.085, attackS: 0.7, decayS: 6, partials: [1, 0.3, 0.12] };
const BELL: Voice = { level: 0.34, attackS: 0.012, decayS: 0.9, partials: [1, 0.12, 0, 0.1] };

const frequencyOf = (note: number): number => 440 * 2 ** ((note - 69) / 12);

/** The loop as 16-bit samples. Its end runs into its beginning: what still sounds there goes on at the start. */
export function renderHoldMusic(): Int16Array {
  const loop = new Float64Array(Math.round(CHORDS.length * BEATS_PER_BAR * SECONDS_PER_BEAT * SAMPLE_RATE_HZ));
  CHORDS.forEach((chord, bar) => {
    const start = bar * BEATS_PER_BAR;
    for (const note of chord) addNote(loop, PAD, note, start, BEATS_PER_BAR + 0.8);
    ARPEGGIO.forEach((degree, eighth) => addNote(loop, PIANO, (chord[degree] ?? chord[0]) + 12, start + eighth / 2, 2));
  });
  for (const [bar, beat, note, beats] of MELODY) addNote(loop, BELL, note, bar * BEATS_PER_BAR + beat, beats + 1);
  const rms = Math.sqrt(loop.reduce((sum, value) => sum + value * value, 0) / loop.length);
  return Int16Array.from(loop, (value) => Math.round(softLimit((value / rms) * TARGET_RMS) * 32_767));
}

/** Adds one note to the loop, wrapping at its end. Each partial is a two-term recurrence, which needs no sine per sample. */
function addNote(loop: Float64Array, voice: Voice, note: number, startBeat: number, beats: number): void {
  const start = Math.round(startBeat * SECONDS_PER_BEAT * SAMPLE_RATE_HZ);
  const seconds = beats * SECONDS_PER_BEAT;
  const length = Math.round(seconds * SAMPLE_RATE_HZ);
  voice.partials.forEach((strength, index) => {
    const frequency = frequencyOf(note) * (index + 1);
    if (strength === 0 || frequency > HIGHEST_PARTIAL_HZ) return;
    const step = (2 * Math.PI * frequency) / SAMPLE_RATE_HZ;
    const coefficient = 2 * Math.cos(step);
    // Higher partials die sooner, as on a string.
    const decay = Math.exp(-1 / (SAMPLE_RATE_HZ * (voice.decayS / (1 + 0.5 * index))));
    let current = 0;
    let previous = -Math.sin(step);
    let level = voice.level * strength;
    for (let n = 0; n < length; n += 1) {
      const time = n / SAMPLE_RATE_HZ;
      const edge = Math.min(1, time / voice.attackS, (seconds - time) / RELEASE_S);
      loop[(start + n) % loop.length]! += current * level * edge;
      level *= decay;
      const next = coefficient * current - previous;
      previous = current;
      current = next;
    }
  });
}

/** Leaves everything up to half of full scale alone and bends what is above. */
function softLimit(value: number): number {
  const knee = 0.5;
  const size = Math.abs(value);
  return size <= knee ? value : Math.sign(value) * (knee + (1 - knee) * 0.9 * Math.tanh((size - knee) / (1 - knee)));
}

/** Writes `music/default.ulaw` unless it is there; an administrator may replace it with another. Rejects when the folder cannot be written. */
export async function ensureHoldMusic(mediaFolder: string): Promise<void> {
  const folder = join(mediaFolder, MUSIC_FOLDER);
  const file = join(folder, `${DEFAULT_MUSIC}.ulaw`);
  if ((await stat(file).catch(() => null)) !== null) return;
  await mkdir(folder, { recursive: true });
  const bytes = Uint8Array.from(renderHoldMusic(), (sample) => linearToUlaw[sample + 32_768]!);
  await writeFile(`${file}.part`, bytes, { flush: true });
  await rename(`${file}.part`, file);
}
