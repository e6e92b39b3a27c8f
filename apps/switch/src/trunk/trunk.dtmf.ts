/** A key pressed, carried by SIP INFO. */
export type InfoKey = { readonly digit: string; readonly durationMs: number };

const DEFAULT_DURATION_MS = 160;
const MAX_DURATION_MS = 5_000;
/** Event numbers of RFC 4733 for the keys that some senders write as numbers. */
const numbered: ReadonlyMap<string, string> = new Map([["10", "*"], ["11", "#"], ["12", "A"], ["13", "B"], ["14", "C"], ["15", "D"]]);

/** Reads `application/dtmf-relay` (Signal= and Duration= lines) and `application/dtmf` (the key alone); null for anything else. */
export function readInfoKey(contentType: string | null, body: string): InfoKey | null {
  if (contentType === "application/dtmf") return keyOf(body, DEFAULT_DURATION_MS);
  if (contentType !== "application/dtmf-relay") return null;
  const signal = /^[ \t]*Signal[ \t]*=([^\r\n]{0,16})/im.exec(body)?.[1] ?? "";
  const duration = /^[ \t]*Duration[ \t]*=[ \t]*(\d{1,6})/im.exec(body)?.[1];
  return keyOf(signal, duration === undefined ? DEFAULT_DURATION_MS : Math.min(Number(duration), MAX_DURATION_MS));
}

function keyOf(text: string, durationMs: number): InfoKey | null {
  const word = text.trim().toUpperCase();
  const digit = numbered.get(word) ?? word;
  return /^[0-9*#A-D]$/.test(digit) ? { digit, durationMs } : null;
}
