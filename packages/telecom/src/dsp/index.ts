// Small signal processing for 8 kHz telephone audio.
export { goertzelPower, toneAmplitude } from "./goertzel.ts";
export { renderTone, TONES, type ToneName, type ToneShape } from "./tones.ts";
export { levelDbov, SILENCE_DBOV } from "./level.ts";
export { SAMPLE_RATE_HZ } from "./rate.ts";
