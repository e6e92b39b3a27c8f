// What people write about a customer, made fit to be kept. Pure.
import { err, ok, type E164, type Result } from "@ringdesk/std";
import type { CustomerDetails, CustomerField, MessagingConsent } from "@ringdesk/contract/http";
import type { DetailsInvalid, FieldError } from "./customers.errors.ts";
import { checkValue, type FieldValue } from "./field.rules.ts";
import { storableText } from "./text.rules.ts";

/** Understands a number as it is written here; the error is a sentence. */
export type ReadNumber = (text: string) => Result<E164, string>;

export type GivenNumber = { readonly number: E164; readonly consent: MessagingConsent | null };
/** Checked details; what is absent stays as it is. */
export type CleanDetails = {
  readonly name?: string | null; readonly numbers?: readonly GivenNumber[]; readonly emails?: readonly string[]; readonly language?: string | null;
  readonly tags?: readonly string[]; readonly vip?: boolean;
  /** Null takes a value away. */
  readonly custom?: Readonly<Record<string, FieldValue | null>>;
};

/** The first of each, whatever its case. */
export function distinct(texts: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const text of texts) {
    const key = text.toLowerCase();
    if (text !== "" && !seen.has(key)) seen.set(key, text);
  }
  return [...seen.values()];
}

const tidy = (text: string): string => storableText(text).replace(/\s+/g, " ").trim();

/** Checks what the schema cannot: numbers, doubles, and values of custom fields. */
export function cleanDetails(given: CustomerDetails, fields: readonly CustomerField[], readNumber: ReadNumber): Result<CleanDetails, DetailsInvalid> {
  const errors: FieldError[] = [];
  const numbers = given.numbers === undefined ? undefined : readNumbers(given.numbers, readNumber, errors);
  const custom = given.custom === undefined ? undefined : readCustom(given.custom, fields, errors);
  if (errors.length > 0) return err({ type: "details-invalid", errors });
  const { name, emails, language, tags, vip } = given;
  return ok({
    ...(name === undefined ? {} : { name: tidy(name ?? "") || null }),
    ...(numbers === undefined ? {} : { numbers }),
    ...(emails === undefined ? {} : { emails: distinct(emails.map(tidy)) }),
    ...(language === undefined ? {} : { language }),
    ...(tags === undefined ? {} : { tags: distinct(tags.map(tidy)) }),
    ...(vip === undefined ? {} : { vip }),
    ...(custom === undefined ? {} : { custom }),
  });
}

function readNumbers(given: NonNullable<CustomerDetails["numbers"]>, readNumber: ReadNumber, errors: FieldError[]): readonly GivenNumber[] {
  const found = new Map<E164, GivenNumber>();
  given.forEach(({ number: text, consent }, index) => {
    const number = readNumber(text);
    if (!number.ok) errors.push({ pointer: `/numbers/${index}/number`, detail: number.error });
    else if (!found.has(number.value)) found.set(number.value, { number: number.value, consent: consent ?? null });
  });
  return [...found.values()];
}

function readCustom(given: NonNullable<CustomerDetails["custom"]>, fields: readonly CustomerField[], errors: FieldError[]): Readonly<Record<string, FieldValue | null>> {
  const values: Record<string, FieldValue | null> = {};
  for (const [key, value] of Object.entries(given)) {
    const field = fields.find((each) => each.key === key);
    if (field === undefined) { errors.push({ pointer: `/custom/${key}`, detail: "There is no such field" }); continue; }
    if (value === null || value === "") { values[key] = null; continue; }
    const checked = checkValue(field, value);
    if (checked.ok) values[key] = checked.value;
    else errors.push({ pointer: `/custom/${key}`, detail: checked.error });
  }
  return values;
}
