// What is wrong with criteria, each at its place.
import { fieldOf, type CriteriaScope, type Field } from "./fields.ts";
import { operatorsOf, operatorWords, valueShape, type Operator } from "./kinds.ts";
import { isGroup, MAX_CRITERIA_DEPTH, MAX_CRITERIA_ITEMS, MAX_CRITERION_TEXT, MAX_CRITERION_VALUES, type Criteria, type Criterion } from "./shape.ts";

/** `path` leads to the fault as in the criteria themselves: `["items", 2, "value"]`. */
export interface CriteriaFault {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

/** E.164, or its beginning. */
const PHONE = /^\+[1-9]\d{0,14}$/;
const YEAR_MS = 366 * 86_400_000;
/** The longest span of "within the last". */
const MAX_SPAN_MS = 10 * YEAR_MS;

/** What keeps these criteria from being used. Nothing when they are in order. */
export function faultsOf(criteria: Criteria, scope: CriteriaScope): readonly CriteriaFault[] {
  const faults = groupFaults(criteria, scope, [], 1);
  if (itemsIn(criteria) > MAX_CRITERIA_ITEMS) return [...faults, { path: ["items"], detail: `At most ${MAX_CRITERIA_ITEMS} conditions and groups` }];
  return faults;
}

const itemsIn = (group: Criteria): number => group.items.reduce((sum, item) => sum + 1 + (isGroup(item) ? itemsIn(item) : 0), 0);

function groupFaults(group: Criteria, scope: CriteriaScope, path: readonly (string | number)[], depth: number): readonly CriteriaFault[] {
  if (depth > MAX_CRITERIA_DEPTH) return [{ path, detail: `Groups go ${MAX_CRITERIA_DEPTH} levels deep at most` }];
  // The whole may ask for nothing; a part that asks for nothing, or an empty "any", was left unfinished.
  if (group.items.length === 0) return depth > 1 || group.match === "any" ? [{ path, detail: "Add a condition" }] : [];
  return group.items.flatMap((item, index) => {
    const at = [...path, "items", index];
    return isGroup(item) ? groupFaults(item, scope, at, depth + 1) : criterionFaults(item, scope, at);
  });
}

function criterionFaults(criterion: Criterion, scope: CriteriaScope, path: readonly (string | number)[]): readonly CriteriaFault[] {
  const field = fieldOf(criterion.field);
  if (field === null || !field.scopes.includes(scope)) return [{ path: [...path, "field"], detail: "There is no such field" }];
  if (!Object.hasOwn(operatorWords, criterion.operator)) return [{ path: [...path, "operator"], detail: "Choose how to compare" }];
  if (!(operatorsOf[field.kind] as readonly Operator[]).includes(criterion.operator)) {
    return [{ path: [...path, "operator"], detail: `“${field.label}” cannot be compared by “${operatorWords[criterion.operator]}”` }];
  }
  const detail = valueFault(field, criterion);
  return detail === null ? [] : [{ path: [...path, "value"], detail }];
}

function valueFault(field: Field, { operator, value }: Criterion): string | null {
  switch (valueShape(operator)) {
    case "nothing": return value === null ? null : "No value belongs here";
    case "span": return typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value <= MAX_SPAN_MS ? null : "Enter a time span of at most ten years";
    case "several":
      if (!Array.isArray(value) || value.length === 0) return "Choose at least one value";
      if (value.length > MAX_CRITERION_VALUES) return `At most ${MAX_CRITERION_VALUES} values`;
      return (value as readonly string[]).map((one) => oneFault(field, one)).find((fault) => fault !== null) ?? null;
    case "one": return oneFault(field, value);
  }
}

function oneFault(field: Field, value: Criterion["value"]): string | null {
  if (typeof value === "string" && value.length > MAX_CRITERION_TEXT) return `At most ${MAX_CRITERION_TEXT} characters`;
  switch (field.kind) {
    case "boolean": return typeof value === "boolean" ? null : "Choose yes or no";
    case "number": return typeof value === "number" && Number.isFinite(value) ? null : "Enter a number";
    case "instant": return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? null : "Choose a date";
    case "choice": return typeof value === "string" && Object.hasOwn(field.choices ?? {}, value) ? null : "Choose a value";
    case "phones": return typeof value === "string" && PHONE.test(value) ? null : "Begin with + and the country code, e.g. +1202";
    case "id": return typeof value === "string" && value !== "" ? null : "Choose a value";
    case "text": case "set": return typeof value === "string" && value.trim() !== "" ? null : "Enter a value";
  }
}
