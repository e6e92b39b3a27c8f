// The audio of a recording, read from wherever it is kept.
import { err, ok, type Result } from "@ringdesk/std";
import type { Home } from "./keeping.pg.ts";
import { allOf, cutOut } from "./pieces.ts";
import type { StoredRecording } from "./recording.pg.ts";
import { isRecordingPath } from "./recording.rules.ts";
import { SealBroken, type Keyring } from "./recording-seal.ts";
import type { RecordingError, StoreFault } from "./recordings.errors.ts";
import type { Audio, Bytes, RecordingStore } from "./recordings.ports.ts";
import { HEADER_BYTES, readSealHeader, sealedPart } from "./sealed.rules.ts";

/** The folder of this machine, the bucket if one is set, and the keys. */
export type Shelves = { readonly local: RecordingStore; readonly s3: { readonly bucket: string; readonly store: RecordingStore } | null; readonly keyring: Keyring };

/** Where finished recordings belong. */
export const homeOf = ({ s3, keyring }: Shelves): Home => ({ bucket: s3?.bucket ?? null, sealed: keyring.current !== null });

/** The name of the file of a recording that is kept at `path`. */
export const nameOf = (path: string, keyName: string | null): string => (keyName === null ? path : `${path}.sealed`);

const errorOf = (fault: StoreFault): RecordingError =>
  (fault.type === "not-there" ? { type: "recording-unreadable", detail: "the file is not there" } : { type: "recording-store-away", detail: fault.detail });

/** The audio of a finished recording. */
export async function openAudio(shelves: Shelves, stored: StoredRecording): Promise<Result<Audio, RecordingError>> {
  const { place, bucket, keyName, removedWhy, path } = stored;
  if (removedWhy !== null) return err({ type: "recording-deleted", why: removedWhy });
  if (!isRecordingPath(path)) return err({ type: "recording-unreadable", detail: "not in the folder of recordings" });
  if (place === "missing" || place === "gone") return err({ type: "recording-unreadable", detail: "the file was not there when it was to be moved" });
  if (keyName !== null && !shelves.keyring.has(keyName)) return err({ type: "recording-locked", keyName });
  if (place === "s3" && shelves.s3?.bucket !== bucket) return err({ type: "recording-store-away", detail: `It is in the bucket ${bucket}, which RINGDESK_S3_BUCKET does not name.` });
  const store = place === "s3" && shelves.s3 !== null ? shelves.s3.store : shelves.local;
  const name = nameOf(path, keyName);
  if (keyName !== null) return ok(sealedAudio(shelves.keyring, store, name, stored, keyName));
  const bytes = stored.bytes === null ? await store.bytes(name) : ok(stored.bytes);
  if (!bytes.ok) return err(errorOf(bytes.error));
  return ok({
    bytes: bytes.value,
    read: async (first, last) => {
      const part = await store.read(name, first, last);
      return part.ok ? part : err(errorOf(part.error));
    },
  });
}

function sealedAudio(keyring: Keyring, store: RecordingStore, name: string, { recording, bytes: known }: StoredRecording, keyName: string): Audio {
  const bytes = known ?? 0; // the schema has it known for what was moved
  const read = async (first: number, last: number): Promise<Result<Bytes, RecordingError>> => {
    const head = await store.read(name, 0, HEADER_BYTES - 1);
    if (!head.ok) return err(errorOf(head.error));
    const header = await allOf(head.value).then(readSealHeader, (error: unknown) => ({ lost: String(error) }));
    if (header !== null && "lost" in header) return err({ type: "recording-store-away", detail: header.lost });
    if (header?.keyName !== keyName) return err({ type: "recording-unreadable", detail: "the file is no recording that was encrypted here" });
    const part = sealedPart(first, last, bytes);
    const sealed = await store.read(name, part.from, part.to);
    if (!sealed.ok) return err(errorOf(sealed.error));
    const audio = keyring.open({ id: recording.id, keyName, salt: header.salt, firstSegment: part.firstSegment, bytes }, sealed.value);
    return ok(wholeOrBroken(cutOut(audio, part.skip, last - first + 1), last - first + 1));
  };
  return { bytes, read };
}

/** A file that was cut short between two segments ends early: that is no end of a recording. */
async function* wholeOrBroken(bytes: Bytes, length: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const part of bytes) {
    seen += part.length;
    yield part;
  }
  if (seen < length) throw new SealBroken("the recording was cut short since it was encrypted");
}
