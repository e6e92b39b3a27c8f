// How a search for customers is understood. Pure.
import { storableText } from "./text.rules.ts";

/** What the database is asked for: LIKE patterns, already escaped. `text` is looked for in names and e-mail addresses, `digits` in numbers unless null. */
export type CustomerPatterns = { readonly text: string; readonly digits: string | null };

/** Fewer digits than this say nothing: every number contains them. */
const MIN_DIGITS = 2;
/** What may stand in a number besides digits. */
const NUMBER_LIKE = /^[\d\s()+./-]+$/;

/** The patterns of a search; null when it asks for nothing. Digits are looked for in numbers only when the text looks like a part of one. */
export function customerPatterns(search: string | undefined): CustomerPatterns | null {
  const text = storableText(search ?? "").trim();
  if (text === "") return null;
  const digits = NUMBER_LIKE.test(text) ? text.replace(/\D/g, "") : "";
  return { text: `%${escapeLike(text)}%`, digits: digits.length >= MIN_DIGITS ? `%${digits}%` : null };
}

/** The text as itself inside a LIKE pattern whose escape character is the backslash. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (c) => `\\${c}`);
