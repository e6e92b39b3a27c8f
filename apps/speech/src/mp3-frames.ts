// The frames of an MP3 file (MPEG audio layer III, ISO/IEC 11172-3 and 13818-3), by their headers. Pure; decodes nothing.
// A decoder makes noise of anything, so what is no MP3 is refused here, before one sees it.
import { err, ok, type Result } from "@ringdesk/std";
import { inMinutes, refused, type SoundRefused } from "./sound-refused.ts";

/** Bit rates in kbit/s by their index, for MPEG-1 and for the lower rates of MPEG-2 and 2.5. Index 0 is "free", 15 forbidden. */
const KBITS = {
  full: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  low: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
/** By the version's two bits; 1 is reserved. */
const RATES_HZ: Readonly<Record<number, readonly number[]>> = { 3: [44_100, 48_000, 32_000], 2: [22_050, 24_000, 16_000], 0: [11_025, 12_000, 8_000] };
const MPEG_1 = 3;
const LAYER_III = 1;
const RESERVED_EMPHASIS = 2;
const MONO = 3;
const HEADER_BYTES = 4;

/** So many headers must stand where the one before says, until it is believed that frames begin here. */
const CHAIN = 4;
/** Bytes before the first frame that are looked through; some programs leave padding there. */
const MAX_LEAD_BYTES = 65_536;
/** What is between and behind the frames may be this much of the file: tags that are not known, and damage. */
const MAX_JUNK_SHARE = 0.1;
/** Encoders and their headers disagree by a frame or two. */
const FRAMES_OFF = 3;

type Header = { readonly rateHz: number; readonly channels: 1 | 2; readonly bytes: number; readonly samples: number; /** Where the frame's side information ends. */ readonly sideEnd: number };

export type Mp3Frames = { readonly rateHz: number; readonly channels: 1 | 2; readonly frames: number; readonly durationMs: number };

/** Null when there is no header of layer III with a length of its own at `at`. */
function headerAt(bytes: Uint8Array, at: number): Header | null {
  const [second = 0, third = 0, fourth = 0] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0 || at + HEADER_BYTES > bytes.length) return null;
  const version = (second >> 3) & 3;
  const rateHz = RATES_HZ[version]?.[(third >> 2) & 3];
  const kbits = KBITS[version === MPEG_1 ? "full" : "low"][third >> 4];
  if (rateHz === undefined || kbits === undefined || kbits === 0 || ((second >> 1) & 3) !== LAYER_III || (fourth & 3) === RESERVED_EMPHASIS) return null;
  const channels = fourth >> 6 === MONO ? 1 : 2;
  const samples = version === MPEG_1 ? 1_152 : 576;
  const sideBytes = version === MPEG_1 ? (channels === 1 ? 17 : 32) : (channels === 1 ? 9 : 17);
  return { rateHz, channels, samples, bytes: Math.floor((samples * kbits * 125) / rateHz) + ((third >> 1) & 1), sideEnd: HEADER_BYTES + sideBytes };
}

/** Whether frames of one rate follow each other from here, to the end of the sound if that is nearer. */
function isChain(bytes: Uint8Array, from: number, end: number): boolean {
  const first = headerAt(bytes, from);
  let at = from;
  for (let n = 0; n < CHAIN; n += 1) {
    const header = headerAt(bytes, at);
    if (header === null || header.rateHz !== first?.rateHz) return false;
    at += header.bytes;
    if (at >= end) return n > 0 && at === end;
  }
  return true;
}

const textAt = (bytes: Uint8Array, at: number, length: number): string => String.fromCharCode(...bytes.subarray(Math.max(0, at), Math.max(0, at) + length));

const ID3_HEADER_BYTES = 10;
const ID3_FOOTER = 0x10;
const ID3V1_BYTES = 128;
const APE_FOOTER_BYTES = 32;

/** Where the sound begins behind tags of ID3v2. Their inside is not read, whatever it claims. Null when one is longer than the file. */
function afterTags(bytes: Uint8Array): number | null {
  let at = 0;
  while (textAt(bytes, at, 3) === "ID3" && at + ID3_HEADER_BYTES <= bytes.length) {
    const size = bytes.subarray(at + 6, at + 10);
    if (size.some((byte) => byte > 0x7f)) return null;
    const footer = ((bytes[at + 5] ?? 0) & ID3_FOOTER) === 0 ? 0 : ID3_HEADER_BYTES;
    at += ID3_HEADER_BYTES + footer + size.reduce((sum, byte) => sum * 128 + byte, 0);
    if (at > bytes.length) return null;
  }
  return at;
}

/** Where the sound ends before tags of ID3v1 and APE. */
function beforeTags(bytes: Uint8Array, from: number): number {
  let end = bytes.length;
  if (end - from >= ID3V1_BYTES && textAt(bytes, end - ID3V1_BYTES, 3) === "TAG") end -= ID3V1_BYTES;
  if (end - from >= APE_FOOTER_BYTES && textAt(bytes, end - APE_FOOTER_BYTES, 8) === "APETAGEX") {
    const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(end - APE_FOOTER_BYTES + 12, true);
    if (size <= end - from) end -= size;
  }
  return end;
}

/** How many frames the file says that it has, when its first frame says so instead of holding sound (Xing, Info, VBRI). */
function declaredFrames(bytes: Uint8Array, at: number, { sideEnd, bytes: size }: Header): { readonly frames: number | null } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, Math.min(size, bytes.length - at));
  if (view.byteLength < sideEnd + 12) return null;
  if (["Xing", "Info"].includes(textAt(bytes, at + sideEnd, 4))) return { frames: (view.getUint32(sideEnd + 4) & 1) === 0 ? null : view.getUint32(sideEnd + 8) };
  // Its place is the same for all kinds of frames.
  const vbri = HEADER_BYTES + 32;
  if (view.byteLength >= vbri + 18 && textAt(bytes, at + vbri, 4) === "VBRI") return { frames: view.getUint32(vbri + 14) };
  return null;
}

/** Whether the bytes begin as an MP3 does: with a tag, or soon with frames that follow each other. */
export function looksLikeMp3(bytes: Uint8Array): boolean {
  if (textAt(bytes, 0, 3) === "ID3") return true;
  return firstFrame(bytes, 0, bytes.length) !== null;
}

function firstFrame(bytes: Uint8Array, from: number, end: number): number | null {
  for (let at = from; at < Math.min(end, from + MAX_LEAD_BYTES); at += 1) if (bytes[at] === 0xff && isChain(bytes, at, end)) return at;
  return null;
}

/** Walks all frames. Refused are files in which there are none, that change their rate, that are cut short or mostly something else. */
export function readFrames(bytes: Uint8Array, longestMs: number): Result<Mp3Frames, SoundRefused> {
  const start = afterTags(bytes);
  if (start === null) return err(refused("damaged", "its tag is longer than the file"));
  const end = beforeTags(bytes, start);
  const from = firstFrame(bytes, start, end);
  const first = from === null ? null : headerAt(bytes, from);
  if (from === null || first === null) return err(start > 0 ? refused("damaged", "there is a tag and no sound behind it") : refused("not-a-sound", ""));
  const declared = declaredFrames(bytes, from, first);
  const walked = walk(bytes, { from: declared === null ? from : from + first.bytes, end, mostJunk: MAX_JUNK_SHARE * (end - start) - (from - start) }, first);
  if (!walked.ok) return walked;
  const frames = walked.value;
  const durationMs = Math.round((frames * first.samples * 1_000) / first.rateHz);
  if (durationMs > longestMs) return err(refused("too-long", inMinutes(durationMs)));
  const missing = (declared?.frames ?? 0) - frames;
  if (missing > FRAMES_OFF) return err(refused("damaged", "it is cut short"));
  return ok({ rateHz: first.rateHz, channels: first.channels, frames, durationMs });
}

type Stretch = { readonly from: number; readonly end: number; readonly mostJunk: number };

/** Counts from frame to frame; what lies between is looked through for the next chain. A last frame that is not whole is left out. */
function walk(bytes: Uint8Array, { from, end, mostJunk }: Stretch, { rateHz }: Header): Result<number, SoundRefused> {
  let [at, frames, junkBytes, lost] = [from, 0, 0, false];
  while (at + HEADER_BYTES <= end && junkBytes <= mostJunk) {
    const header = headerAt(bytes, at);
    const isOurs = header !== null && header.rateHz === rateHz;
    if (isOurs && at + header.bytes > end) break;
    // Where the way was lost, and where the rate is another, one header alone proves nothing.
    if (header !== null && ((isOurs && !lost) || isChain(bytes, at, end))) {
      if (!isOurs) return err(refused("damaged", "its sample rate changes"));
      [at, frames, lost] = [at + header.bytes, frames + 1, false];
    } else [at, junkBytes, lost] = [at + 1, junkBytes + 1, true];
  }
  if (junkBytes > mostJunk) return err(refused("damaged", "much of it is no sound"));
  return frames === 0 ? err(refused("not-a-sound", "")) : ok(frames);
}
