// What two customers become when they are merged. Pure.
import { MAX_CUSTOMER_EMAILS, MAX_CUSTOMER_NUMBERS, MAX_CUSTOMER_TAGS, type Customer, type CustomValues, type MergePreview } from "@ringdesk/contract/http";
import { distinct } from "./details.rules.ts";
import type { FieldValue } from "./field.rules.ts";

type Choice = MergePreview["choices"][number];
const CUSTOM = "custom.";

/** Fields that both have and that differ, so that somebody has to choose. */
export function mergeChoices(kept: Customer, other: Customer): readonly Choice[] {
  const own = valuesOf(kept);
  const theirs = valuesOf(other);
  return [...own].flatMap(([field, value]) => {
    const another = theirs.get(field);
    return another === undefined || another === value ? [] : [{ field, kept: value, other: another }];
  });
}

/**
 * The customer that is left: numbers, e-mail addresses and tags of both, VIP when either is, and of the rest what `kept`
 * has; what it lacks, and the fields named in `take`, come from `other`.
 */
export function mergedCustomer(kept: Customer, other: Customer, take: ReadonlySet<string>): Customer {
  const values = new Map<string, FieldValue>(valuesOf(other));
  for (const [field, value] of valuesOf(kept)) if (!take.has(field) || !values.has(field)) values.set(field, value);
  const custom: Record<string, FieldValue> = {};
  for (const [field, value] of values) if (field.startsWith(CUSTOM)) custom[field.slice(CUSTOM.length)] = value;
  return {
    id: kept.id, name: textOf(values.get("name")), language: textOf(values.get("language")), vip: kept.vip || other.vip,
    numbers: [...kept.numbers, ...other.numbers], emails: [...distinct([...kept.emails, ...other.emails])], tags: [...distinct([...kept.tags, ...other.tags])],
    createdAt: kept.createdAt < other.createdAt ? kept.createdAt : other.createdAt,
    hiddenNumber: kept.hiddenNumber && other.hiddenNumber, consents: [...kept.consents, ...other.consents], custom,
  };
}

/** What a merged customer would have too much of, in words; null when it fits. */
export function tooMuch(merged: Customer): string | null {
  if (merged.numbers.length > MAX_CUSTOMER_NUMBERS) return `more than ${MAX_CUSTOMER_NUMBERS} numbers`;
  if (merged.emails.length > MAX_CUSTOMER_EMAILS) return `more than ${MAX_CUSTOMER_EMAILS} e-mail addresses`;
  return merged.tags.length > MAX_CUSTOMER_TAGS ? `more than ${MAX_CUSTOMER_TAGS} tags` : null;
}

const textOf = (value: FieldValue | undefined): string | null => (typeof value === "string" ? value : null);

function valuesOf({ name, language, custom }: { readonly name: string | null; readonly language: string | null; readonly custom: CustomValues }): ReadonlyMap<string, FieldValue> {
  const values = new Map<string, FieldValue>();
  if (name !== null) values.set("name", name);
  if (language !== null) values.set("language", language);
  for (const [key, value] of Object.entries(custom)) values.set(CUSTOM + key, value);
  return values;
}
