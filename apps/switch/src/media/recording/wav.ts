// The file of a recording: RIFF WAVE, µ-law, 8 kHz, two channels (caller left, agent right). It is playable while it grows.

export const WAV_HEADER_BYTES = 58;
/** Bytes of both channels in one millisecond. */
export const BYTES_PER_MS = 16;
const SAMPLE_RATE_HZ = 8_000;
const CHANNELS = 2;
const MULAW_FORMAT = 7;
/** What a header says of a file whose length is not known yet. */
const OPEN_ENDED = 0xffff_ffff;

/** A header for `dataBytes` of interleaved µ-law, or for a file that is still being written (null). */
export function wavHeader(dataBytes: number | null): Uint8Array {
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const text = (at: number, value: string): void => { for (let n = 0; n < value.length; n += 1) header[at + n] = value.charCodeAt(n); };
  text(0, "RIFF");
  view.setUint32(4, dataBytes === null ? OPEN_ENDED : WAV_HEADER_BYTES - 8 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, MULAW_FORMAT, true);
  view.setUint16(22, CHANNELS, true);
  view.setUint32(24, SAMPLE_RATE_HZ, true);
  view.setUint32(28, SAMPLE_RATE_HZ * CHANNELS, true);
  view.setUint16(32, CHANNELS, true);
  view.setUint16(34, 8, true);
  text(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, dataBytes === null ? OPEN_ENDED : dataBytes / CHANNELS, true);
  text(50, "data");
  view.setUint32(54, dataBytes === null ? OPEN_ENDED : dataBytes, true);
  return header;
}

/** Whole stereo samples in a file of `fileBytes`: what a truncated write left over is cut off. */
export const wholeDataBytes = (fileBytes: number): number => Math.max(0, fileBytes - WAV_HEADER_BYTES) & ~1;
export const durationOf = (dataBytes: number): number => Math.round(dataBytes / BYTES_PER_MS);
