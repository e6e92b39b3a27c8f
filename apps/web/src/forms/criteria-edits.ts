// Changes to criteria as a form makes them. A path leads to an item by its places: [2, 0] is the first item of the third.
import { fieldNames, fieldOf, isGroup, operatorsOf, valueShape, type Criteria, type CriteriaScope, type Criterion, type CriterionValue, type Field, type Operator } from "@ringdesk/contract/criteria";

export type Path = readonly number[];
type Item = Criterion | Criteria;
const DAY_MS = 86_400_000;
/** What "within the last" begins with. */
const USUAL_SPAN_MS = 7 * DAY_MS;

/** Replaces the item at `path`, or takes it out when `next` is null. The empty path is the whole, which stays. */
export function replaceAt(criteria: Criteria, path: Path, next: Item | null): Criteria {
  const [first, ...rest] = path;
  if (first === undefined) return next !== null && isGroup(next) ? next : criteria;
  const items = criteria.items.flatMap((item, index): readonly Item[] => {
    if (index !== first) return [item];
    if (rest.length > 0) return isGroup(item) ? [replaceAt(item, rest, next)] : [item];
    return next === null ? [] : [next];
  });
  return { ...criteria, items };
}

/** A condition on `field` that still has to be filled in. */
export function blankCriterion(field: string): Criterion {
  const known = fieldOf(field);
  const operator: Operator = known === null ? "is" : operatorsOf[known.kind][0];
  return { field, operator, value: blankValue(known, operator) };
}

export const firstCriterion = (scope: CriteriaScope): Criterion => blankCriterion(fieldNames(scope)[0] ?? "conversation.channel");

function blankValue(field: Field | null, operator: Operator): CriterionValue {
  switch (valueShape(operator)) {
    case "nothing": return null;
    case "several": return [];
    case "span": return USUAL_SPAN_MS;
    case "one": return field?.kind === "boolean" ? true : "";
  }
}

/** The same condition by another operator. What was entered stays where it fits. */
export function withOperator(criterion: Criterion, operator: Operator): Criterion {
  const [before, after] = [valueShape(criterion.operator), valueShape(operator)];
  const { value } = criterion;
  if (before === after) return { ...criterion, operator };
  if (before === "one" && after === "several" && typeof value === "string" && value !== "") return { ...criterion, operator, value: [value] };
  if (before === "several" && after === "one" && Array.isArray(value)) return { ...criterion, operator, value: (value as readonly string[])[0] ?? "" };
  return { ...criterion, operator, value: blankValue(fieldOf(criterion.field), operator) };
}

/** Problems by pointer into the criteria: of a condition (`/items/0`), with those of its parts. */
export function problemAt(problems: Readonly<Record<string, string>>, path: Path): string | null {
  const pointer = pointerOf(path);
  for (const part of ["", "/field", "/operator", "/value", "/match"]) {
    const found = problems[pointer + part];
    if (found !== undefined) return found;
  }
  return null;
}

export const pointerOf = (path: Path): string => path.map((place) => `/items/${place}`).join("");
