import { quotedEnd, skipSpace } from "./lexical.ts";

/** Parameters by lower-case name, in their order. Values as written, quotes included; null for a name without `=`. */
export type Params = ReadonlyMap<string, string | null>;

export const noParams: Params = new Map();

const endsName = (c: string): boolean => c === ";" || c === "=" || c === " " || c === "\t" || c === "," || c === '"' || c === "<" || c === ">";
const endsValue = (c: string): boolean => c === ";" || c === " " || c === "\t" || c === "," || c === '"' || c === "<" || c === ">";

function runEnd(text: string, from: number, ends: (c: string) => boolean): number {
  let i = from;
  while (i < text.length && !ends(text[i] as string)) i++;
  return i;
}

/**
 * Parses `*( ; name [ = value ] )` up to the end of `text`; null when the text is anything else. A name may come once
 * (RFC 3261 §7.3.1): which of two tags or branches counts must not depend on who reads the message.
 */
export function parseParams(text: string): Params | null {
  let i = skipSpace(text, 0);
  if (i === text.length) return noParams;
  const params = new Map<string, string | null>();
  while (i < text.length) {
    if (text[i] !== ";") return null;
    i = skipSpace(text, i + 1);
    const nameEnd = runEnd(text, i, endsName);
    if (nameEnd === i) return null;
    const name = text.slice(i, nameEnd).toLowerCase();
    if (params.has(name)) return null;
    i = skipSpace(text, nameEnd);
    let value: string | null = null;
    if (text[i] === "=") {
      i = skipSpace(text, i + 1);
      const end = text[i] === '"' ? quotedEnd(text, i) : runEnd(text, i, endsValue);
      if (end <= i) return null;
      value = text.slice(i, end);
      i = skipSpace(text, end);
    }
    params.set(name, value);
  }
  return params;
}

/** The inverse of {@link parseParams}, without spaces. */
export function printParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) text += value === null ? `;${name}` : `;${name}=${value}`;
  return text;
}
