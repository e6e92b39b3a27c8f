import type { Criteria } from "@ringdesk/contract/criteria";
import { expect, test } from "vitest";
import { blankCriterion, problemAt, replaceAt, withOperator } from "./criteria-edits.ts";
import { zonedInstant, zonedText } from "../words/zoned-time.ts";

const vip = { field: "customer.vip", operator: "is", value: true } as const;
const channel = { field: "conversation.channel", operator: "is", value: "voice" } as const;
const criteria: Criteria = { match: "all", items: [channel, { match: "any", items: [vip, channel] }] };

test("items are replaced, added and taken out where they stand", () => {
  expect(replaceAt(criteria, [1, 0], channel).items[1]).toEqual({ match: "any", items: [channel, channel] });
  expect(replaceAt(criteria, [1, 0], null).items[1]).toEqual({ match: "any", items: [channel] });
  expect(replaceAt(criteria, [0], null)).toEqual({ match: "all", items: [criteria.items[1]] });
  expect(replaceAt(criteria, [], { match: "any", items: [vip] })).toEqual({ match: "any", items: [vip] });
  expect(replaceAt(criteria, [], null)).toBe(criteria);
});

test("what was entered stays when the operator changes, as far as it fits", () => {
  expect(withOperator(channel, "is-not").value).toBe("voice");
  expect(withOperator(channel, "is-any-of").value).toEqual(["voice"]);
  expect(withOperator({ ...channel, operator: "is-any-of", value: ["sms", "chat"] }, "is").value).toBe("sms");
  expect(withOperator({ field: "conversation.queue", operator: "is", value: "q" }, "is-empty").value).toBeNull();
  expect(blankCriterion("conversation.createdAt")).toEqual({ field: "conversation.createdAt", operator: "within-last", value: 604_800_000 });
});

test("a problem is found at its condition", () => {
  expect(problemAt({ "/items/1/items/0/value": "Choose a value" }, [1, 0])).toBe("Choose a value");
  expect(problemAt({ "/items/1": "Add a condition" }, [1])).toBe("Add a condition");
  expect(problemAt({ "/items/10/value": "no" }, [1])).toBeNull();
});

test("times are read in the organisation's zone, over changes of the clock too", () => {
  for (const text of ["2026-11-22T15:04", "2026-03-08T03:30", "2026-11-01T12:00"]) expect(zonedText(zonedInstant(text, "America/New_York") ?? 0, "America/New_York")).toBe(text);
  expect(zonedInstant("2026-01-15T00:00", "America/Toronto")).toBe(Date.UTC(2026, 0, 15, 5));
  expect(zonedInstant("", "America/Toronto")).toBeNull();
});
