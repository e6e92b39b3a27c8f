import { expect, test } from "vitest";
import { customerPatterns } from "./customer.rules.ts";

test("a search for nothing is no search", () => {
  expect(customerPatterns(undefined)).toBeNull();
  expect(customerPatterns("  ")).toBeNull();
});

test("any usual form of a part of a number is looked for in the digits", () => {
  for (const text of ["(202) 555-01", "202-555-01", "+1 202 555 01", "202.555.01"]) {
    expect(customerPatterns(text)?.digits).toMatch(/20255501%$/);
  }
  expect(customerPatterns("7")?.digits).toBeNull();
  expect(customerPatterns("Agent 007")?.digits).toBeNull();
});

test("signs with a meaning in patterns mean themselves", () => {
  expect(customerPatterns("100%_\\")?.name).toBe("%100\\%\\_\\\\%");
});
