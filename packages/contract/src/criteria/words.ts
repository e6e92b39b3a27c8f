// Criteria in a sentence, for lists and the audit log.
import { fieldOf } from "./fields.ts";
import { operatorWords, valueShape } from "./kinds.ts";
import { isGroup, type Criteria, type Criterion } from "./shape.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A span in the largest unit that fits it: `3 days`, `5 hours`, `20 minutes`. */
export function spanWords(ms: number): string {
  const [count, unit] = ms % DAY_MS === 0 ? [ms / DAY_MS, "day"] : ms % HOUR_MS === 0 ? [ms / HOUR_MS, "hour"] : [Math.round(ms / 60_000), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

type NameOf = (field: string, value: string | number) => string;
/** What a field is called that the organisation has added; null for the others. */
type LabelOf = (field: string) => string | null;

/** `Channel is Voice and (Queue is Support or Customer is VIP is yes)`. `nameOf` gives ids, instants and such their names. */
export function criteriaWords(criteria: Criteria, nameOf: NameOf, labelOf: LabelOf = () => null): string {
  const parts = criteria.items.map((item) => (isGroup(item) ? `(${criteriaWords(item, nameOf, labelOf)})` : criterionWords(item, nameOf, labelOf)));
  return parts.length === 0 ? "Everything" : parts.join(criteria.match === "all" ? " and " : " or ");
}

function criterionWords(criterion: Criterion, nameOf: NameOf, labelOf: LabelOf): string {
  const field = fieldOf(criterion.field);
  const { operator, value } = criterion;
  const one = (given: string | number): string => field?.choices?.[given] ?? nameOf(criterion.field, given);
  const label = `${labelOf(criterion.field) ?? field?.label ?? criterion.field} ${operatorWords[operator]}`;
  switch (valueShape(operator)) {
    case "nothing": return label;
    case "span": return `${label} ${spanWords(Number(value))}`;
    case "several": return `${label} ${Array.isArray(value) ? value.map(one).join(", ") : ""}`;
    case "one": return `${label} ${typeof value === "boolean" ? (value ? "yes" : "no") : one(typeof value === "number" ? value : String(value))}`;
  }
}
