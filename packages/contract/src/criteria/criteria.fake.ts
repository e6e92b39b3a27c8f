// Random criteria and records for the tests of everything that speaks this language.
import fc from "fast-check";
import { fieldNames, fields, operatorsOf, valueShape, type Criteria, type CriteriaRecord, type CriteriaScope, type Criterion, type Field, type FieldValue, type Operator } from "./index.ts";

export const NOW = 1_700_000_000_000;
const DAY_MS = 86_400_000;
const CUSTOM = ["customer.custom.plan", "customer.custom.seats"] as const;

/** Few values, so that records and criteria meet; some with what patterns and quotes would trip over. */
const texts = ["Ada", "ada", "Zoë", "ZOË O'Brien", "100%_\\", "x", "'; drop table"];
const ids = ["q1", "q2", "q3"];
const tags = ["vip", "new", "O'Hara", "a,b"];
const phones = ["+12025550142", "+12025550143", "+442071838750"];
const instants = fc.integer({ min: -40, max: 40 }).map((step) => NOW + step * (DAY_MS / 8));

function oneValue({ kind, choices }: Field): fc.Arbitrary<string | number | boolean> {
  switch (kind) {
    case "choice": return fc.constantFrom(...Object.keys(choices ?? {}));
    case "id": return fc.constantFrom(...ids);
    case "text": return fc.constantFrom(...texts);
    case "boolean": return fc.boolean();
    case "number": return fc.integer({ min: -2, max: 2 });
    case "instant": return instants;
    case "set": return fc.constantFrom(...tags);
    case "phones": return fc.oneof(fc.constantFrom(...phones), fc.constantFrom("+1", "+1202", "+44"));
  }
}

function valueFor(field: Field, operator: Operator): fc.Arbitrary<Criterion["value"]> {
  switch (valueShape(operator)) {
    case "nothing": return fc.constant(null);
    case "span": return fc.integer({ min: 1, max: 10 }).map((days) => days * DAY_MS);
    case "several": return fc.array(oneValue(field).map(String), { minLength: 1, maxLength: 3 });
    case "one": return oneValue(field);
  }
}

const criterion = (scope: CriteriaScope): fc.Arbitrary<Criterion> => fc.constantFrom(...fieldNames(scope), ...CUSTOM).chain((name) => {
  const field: Field = name.startsWith("customer.custom.") ? { label: name, kind: "text", scopes: [] } : fields[name as keyof typeof fields];
  return fc.constantFrom<Operator>(...operatorsOf[field.kind]).chain((operator) => valueFor(field, operator).map((value) => ({ field: name, operator, value })));
});

/** Criteria that are in order, up to three levels deep. */
export function anyCriteria(scope: CriteriaScope): fc.Arbitrary<Criteria> {
  const match = fc.constantFrom("all" as const, "any" as const);
  const group = (item: fc.Arbitrary<Criterion | Criteria>): fc.Arbitrary<Criteria> => fc.record({ match, items: fc.array(item, { minLength: 1, maxLength: 3 }) });
  const one = criterion(scope);
  return group(fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: group(fc.oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: group(one) })) }));
}

const orNothing = <T extends FieldValue>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const someOf = (values: readonly string[]): fc.Arbitrary<readonly string[]> => fc.subarray([...values]);
const choicesOf = (name: "conversation.channel" | "conversation.status"): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(fields[name].choices));

/** A conversation with its customer, as searches see them. */
export const anyRecord: fc.Arbitrary<CriteriaRecord> = fc.record({
  "conversation.channel": choicesOf("conversation.channel"), "conversation.status": choicesOf("conversation.status"),
  "conversation.queue": orNothing(fc.constantFrom(...ids)), "conversation.assignedTo": orNothing(fc.constantFrom(...ids)), "conversation.team": orNothing(fc.constantFrom(...ids)),
  "conversation.supportNumber": orNothing(fc.constantFrom(...phones)), "conversation.language": orNothing(fc.constantFrom(...ids)), "conversation.tags": someOf(tags),
  "conversation.createdAt": instants, "conversation.lastActivityAt": instants,
  "customer.vip": fc.boolean(), "customer.language": orNothing(fc.constantFrom(...ids)), "customer.tags": someOf(tags),
  "customer.name": orNothing(fc.constantFrom(...texts)), "customer.number": someOf(phones),
  "customer.custom.plan": orNothing(fc.constantFrom(...texts)), "customer.custom.seats": orNothing(fc.constantFrom("1", "2")),
});
