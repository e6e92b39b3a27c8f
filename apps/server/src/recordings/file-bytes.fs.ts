// Files as streams of bytes that are open only while somebody reads, and fail where they are read and nowhere else.
import { open } from "node:fs/promises";

const READ_BYTES = 65_536;

/** The bytes from `first` to `last`, both included; to the end of the file without them. */
export async function* bytesOfFile(path: string, first = 0, last = Infinity): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    for (let at = first; at <= last;) {
      const buffer = new Uint8Array(Math.min(READ_BYTES, last - at + 1));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Writes all of it to a new file, and syncs it. Rejects when the disk takes less. */
export async function writeSynced(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    for await (const part of bytes) {
      for (let written = 0; written < part.length;) written += (await file.write(part, written)).bytesWritten; // a full disk first takes less, then refuses
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
