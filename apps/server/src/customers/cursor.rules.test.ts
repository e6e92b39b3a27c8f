import fc from "fast-check";
import { expect, test } from "vitest";
import type { Millis } from "@ringdesk/std";
import { cursorAfter, cutPage, readCursor } from "./cursor.rules.ts";

test("a cursor says again where the page ended", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/), (at, id) => {
    expect(readCursor(cursorAfter({ at: at as Millis, id }))).toEqual({ ok: true, value: { at, id } });
  }));
});

test("API-1 a cursor that is not ours is refused, whatever it is", () => {
  for (const cursor of ["", ".", "abc", "zzzzzzzzzzzz.a", "1.", ".a", "1.a b", "1.é", "-1.a", "1.a'--"]) {
    expect(readCursor(cursor)).toEqual({ ok: false, error: { type: "cursor-invalid" } });
  }
  expect(readCursor(undefined)).toEqual({ ok: true, value: null });
});

test("a page ends with a cursor only when there is more", () => {
  const rows = [3, 2, 1].map((n) => ({ at: n as Millis, id: `r${n}` }));
  expect(cutPage(rows, 3, (r) => r)).toEqual({ rows, nextCursor: null });
  expect(cutPage(rows, 2, (r) => r)).toEqual({ rows: rows.slice(0, 2), nextCursor: cursorAfter({ at: 2 as Millis, id: "r2" }) });
  expect(cutPage([], 2, (r: { at: Millis; id: string }) => r)).toEqual({ rows: [], nextCursor: null });
});
