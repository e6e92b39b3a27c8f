// Small signal processing for 8 kHz telephone audio.
export { goertzelPower, toneAmplitude } from "./goertzel.ts";
export { renderTone, TONES, type ToneName, type ToneShape } from "./tones.ts";
export { alawEnergy, levelDbov, LevelGauge, SILENCE_DBOV, ulawEnergy } from "./level.ts";
export { SAMPLE_RATE_HZ } from "./rate.ts";
export { BLOCK_SAMPLES, Concealer } from "./concealment.ts";
export { KEPT_DELAY, LIVE_DELAY, Playout, PLAYOUT_FRAME_SAMPLES, type PlayoutDelay } from "./playout.ts";
export { addFrame, encodeSum, subtractFrame } from "./mix.ts";
