import { expect, test } from "vitest";
import type { Customer } from "@ringdesk/contract/http";
import type { CustomerId, E164, Millis } from "@ringdesk/std";
import { mergeChoices, mergedCustomer, tooMuch } from "./merge.rules.ts";

const of = (id: string, with_: Partial<Customer> = {}): Customer => ({
  id: id as CustomerId, name: null, numbers: [], emails: [], language: null, vip: false, tags: [], createdAt: 5 as Millis, hiddenNumber: false, consents: [], custom: {}, ...with_,
});

test("CRM-1 merging keeps numbers, addresses and tags of both once, and is VIP when either is", () => {
  const a = of("a", { numbers: ["+12025550101" as E164], emails: ["A@x.example"], tags: ["gold"], createdAt: 9 as Millis });
  const b = of("b", { numbers: ["+12025550102" as E164], emails: ["a@x.example", "b@x.example"], tags: ["Gold", "late"], vip: true });
  expect(mergedCustomer(a, b, new Set())).toEqual({ ...a, numbers: ["+12025550101", "+12025550102"], emails: ["A@x.example", "b@x.example"], tags: ["gold", "late"], vip: true, createdAt: 5 });
});

test("of what both have and differs, the kept customer's counts unless the other's is taken; what is missing is filled up", () => {
  const a = of("a", { name: "Ada", custom: { plan: "small", seats: 3 } });
  const b = of("b", { name: "Ada L.", language: "fr", custom: { plan: "large", seats: 3, city: "Paris" } });
  expect(mergeChoices(a, b)).toEqual([{ field: "name", kept: "Ada", other: "Ada L." }, { field: "custom.plan", kept: "small", other: "large" }]);
  expect(mergedCustomer(a, b, new Set())).toMatchObject({ name: "Ada", language: "fr", custom: { plan: "small", seats: 3, city: "Paris" } });
  expect(mergedCustomer(a, b, new Set(["name", "custom.plan"]))).toMatchObject({ name: "Ada L.", custom: { plan: "large", seats: 3, city: "Paris" } });
});

test("a hidden caller who is attached to a known customer is no hidden caller any more", () => {
  expect(mergedCustomer(of("a", { numbers: ["+12025550101" as E164] }), of("b", { hiddenNumber: true }), new Set()).hiddenNumber).toBe(false);
  expect(mergedCustomer(of("a", { hiddenNumber: true }), of("b", { hiddenNumber: true }), new Set()).hiddenNumber).toBe(true);
});

test("two who would have too much together are not merged", () => {
  const many = (prefix: string): E164[] => Array.from({ length: 15 }, (_, i) => `${prefix}${i + 10}` as E164);
  expect(tooMuch(mergedCustomer(of("a", { numbers: many("+120255501") }), of("b", { numbers: many("+120255502") }), new Set()))).toBe("more than 20 numbers");
  expect(tooMuch(of("a"))).toBeNull();
});
