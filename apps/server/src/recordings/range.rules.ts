// Byte ranges of RFC 9110 §14. Pure.

/** The bytes to send, both ends included. */
export type ByteRange = { readonly first: number; readonly last: number };
export type RangeAnswer =
  /** The whole file: no range was asked for, or one that may be ignored (§14.2). */
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly range: ByteRange }
  /** §15.5.17: nothing of the file is in the range. */
  | { readonly kind: "unsatisfiable" };

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** What a Range header asks of a file. Several ranges at once are answered with the whole file, which players can do with. */
export function readRange(header: string | null, bytes: number): RangeAnswer {
  const [, from = "", to = ""] = ONE_RANGE.exec(header?.replaceAll(" ", "") ?? "") ?? [];
  if (from === "" && to === "") return { kind: "whole" };
  if (from === "") { // §14.1.2: the last `to` bytes
    const suffix = Number(to);
    if (suffix === 0 || bytes === 0) return { kind: "unsatisfiable" };
    return { kind: "part", range: { first: Math.max(0, bytes - suffix), last: bytes - 1 } };
  }
  const first = Number(from);
  const last = to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (to !== "" && Number(to) < first) return { kind: "whole" }; // §14.1.1: invalid, so ignored
  return first >= bytes ? { kind: "unsatisfiable" } : { kind: "part", range: { first, last } };
}
