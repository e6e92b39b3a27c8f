// Criteria as SQL over conversations `v` and their customers `c`. Values are parameters, always.
import { sql, type RawBuilder } from "kysely";
import { customKey, fieldOf, foldCase, isGroup, negatedBy, type Criteria, type Criterion, type FieldKind, type fields, type Operator } from "@ringdesk/contract/criteria";
import { storableText } from "../customers/index.ts";

type Condition = RawBuilder<boolean>;
type Expression = RawBuilder<unknown>;
const TRUE: Condition = sql<boolean>`true`;
const FALSE: Condition = sql<boolean>`false`;

const columns = {
  "conversation.channel": sql`v.channel`, "conversation.status": sql`v.status`, "conversation.queue": sql`v.queue_id`, "conversation.assignedTo": sql`v.assigned_to`,
  "conversation.team": sql`v.team_id`, "conversation.supportNumber": sql`v.support_number`, "conversation.language": sql`v.language`, "conversation.tags": sql`v.tags`,
  "conversation.createdAt": sql`v.created_at`, "conversation.lastActivityAt": sql`v.last_activity_at`,
  "customer.vip": sql`c.vip`, "customer.language": sql`c.language`, "customer.tags": sql`c.tags`, "customer.name": sql`c.name`,
  "customer.number": sql`(select n.number from customer_numbers n where n.customer_id = v.customer_id)`,
} as const satisfies Record<keyof typeof fields, Expression>;

/** The condition that a row meets exactly when `matches` says so of its record. `now` in milliseconds. */
export function criteriaSql(criteria: Criteria, now: number): Condition {
  if (criteria.items.length === 0) return criteria.match === "all" ? TRUE : FALSE;
  const parts = criteria.items.map((item) => (isGroup(item) ? criteriaSql(item, now) : criterionSql(item, now)));
  return sql<boolean>`(${sql.join(parts, criteria.match === "all" ? sql` and ` : sql` or `)})`;
}

function criterionSql(criterion: Criterion, now: number): Condition {
  const field = fieldOf(criterion.field);
  const key = customKey(criterion.field);
  if (field === null) return FALSE;
  const column = key === null ? columns[criterion.field as keyof typeof columns] : sql`(c.custom ->> ${key})`;
  const positive = negatedBy(criterion.operator);
  if (positive === null) return holdsSql(field.kind, criterion.operator, column, criterion.value, now);
  // Unknown is not true, and what negates it is therefore true.
  return sql<boolean>`(${holdsSql(field.kind, positive, column, criterion.value, now)}) is not true`;
}

const textOf = (value: Criterion["value"]): string => storableText(String(value));
const listOf = (value: Criterion["value"]): readonly string[] => (Array.isArray(value) ? value.map(textOf) : []);
const arrayOf = (values: readonly string[]): Expression => sql`${[...values]}::text[]`;

/** An operator that negates nothing. */
function holdsSql(kind: FieldKind, operator: Operator, column: Expression, value: Criterion["value"], now: number): Condition {
  switch (kind) {
    case "choice": case "id":
      if (operator === "is-empty") return sql<boolean>`(${column} is null or ${column} = '')`;
      return operator === "is-any-of" ? sql<boolean>`${column} = any(${arrayOf(listOf(value))})` : sql<boolean>`${column} = ${textOf(value)}`;
    case "text": return textSql(operator, column, textOf(value));
    case "boolean": return sql<boolean>`${column} = ${value === true}`;
    case "number": case "instant": return numberSql(operator, column, Number(value), now);
    case "set":
      if (operator === "is-empty") return sql<boolean>`cardinality(${column}) = 0`;
      return operator === "includes-any-of" ? sql<boolean>`${column} && ${arrayOf(listOf(value))}` : sql<boolean>`${column} @> ${arrayOf([textOf(value)])}`;
    case "phones":
      if (operator === "is-empty") return sql<boolean>`not exists ${column}`;
      return operator === "is" ? sql<boolean>`${textOf(value)} in ${column}`
        : sql<boolean>`exists (select 1 from customer_numbers n where n.customer_id = v.customer_id and starts_with(n.number, ${textOf(value)}))`;
  }
}

/** Folds case by Unicode's rules whatever the locale of the database, as {@link foldCase} does. */
function textSql(operator: Operator, column: Expression, value: string): Condition {
  if (operator === "is-empty") return sql<boolean>`(${column} is null or ${column} = '')`;
  const folded = sql`lower(${column} collate "und-x-icu")`;
  const sought = foldCase(value);
  switch (operator) {
    case "contains": return sql<boolean>`strpos(${folded}, ${sought}) > 0`;
    case "starts-with": return sql<boolean>`starts_with(${folded}, ${sought})`;
    default: return sql<boolean>`${folded} = ${sought}`;
  }
}

function numberSql(operator: Operator, column: Expression, value: number, now: number): Condition {
  switch (operator) {
    case "greater-than": case "after": return sql<boolean>`${column} > ${value}`;
    case "less-than": case "before": return sql<boolean>`${column} < ${value}`;
    case "within-last": return sql<boolean>`${column} > ${now - value}::bigint`;
    case "is-empty": return sql<boolean>`${column} is null`;
    default: return sql<boolean>`${column} = ${value}`;
  }
}
