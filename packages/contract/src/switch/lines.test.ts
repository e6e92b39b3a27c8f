import { describe, expect, test } from "vitest";
import { createLineReader, parseJson } from "./lines.ts";

describe("line reader", () => {
  test("cuts lines wherever the chunks end", () => {
    const whole = "{\"a\":\"é\"}\n\nsecond\nthird";
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const read = createLineReader(100);
      const first = read(whole.slice(0, cut));
      const second = read(whole.slice(cut));
      expect(first.ok && second.ok && [...first.value, ...second.value]).toEqual(["{\"a\":\"é\"}", "second"]);
    }
  });

  test("a line of the limit passes, one character more is refused, whole or in pieces", () => {
    expect(createLineReader(5)("12345\n")).toEqual({ ok: true, value: ["12345"] });
    expect(createLineReader(5)("123456\n").ok).toBe(false);
    const read = createLineReader(5);
    expect(read("123").ok).toBe(true);
    expect(read("456").ok).toBe(false);
  });
});

test("what is no JSON parses to undefined", () => {
  expect(parseJson("{")).toBeUndefined();
  expect(parseJson("null")).toBeNull();
});
