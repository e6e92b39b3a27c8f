// What a condition looks like: `field operator value`, in all/any groups (QUE-3, CRM-4). Used by queue rules and by searches.
import type { Operator } from "./kinds.ts";

/** Groups within groups within the whole. */
export const MAX_CRITERIA_DEPTH = 3;
/** Conditions and groups, all together. */
export const MAX_CRITERIA_ITEMS = 30;
/** Values that one condition may list. */
export const MAX_CRITERION_VALUES = 50;
export const MAX_CRITERION_TEXT = 200;

/** What a condition compares with; null for operators that need nothing. Instants and spans are milliseconds. */
export type CriterionValue = string | number | boolean | readonly string[] | null;
export interface Criterion {
  readonly field: string;
  readonly operator: Operator;
  readonly value: CriterionValue;
}
/** `all` of nothing is true, `any` of nothing is false. */
export interface Criteria {
  readonly match: "all" | "any";
  readonly items: readonly (Criterion | Criteria)[];
}

export const isGroup = (item: Criterion | Criteria): item is Criteria => "match" in item;

/** Criteria that everything meets. */
export const everything: Criteria = { match: "all", items: [] };
