// The kinds of fields and what can be asked of each.

export type FieldKind = "choice" | "id" | "text" | "boolean" | "number" | "instant" | "set" | "phones";

/** The words between field and value, for a person. */
export const operatorWords = {
  "is": "is", "is-not": "is not", "is-any-of": "is any of", "is-none-of": "is none of",
  "is-empty": "is empty", "is-set": "is not empty",
  "contains": "contains", "does-not-contain": "does not contain", "starts-with": "starts with", "does-not-start-with": "does not start with",
  "greater-than": "is greater than", "less-than": "is less than",
  "before": "is before", "after": "is after", "within-last": "is within the last", "not-within-last": "is not within the last",
  "includes": "includes", "does-not-include": "does not include", "includes-any-of": "includes any of", "includes-none-of": "includes none of",
} as const;
export type Operator = keyof typeof operatorWords;

/** Operators by kind, the usual one first. */
export const operatorsOf = {
  choice: ["is", "is-not", "is-any-of", "is-none-of"],
  id: ["is", "is-not", "is-any-of", "is-none-of", "is-empty", "is-set"],
  text: ["is", "is-not", "contains", "does-not-contain", "starts-with", "does-not-start-with", "is-empty", "is-set"],
  boolean: ["is", "is-not"],
  number: ["is", "is-not", "greater-than", "less-than", "is-empty", "is-set"],
  instant: ["within-last", "not-within-last", "before", "after"],
  set: ["includes", "does-not-include", "includes-any-of", "includes-none-of", "is-empty", "is-set"],
  phones: ["starts-with", "does-not-start-with", "is", "is-not", "is-empty", "is-set"],
} as const satisfies Record<FieldKind, readonly [Operator, ...Operator[]]>;

/** Each of these is true exactly when its partner is false, whatever the record holds. */
export const complements = {
  "is-not": "is", "is-none-of": "is-any-of", "is-set": "is-empty", "does-not-contain": "contains", "does-not-start-with": "starts-with",
  "not-within-last": "within-last", "does-not-include": "includes", "includes-none-of": "includes-any-of",
} as const satisfies Partial<Record<Operator, Operator>>;

/** The operator that `operator` negates; null when it stands for itself. */
export const negatedBy = (operator: Operator): Operator | null => (operator in complements ? complements[operator as keyof typeof complements] : null);

/** What stands at the right of an operator. `span`: milliseconds back from now. */
export type ValueShape = "nothing" | "one" | "several" | "span";
export function valueShape(operator: Operator): ValueShape {
  switch (operator) {
    case "is-empty": case "is-set": return "nothing";
    case "is-any-of": case "is-none-of": case "includes-any-of": case "includes-none-of": return "several";
    case "within-last": case "not-within-last": return "span";
    default: return "one";
  }
}
