// Audio on its way out: a stream for HTTP that has begun, and that lets go of its source when the listener leaves.
import { Readable } from "node:stream";
import { err, ok, type Result } from "@ringdesk/std";
import { SealBroken } from "./recording-seal.ts";
import type { RecordingError } from "./recordings.errors.ts";
import type { Bytes } from "./recordings.ports.ts";

/**
 * The bytes as a stream. The first of them are read before, so that what cannot be read at all is an error and no answer that breaks
 * off, and so that whatever is open behind it is closed with the stream, whether or not anybody has read.
 */
export async function readableOf(bytes: Bytes): Promise<Result<Readable, RecordingError>> {
  const source = bytes[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array> | null;
  try {
    first = await source.next();
  } catch (error) {
    return err({ type: error instanceof SealBroken ? "recording-unreadable" : "recording-store-away", detail: String(error) });
  }
  return ok(new Readable({
    read() {
      const next = first === null ? source.next() : Promise.resolve(first);
      first = null;
      next.then(({ done, value }) => { this.push(done === true ? null : value); }, (error: unknown) => { this.destroy(error as Error); });
    },
    destroy(error, done) {
      Promise.resolve(source.return?.()).then(() => { done(error); }, () => { done(error); });
    },
  }));
}
