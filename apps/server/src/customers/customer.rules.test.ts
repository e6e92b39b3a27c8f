import { expect, test } from "vitest";
import { customerPatterns } from "./customer.rules.ts";
import { storableText } from "./text.rules.ts";

test("text that PostgreSQL cannot hold is made storable, everything else stays", () => {
  expect(storableText("a\u0000b")).toBe("ab");
  expect(storableText("x\ud800y")).toBe("x\uFFFDy");
  expect(storableText("Zoë 👋🏽 李")).toBe("Zoë 👋🏽 李");
});

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
  expect(customerPatterns("100%_\\")?.text).toBe("%100\\%\\_\\\\%");
});
