// Streams of bytes, cut anew.

type Bytes = AsyncIterable<Uint8Array>;

/** The same bytes in pieces of `size`, the last one smaller; nothing gives no piece. */
export async function* inPieces(bytes: Bytes, size: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - length);
      held.push(part);
      length += part.length;
      at += part.length;
      if (length < size) continue;
      yield held.length === 1 ? part : Buffer.concat(held, length);
      held = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(held, length);
}

/** `length` bytes after the first `skip`. */
export async function* cutOut(bytes: Bytes, skip: number, length: number): AsyncGenerator<Uint8Array> {
  let toSkip = skip;
  let left = length;
  for await (const chunk of bytes) {
    const from = Math.min(toSkip, chunk.length);
    toSkip -= from;
    const part = chunk.subarray(from, from + left);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
  }
}

/** All of it at once: for what is known to be small. */
export async function allOf(bytes: Bytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
