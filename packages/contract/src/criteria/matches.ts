// Whether a record meets criteria. Searches ask the database the same; a property test holds the two together.
import { fieldOf, type FieldName } from "./fields.ts";
import { negatedBy, type FieldKind, type Operator } from "./kinds.ts";
import { isGroup, type Criteria, type Criterion } from "./shape.ts";

export type FieldValue = string | number | boolean | readonly string[] | null;
/** What is known of a conversation and its customer. What is left out counts as empty. */
export type CriteriaRecord = { readonly [name in FieldName]?: FieldValue };

/** Whether `record` meets all of `criteria`. `now` (milliseconds) is what "within the last" counts back from. */
export function matches(criteria: Criteria, record: CriteriaRecord, now: number): boolean {
  const meets = (item: Criterion | Criteria): boolean => (isGroup(item) ? matches(item, record, now) : meetsCriterion(item, record, now));
  return criteria.match === "all" ? criteria.items.every(meets) : criteria.items.some(meets);
}

function meetsCriterion(criterion: Criterion, record: CriteriaRecord, now: number): boolean {
  const field = fieldOf(criterion.field);
  if (field === null) return false; // e.g. an added field of a version to come
  const positive = negatedBy(criterion.operator);
  if (positive !== null) return !holds(field.kind, positive, record[criterion.field as FieldName] ?? null, criterion.value, now);
  return holds(field.kind, criterion.operator, record[criterion.field as FieldName] ?? null, criterion.value, now);
}

/** Upper and lower case are one, as in Unicode's default mapping. */
export const foldCase = (text: string): string => text.toLowerCase();

/** An operator that negates nothing. An empty field meets none of them but `is-empty`. */
function holds(kind: FieldKind, operator: Operator, has: FieldValue, value: Criterion["value"], now: number): boolean {
  const empty = has === null || has === "" || (Array.isArray(has) && has.length === 0);
  if (operator === "is-empty") return empty;
  if (empty) return false;
  if (kind === "set" || kind === "phones") return listHolds(operator, Array.isArray(has) ? has : [String(has)], value);
  if (kind === "number" || kind === "instant") return typeof has === "number" && typeof value === "number" && numberHolds(operator, has, value, now);
  if (kind === "boolean") return has === value;
  if (kind === "text") return textHolds(operator, foldCase(String(has)), foldCase(String(value)));
  return operator === "is-any-of" ? Array.isArray(value) && value.includes(has) : has === value;
}

function textHolds(operator: Operator, has: string, value: string): boolean {
  switch (operator) {
    case "contains": return has.includes(value);
    case "starts-with": return has.startsWith(value);
    default: return has === value;
  }
}

function numberHolds(operator: Operator, has: number, value: number, now: number): boolean {
  switch (operator) {
    case "greater-than": case "after": return has > value;
    case "less-than": case "before": return has < value;
    case "within-last": return has > now - value;
    default: return has === value;
  }
}

function listHolds(operator: Operator, has: readonly string[], value: Criterion["value"]): boolean {
  if (operator === "starts-with") return has.some((one) => one.startsWith(String(value)));
  if (operator === "includes-any-of") return Array.isArray(value) && value.some((one: string) => has.includes(one));
  return has.includes(String(value));
}
