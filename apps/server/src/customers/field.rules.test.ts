import { expect, test } from "vitest";
import type { CustomerField } from "@ringdesk/contract/http";
import { checkValue, isDay, keyOf } from "./field.rules.ts";

const field = (kind: CustomerField["kind"], choices: string[] = []): CustomerField => ({ key: "f", name: "F", kind, choices, retired: false });

test("a key follows from the name, whatever it is, and is nobody else's", () => {
  expect(keyOf("Contract №", new Set())).toBe("contract_no");
  expect(keyOf("Größe (cm)", new Set())).toBe("gro_e_cm");
  expect(keyOf("顧客", new Set())).toBe("field");
  expect(keyOf("1st order", new Set())).toBe("st_order");
  expect(keyOf("Plan", new Set(["plan", "plan_2"]))).toBe("plan_3");
  expect(keyOf("x".repeat(200), new Set())).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
});

test("CRM-1 values of custom fields are checked by their kind", () => {
  expect(checkValue(field("number"), "3,5")).toEqual({ ok: true, value: 3.5 });
  expect(checkValue(field("number"), "many")).toEqual({ ok: false, error: "Enter a number" });
  expect(checkValue(field("boolean"), "Yes")).toEqual({ ok: true, value: true });
  expect(checkValue(field("boolean"), "perhaps")).toMatchObject({ ok: false });
  expect(checkValue(field("date"), "2026-02-29")).toEqual({ ok: false, error: "Enter a date as YYYY-MM-DD" });
  expect(checkValue(field("date"), "2028-02-29")).toMatchObject({ ok: true });
  expect(checkValue(field("choice", ["Gold", "Silver"]), "gold")).toEqual({ ok: true, value: "Gold" });
  expect(checkValue(field("choice", ["Gold", "Silver"]), "bronze")).toEqual({ ok: false, error: "Choose one of: Gold, Silver" });
  expect(checkValue(field("text"), "x".repeat(501))).toMatchObject({ ok: false });
  expect(checkValue(field("text"), " a\u0000b ")).toEqual({ ok: true, value: "ab" });
});

test("days of the calendar", () => {
  for (const day of ["2026-01-31", "2000-02-29"]) expect(isDay(day), day).toBe(true);
  for (const day of ["2026-04-31", "1900-02-29", "2026-13-01", "2026-1-1", "today", "0000-01-01"]) expect(isDay(day), day).toBe(false);
});
