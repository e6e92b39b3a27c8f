// Custom fields of customers: their keys, and which values fit them. Pure.
import { err, ok, type Result } from "@ringdesk/std";
import { MAX_FIELD_TEXT_CHARS, type CustomerField, type CustomValues } from "@ringdesk/contract/http";
import { storableText } from "./text.rules.ts";

export type FieldValue = CustomValues[string];

const MAX_KEY_CHARS = 40;

/** The key of a new field: its name in lower case with underscores, and a number when another field has it. */
export function keyOf(name: string, taken: ReadonlySet<string>): string {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "");
  const base = (plain === "" ? "field" : plain).slice(0, MAX_KEY_CHARS - 4);
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? base : `${base}_${n}`;
    if (!taken.has(key)) return key;
  }
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TRUE = new Set(["true", "yes", "y", "1", "x", "on"]);
const FALSE = new Set(["false", "no", "n", "0", "", "off"]);

/** A yes or no as people write it; null when it is neither. */
export function readYesNo(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : null;
}

/** Whether this is a day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

/** The value as it is kept, or what is wrong with it in words. Text that says a number or a yes is taken as one. */
export function checkValue(field: CustomerField, value: FieldValue): Result<FieldValue, string> {
  const text = typeof value === "string" ? storableText(value).trim() : String(value);
  switch (field.kind) {
    case "text": return text.length <= MAX_FIELD_TEXT_CHARS ? ok(text) : err(`Use at most ${MAX_FIELD_TEXT_CHARS} characters`);
    case "number": {
      const number = text === "" ? Number.NaN : Number(text.replace(",", "."));
      return Number.isFinite(number) ? ok(number) : err("Enter a number");
    }
    case "boolean": {
      const answer = readYesNo(text);
      return answer === null ? err("Enter yes or no") : ok(answer);
    }
    case "date": return isDay(text) ? ok(text) : err("Enter a date as YYYY-MM-DD");
    case "choice": {
      const choice = field.choices.find((each) => each.toLowerCase() === text.toLowerCase());
      return choice === undefined ? err(`Choose one of: ${field.choices.join(", ")}`) : ok(choice);
    }
  }
}
