// The lexical rules of RFC 3261 §25.1 that more than one header needs. Every scan is a single pass over its text.

const TAB = 9;
const SPACE = 32;

const tokenCodes = new Uint8Array(128);
for (const c of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~") tokenCodes[c.charCodeAt(0)] = 1;

/** True for a non-empty `token`. */
export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** Index after the token that starts at `from`; `from` itself when none does. */
export function tokenEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && tokenCodes[text.charCodeAt(i)] === 1) i++;
  return i;
}

/** Index of the first character at or after `from` that is neither space nor tab. */
export function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

export const isSpace = (code: number): boolean => code === SPACE || code === TAB;

/** Index after the quoted-string that starts at `from`; -1 when it is not closed. */
export function quotedEnd(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === '"') return i + 1;
  }
  return -1;
}

/** A whole number of at most `digits` digits and nothing else; null otherwise. Leading zeros are decimal. */
export function parseDigits(text: string, digits: number): number | null {
  if (text.length === 0 || text.length > digits) return null;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const d = text.charCodeAt(i) - 48;
    if (d < 0 || d > 9) return null;
    value = value * 10 + d;
  }
  return value;
}

/** Splits a header value at the commas that stand outside quotes and angle brackets (RFC 3261 §7.3.1). */
export function splitList(value: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let inAngle = false;
  for (let i = 0; i < value.length; i++) {
    const c = value[i];
    if (c === '"' && !inAngle) {
      const end = quotedEnd(value, i);
      if (end < 0) break;
      i = end - 1;
    } else if (c === "<") inAngle = true;
    else if (c === ">") inAngle = false;
    else if (c === "," && !inAngle) {
      parts.push(value.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(value.slice(start).trim());
  return parts;
}
