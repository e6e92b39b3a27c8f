import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { E164 } from "@ringdesk/std";
import { numberInvalidWords, parseNumber, shownNumber } from "./number.rules.ts";
import { createNumbers } from "./numbers.service.ts";

describe("CALL-1 numbers in any usual form", () => {
  test.each([
    ["2025550123", "US", "+12025550123"],
    ["(202) 555-0123", "US", "+12025550123"],
    ["1-202-555-0123", "US", "+12025550123"],
    ["+1 202.555.0123", "CA", "+12025550123"],
    ["011 44 20 7183 8750", "US", "+442071838750"],
    ["(416) 555-0142", "CA", "+14165550142"],
    ["1-800-FLOWERS", "US", "+18003569377"],
    ["+1 212 555 0199", "US", "+12125550199"],
  ])("%s in %s is %s", (input, country, number) => {
    expect(parseNumber(input, country)).toEqual({ ok: true, value: number });
  });
  test.each([
    ["", "no-number"], ["hello", "no-number"], ["12", "too-short"], ["+1202555012345678", "too-long"], ["+999 123 4567", "wrong-country"],
    ["+1 111 555 0123", "not-assigned"], ["001 44 20 7183 8750", "too-long"], ["911", "emergency"], ["9-1-1", "emergency"], ["988", "emergency"], ["411", "emergency"],
    ["202 555 0123 ext. 5", "not-assigned"], ["2".repeat(65), "no-number"],
  ])("%s is refused: %s", (input, why) => {
    const parsed = parseNumber(input, "US");
    expect(parsed).toMatchObject({ ok: false, error: { why } });
    expect(parsed.ok ? "" : numberInvalidWords[parsed.error.why]).toMatch(/\.$/);
  });
  test("whatever is typed, the answer is E.164 or a refusal", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+\d() -]{0,30}$/)), (input) => {
      const parsed = parseNumber(input, "US");
      if (parsed.ok) expect(parsed.value).toMatch(/^\+[1-9]\d{1,14}$/);
    }));
  });
});

test("the numbers in memory follow the table at a reload, and stay when it cannot be read", async () => {
  const n = { id: "n1" as never, number: "+12025550100" as E164, label: "Support", carrier: "sandbox", greeting: "", queueId: null, recording: true, menu: null, voicemail: { on: false, greeting: "" } } as const;
  let rows: readonly (typeof n)[] | null = [];
  const numbers = await createNumbers(async () => {
    if (rows === null) throw new Error("away");
    return rows;
  });
  expect([numbers.standard(), numbers.byNumber(n.number)]).toEqual([null, null]);
  rows = [n];
  await numbers.reload();
  expect([numbers.standard(), numbers.byNumber(n.number), numbers.byId(n.id)]).toEqual([n, n, n]);
  rows = null;
  await expect(numbers.reload()).rejects.toThrow("away");
  expect(numbers.standard()).toEqual(n);
});

test("a number in words, also one that nobody can have", () => {
  expect(["+13035550142", "+442071838750", "+12", "+999999999999999"].map((n) => shownNumber(n as E164))).toEqual(["+1 303 555 0142", "+44 20 7183 8750", "+12", "+999999999999999"]);
});
