import { err, ok, type Result } from "@ringdesk/std";

export type LineTooLong = { readonly type: "line-too-long"; readonly maxChars: number };

/** Cuts a stream of decoded text into lines. After an error the stream has lost its boundaries and must be closed. */
export type LineReader = (chunk: string) => Result<readonly string[], LineTooLong>;

/** `maxChars` (UTF-16 units) bounds one line, and with it what is kept between two chunks. Empty lines are skipped. */
export function createLineReader(maxChars: number): LineReader {
  let kept = "";
  return (chunk) => {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", from)) {
      if (kept.length + end - from > maxChars) return err({ type: "line-too-long", maxChars });
      const line = kept + chunk.slice(from, end);
      kept = "";
      if (line !== "") lines.push(line);
      from = end + 1;
    }
    if (kept.length + chunk.length - from > maxChars) return err({ type: "line-too-long", maxChars });
    kept += chunk.slice(from);
    return ok(lines);
  };
}

/** The JSON value of a line, or undefined when it is none. No frame is the JSON value undefined. */
export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
