// An uploaded sound, whatever its name says that it is: told apart by its content.
import { UPLOAD_LIMITS } from "@ringdesk/contract/speech";
import { err, ok, type Result } from "@ringdesk/std";
import { looksLikeMp3 } from "./mp3-frames.ts";
import { readMp3 } from "./mp3.ts";
import { joined } from "./resample.ts";
import { refused, type SoundRefused } from "./sound-refused.ts";
import { createNarrowing } from "./telephone-audio.ts";
import { looksLikeWav, readWav } from "./wav.ts";

/** What people choose by mistake, by the bytes at its beginning, and what it is called. */
const OTHERS: readonly { readonly at: number; readonly bytes: string; readonly name: string }[] = [
  { at: 0, bytes: "OggS", name: "an Ogg file" }, { at: 0, bytes: "fLaC", name: "a FLAC file" }, { at: 4, bytes: "ftyp", name: "an MP4 or M4A file" },
  { at: 0, bytes: "FORM", name: "an AIFF file" }, { at: 0, bytes: "\x30\x26\xb2\x75", name: "a WMA file" }, { at: 0, bytes: "#!AMR", name: "an AMR file" },
  { at: 0, bytes: "\x1aE\xdf\xa3", name: "a WebM or Matroska file" }, { at: 0, bytes: "MThd", name: "a MIDI file" }, { at: 0, bytes: "RIFF", name: "a RIFF file without sound" },
  { at: 0, bytes: "PK\x03\x04", name: "a ZIP archive or document" }, { at: 0, bytes: "%PDF", name: "a PDF document" }, { at: 0, bytes: "\x89PNG", name: "a PNG picture" },
  { at: 0, bytes: "\xff\xd8\xff", name: "a JPEG picture" }, { at: 0, bytes: "GIF8", name: "a GIF picture" }, { at: 0, bytes: "<", name: "a web page or other text" },
];

/**
 * One channel at 8 kHz inside the telephone band. Size is looked at first, then what the bytes begin with; only what passes
 * is decoded. `checkMemory` is asked between pieces, and may throw.
 */
export async function readUploadedSound(bytes: Uint8Array, checkMemory: () => void = () => {}): Promise<Result<Float32Array, SoundRefused>> {
  if (bytes.length === 0) return err(refused("empty", ""));
  if (bytes.length > UPLOAD_LIMITS.bytes) return err(refused("too-large", ""));
  if (looksLikeWav(bytes)) {
    const wav = readWav(bytes, UPLOAD_LIMITS.longestMs);
    if (!wav.ok) return wav;
    const narrowing = createNarrowing(wav.value.rateHz);
    return ok(joined([narrowing.push(wav.value.samples), narrowing.end()]));
  }
  const other = OTHERS.find(({ at, bytes: start }) => String.fromCharCode(...bytes.subarray(at, at + start.length)) === start);
  if (other !== undefined || !looksLikeMp3(bytes)) return err(refused("not-a-sound", other?.name ?? ""));
  if (bytes.length > UPLOAD_LIMITS.mp3Bytes) return err(refused("too-large", ""));
  return readMp3(bytes, UPLOAD_LIMITS.longestMs, checkMemory);
}
