import fc from "fast-check";
import { expect, test } from "vitest";
import { readRange } from "./range.rules.ts";

const part = (first: number, last: number) => ({ kind: "part", range: { first, last } });

test.each([
  [null, { kind: "whole" }], ["bytes=0-99", part(0, 99)], ["bytes=0-", part(0, 999)], ["bytes=500-2000", part(500, 999)], ["bytes=-100", part(900, 999)],
  ["bytes=-2000", part(0, 999)], ["bytes=999-999", part(999, 999)], ["bytes= 0 - 9", part(0, 9)],
  ["bytes=1000-", { kind: "unsatisfiable" }], ["bytes=-0", { kind: "unsatisfiable" }],
  ["bytes=9-0", { kind: "whole" }], ["bytes=0-1,5-6", { kind: "whole" }], ["items=0-1", { kind: "whole" }], ["bytes=-", { kind: "whole" }], ["bytes=a-b", { kind: "whole" }],
  [`bytes=${"9".repeat(15)}-`, { kind: "unsatisfiable" }], [`bytes=${"9".repeat(40)}-`, { kind: "whole" }],
])("RFC 9110 §14: %s of 1000 bytes", (header, answer) => expect(readRange(header, 1_000)).toEqual(answer));

test("nothing outside the file is ever sent", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.tuple(fc.nat(3_000), fc.nat(3_000)).map(([a, b]) => `bytes=${a}-${b}`)), fc.nat(2_000), (header, bytes) => {
    const got = readRange(header, bytes);
    if (got.kind !== "part") return;
    expect(got.range.first).toBeGreaterThanOrEqual(0);
    expect(got.range.last).toBeLessThan(bytes);
    expect(got.range.first).toBeLessThanOrEqual(got.range.last);
  }));
});
