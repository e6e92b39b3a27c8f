import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyCriteria, anyRecord, NOW } from "./criteria.fake.ts";
import { complements, criteriaFor, criteriaWords, everything, faultsOf, fieldNames, fields, forUser, isGroup, matches, MAX_CRITERIA_ITEMS, ME, mentionsMe, operatorsOf, type Criteria, type CriteriaRecord, type Criterion, type Operator } from "./index.ts";

const RUNS = { numRuns: Number(process.env["RUNS"] ?? 300) };
const c = (field: string, operator: Operator, value: Criterion["value"] = null): Criterion => ({ field, operator, value });
const all = (...items: Criteria["items"]): Criteria => ({ match: "all", items });
const any = (...items: Criteria["items"]): Criteria => ({ match: "any", items });
const pointers = (given: unknown): readonly string[] => {
  const parsed = criteriaFor("search").safeParse(given);
  return parsed.success ? [] : parsed.error.issues.map((issue) => `/${issue.path.join("/")}`);
};

describe("QUE-3 CRM-4 what criteria mean", () => {
  test("all is and, any is or, in every depth", () => {
    fc.assert(fc.property(fc.array(anyCriteria("search"), { maxLength: 4 }), anyRecord, (groups, record) => {
      const each = groups.map((group) => matches(group, record, NOW));
      expect(matches(all(...groups), record, NOW)).toBe(each.every((met) => met));
      expect(matches(any(...groups), record, NOW)).toBe(each.some((met) => met));
    }), RUNS);
  });
  test("a negated operator is true exactly when its partner is false", () => {
    fc.assert(fc.property(anyCriteria("search"), anyRecord, (criteria, record) => {
      for (const item of criteria.items) {
        if (isGroup(item) || !(item.operator in complements)) continue;
        const partner = { ...item, operator: complements[item.operator as keyof typeof complements] };
        expect(matches(all(item), record, NOW)).toBe(!matches(all(partner), record, NOW));
      }
    }), RUNS);
  });
  test("what is empty meets no condition but that it is empty", () => {
    for (const name of fieldNames("search")) {
      const value = { choice: "voice", id: "q", text: "x", boolean: true, number: 1, instant: 1, set: "x", phones: "+1" }[fields[name as keyof typeof fields].kind];
      for (const operator of operatorsOf[fields[name as keyof typeof fields].kind]) {
        const expected = operator === "is-empty" || (operator in complements && operator !== "is-set");
        expect(matches(all(c(name, operator, value)), {}, NOW), `${name} ${operator}`).toBe(expected);
      }
    }
  });
  test.each<[string, Criterion, CriteriaRecord, boolean]>([
    ["a name in any case", c("customer.name", "contains", "ÉMILE"), { "customer.name": "Jean-émile" }, true],
    ["the start of one of several numbers", c("customer.number", "starts-with", "+1416"), { "customer.number": ["+12025550142", "+14165550177"] }, true],
    ["a hidden number", c("customer.number", "is-empty"), { "customer.number": [] }, true],
    ["one tag of several", c("customer.tags", "includes-any-of", ["gold", "new"]), { "customer.tags": ["gold"] }, true],
    ["one queue of several", c("conversation.queue", "is-none-of", ["a", "b"]), { "conversation.queue": "b" }, false],
    ["the edge of a span", c("conversation.createdAt", "within-last", 1_000), { "conversation.createdAt": NOW - 1_000 }, false],
    ["a field of the organisation's own", c("customer.custom.plan", "is", "Gold"), { "customer.custom.plan": "gold" }, true],
    ["a field that nobody knows", c("customer.shoe", "is", "42"), {}, false],
  ])("%s", (_, criterion, record, expected) => {
    expect(matches(all(criterion), record, NOW)).toBe(expected);
  });
});

describe("what is wrong with criteria is told at its place", () => {
  test("generated ones are in order, and read back as they were", () => {
    for (const scope of ["search", "rule"] as const) {
      fc.assert(fc.property(anyCriteria(scope), (criteria) => { expect(criteriaFor(scope).parse(criteria)).toEqual(criteria); }), RUNS);
    }
  });
  test("every field of a menu is known", () => {
    for (const name of fieldNames("search")) expect(faultsOf(all(c(name, "is-set")), "search").map((f) => f.path.at(-1)), name).not.toContain("field");
  });
  test.each<[string, unknown, readonly string[]]>([
    ["nothing at all is everything", everything, []],
    ["any of nothing", any(), ["/"]],
    ["a group left empty", all(c("customer.vip", "is", true), any()), ["/items/1"]],
    ["an unknown field", all(c("customer.shoe", "is", "42")), ["/items/0/field"]],
    ["an operator of another kind", all(c("customer.vip", "contains", "x")), ["/items/0/operator"]],
    ["an unknown operator", all(c("customer.vip", "resembles" as Operator, true)), ["/items/0/operator"]],
    ["a value of another kind", any(c("customer.vip", "is", true), c("customer.vip", "is", "yes")), ["/items/1/value"]],
    ["no choice of this field", all(c("conversation.channel", "is", "pigeon")), ["/items/0/value"]],
    ["a list that is empty", all(c("conversation.queue", "is-any-of", [])), ["/items/0/value"]],
    ["a number without its country", all(c("customer.number", "starts-with", "202")), ["/items/0/value"]],
    ["a value where none belongs", all(c("conversation.queue", "is-empty", "q")), ["/items/0/value"]],
    ["a span that is none", all(c("conversation.createdAt", "within-last", 0)), ["/items/0/value"]],
    ["deep inside", all(any(all(c("customer.shoe", "is", "42")))), ["/items/0/items/0/items/0/field"]],
    ["too deep", all(any(all(any(c("customer.vip", "is", true))))), ["/items/0"]],
    ["too many", all(...Array.from({ length: MAX_CRITERIA_ITEMS + 1 }, () => c("customer.vip", "is", true))), ["/items"]],
    ["too long", all(c("customer.name", "is", "x".repeat(201))), ["/items/0/value"]],
    ["no criteria", { match: "some" }, ["/match", "/items"]],
  ])("%s", (_, given, expected) => {
    expect(pointers(given)).toEqual(expected);
  });
  test("a rule knows nothing of what happens later", () => {
    expect(faultsOf(all(c("conversation.status", "is", "open")), "rule")).toMatchObject([{ path: ["items", 0, "field"] }]);
  });
});

test("criteria read as a sentence", () => {
  const criteria = all(c("conversation.channel", "is", "voice"), any(c("customer.vip", "is", true), c("conversation.queue", "is-any-of", ["q1", "q2"]), c("conversation.createdAt", "within-last", 7_200_000)));
  expect(criteriaWords(criteria, (_, value) => ({ q1: "Support", q2: "Sales" })[String(value)] ?? String(value)))
    .toBe("Channel is Voice and (VIP is yes or Queue is any of Support, Sales or Created is within the last 2 hours)");
  expect(criteriaWords(everything, String)).toBe("Everything");
  const added = all(any(c("customer.custom.plan_2", "is", "Pro")), c("customer.vip", "is", true));
  expect(criteriaWords(added, (_, value) => String(value), (field) => (field === "customer.custom.plan_2" ? "Plan" : null))).toBe("(Plan is Pro) and VIP is yes");
});

test("“me” is whoever looks, in every depth", () => {
  const mine = all(any(c("conversation.assignedTo", "is", ME), c("conversation.assignedTo", "is-any-of", ["ben", ME])), c("customer.name", "is", ME));
  expect(mentionsMe(mine)).toBe(true);
  expect(forUser(mine, "ana")).toEqual(all(any(c("conversation.assignedTo", "is", "ana"), c("conversation.assignedTo", "is-any-of", ["ben", "ana"])), c("customer.name", "is", ME)));
  expect(mentionsMe(forUser(mine, "ana"))).toBe(false);
  expect(forUser(everything, "ana")).toBe(everything);
});
