import { createWriteStream, openSync, renameSync, rmSync, statSync, type WriteStream } from "node:fs";

export type LogFile = { readonly write: (line: string) => void; readonly close: () => Promise<void> };

export const MAX_LOG_BYTES = 10_000_000;
/** How many full files are kept besides the one being written: name.1 is the youngest. */
export const KEPT_LOG_FILES = 5;
/** The longest line that is kept whole, in characters. */
export const MAX_LOG_LINE_CHARS = 20_000;

/** A log file that starts anew when it is full. Writing never blocks and never throws. */
export function openLogFile(path: string, maxBytes: number = MAX_LOG_BYTES, kept: number = KEPT_LOG_FILES): LogFile {
  let bytes = sizeOf(path);
  let stream = open(path);
  return {
    write: (line) => {
      const text = `${line.slice(0, MAX_LOG_LINE_CHARS)}\n`;
      if (bytes > 0 && bytes + text.length > maxBytes) {
        stream?.end();
        shift(path, kept);
        stream = open(path);
        bytes = 0;
      }
      bytes += Buffer.byteLength(text);
      stream?.write(text);
    },
    close: () => new Promise((resolve) => (stream === null ? resolve() : stream.end(() => resolve()))),
  };
}

/** A full disk must not end the launcher: the line is lost, and the calls go on. */
function open(path: string): WriteStream | null {
  try {
    // Opened at once: what is still to be written when the name moves on belongs to the old file.
    return createWriteStream(path, { fd: openSync(path, "a", 0o600) }).on("error", () => undefined);
  } catch {
    return null;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

function shift(path: string, kept: number): void {
  rmSync(`${path}.${kept}`, { force: true });
  for (let n = kept - 1; n >= 0; n--) {
    try {
      renameSync(n === 0 ? path : `${path}.${n}`, `${path}.${n + 1}`);
    } catch {
      // There are not that many yet.
    }
  }
}
