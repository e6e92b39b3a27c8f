import { expect, test } from "vitest";
import { createStatementNames, MAX_PREPARED, PREPARED_AT } from "./statement-names.ts";

test("a statement has a name from its third time on, and always the same", () => {
  const nameOf = createStatementNames();
  const names = Array.from({ length: 5 }, () => nameOf("select $1", [1]));
  expect(names).toEqual([null, null, "ringdesk-1", "ringdesk-1", "ringdesk-1"]);
  expect(nameOf("select $1, $2", [1, 2])).toBeNull();
});

test("what has no values is not prepared: nothing of it is planned", () => {
  const nameOf = createStatementNames();
  expect(Array.from({ length: 5 }, () => nameOf("begin", undefined))).toEqual(Array(5).fill(null));
  expect(Array.from({ length: 5 }, () => nameOf("select 1", []))).toEqual(Array(5).fill(null));
});

test("a flood of statements that come once, as searches make them, takes no name from those that come often", () => {
  const nameOf = createStatementNames();
  for (let at = 0; at < 5_000; at += 1) expect(nameOf(`select ${at} where $1`, [at])).toBeNull();
  expect(Array.from({ length: PREPARED_AT }, () => nameOf("select $1", [1])).at(-1)).toBe("ringdesk-1");
});

test("a connection keeps a bounded number", () => {
  const nameOf = createStatementNames();
  const often = (text: string): string | null => Array.from({ length: PREPARED_AT }, () => nameOf(text, [1])).at(-1) ?? null;
  const names = Array.from({ length: MAX_PREPARED + 1 }, (_, at) => often(`select ${at} where $1`));
  expect([new Set(names).size, names.at(-1), often("select 0 where $1")]).toEqual([MAX_PREPARED + 1, null, "ringdesk-1"]);
});
