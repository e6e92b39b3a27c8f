import { describe, expect, test } from "vitest";
import { callerName, qualityBars } from "./calls.ts";
import { editNumber, formatNumber, formatTyping, readNumber } from "./phone.ts";
import { clock, dayHeading, moment, shortDay, span } from "./time.ts";

describe("CALL-1 numbers in any usual form", () => {
  for (const typed of ["(202) 555-0123", "202-555-0123", "202.555.0123", "2025550123", "1 202 555 0123", "+1 202-555-0123", "  +12025550123 "])
    test(`${typed} is understood in the US`, () => { expect(readNumber(typed, "US")).toEqual({ kind: "valid", number: "+12025550123", shown: "(202) 555-0123", international: false }); });
  test("a number of another plan is international", () => {
    expect(readNumber("+44 20 7946 0018", "US")).toMatchObject({ kind: "valid", number: "+442079460018", international: true });
    expect(readNumber("011 44 20 7946 0018", "US")).toMatchObject({ kind: "valid", number: "+442079460018" });
  });
  test("what is not a number says so before dialling", () => {
    expect(readNumber("", "US").kind).toBe("empty");
    expect(readNumber("202 55", "US").kind).toBe("unfinished");
    expect(readNumber("202 555 012", "US").kind).toBe("unfinished");
    expect(readNumber("hello", "US").kind).toBe("invalid");
    expect(readNumber("<script>1", "US").kind).toBe("invalid");
    expect(readNumber("1".repeat(30), "US").kind).toBe("invalid");
    expect(readNumber("102 555 0123", "US").kind).toBe("invalid");
  });
  test("numbers are laid out while they are typed", () => {
    expect(formatTyping("2025550123", "US")).toBe("(202) 555-0123");
    expect(formatTyping("+44207946", "US")).toBe("+44 20 7946");
    expect(formatTyping("abc", "US")).toBe("abc");
  });
  test("deleting and mending in the middle is left alone", () => {
    expect(editNumber("(202)", "(202", true, "US")).toBe("(202");
    expect(editNumber("(202) 555-0123", "(9202) 555-0123", false, "US")).toBe("(9202) 555-0123");
    expect(editNumber("(202) 555-012", "(202) 555-0123", true, "US")).toBe("(202) 555-0123");
  });
  test("home numbers are shown in national form", () => {
    expect(formatNumber("+12025550123", "CA")).toBe("(202) 555-0123");
    expect(formatNumber("+442079460018", "US")).toBe("+44 20 7946 0018");
    expect(formatNumber("nonsense")).toBe("nonsense");
  });
});

test("clocks and spans", () => {
  expect([0, 7_999, 760_000, 3_723_000, -5].map(clock)).toEqual(["0:00", "0:07", "12:40", "1:02:03", "0:00"]);
  expect([400, 8_000, 60_000, 125_000, 3_600_000, 3_840_000].map(span)).toEqual(["0 s", "8 s", "1 min", "2 min 5 s", "1 h", "1 h 4 min"]);
});

test("days are those of the organisation's time zone", () => {
  const now = Date.UTC(2026, 10, 22, 3, 0); // still the 21st in New York
  expect(dayHeading(now - 3_600_000, now, "America/New_York")).toBe("Today");
  expect(dayHeading(Date.UTC(2026, 10, 21, 3, 0), now, "America/New_York")).toBe("Yesterday");
  expect(dayHeading(Date.UTC(2026, 10, 10), now, "UTC")).toBe("Tuesday, November 10");
  expect(moment(Date.UTC(2025, 4, 5), now, "UTC")).toBe("May 5, 2025");
  expect(moment(now - 60_000, now, "America/New_York")).toBe("9:59 PM");
  expect([now, Date.UTC(2026, 10, 20), Date.UTC(2025, 4, 5)].map((at) => shortDay(at, now, "UTC"))).toEqual(["Today", "Nov 20", "May 5, 2025"]);
  const late = Date.UTC(2026, 10, 2, 4, 30); // 23:30 on the 1st of November, a day of 25 hours in New York
  expect(dayHeading(Date.UTC(2026, 9, 31, 16), late, "America/New_York")).toBe("Yesterday");
});

test("CALL-10 quality as bars", () => { expect([null, 4.3, 3.7, 3.2, 2].map(qualityBars)).toEqual([0, 4, 3, 2, 1]); });

test("a caller without a number is a hidden number", () => {
  const format = (n: string): string => formatNumber(n);
  expect(callerName({ name: null, number: null }, format)).toBe("Hidden number");
  expect(callerName({ name: null, number: null, email: "ada@mail.example" }, format)).toBe("ada@mail.example");
  expect(callerName({ name: "Ada", number: "+12025550123" }, format)).toBe("Ada");
  expect(callerName({ name: "", number: "+12025550123" }, format)).toBe("(202) 555-0123");
});
