import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine, guessDelimiter, readCsv, unguarded } from "./csv.ts";

const cells = (text: string, delimiter: "," | ";" | "\t" = ",") => [...readCsv(text, delimiter)].map((r) => r.cells);

test("RFC 4180 quotes, doubled quotes, line breaks inside quotes, empty cells and every line end", () => {
  expect(cells('a,b\r\n"x ""y""","1\n2"\r\n,\r\n')).toEqual([["a", "b"], ['x "y"', "1\n2"], ["", ""]]);
  expect(cells("a\nb\rc")).toEqual([["a"], ["b"], ["c"]]);
  expect(cells('\uFEFF"name";x\n', ";")).toEqual([["name", "x"]]);
  expect(cells("")).toEqual([]);
  expect(cells('a,""')).toEqual([["a", ""]]);
  expect(cells("a,")).toEqual([["a", ""]]);
});

test("lines are counted as an editor counts them, also across cells of several lines and empty lines", () => {
  expect([...readCsv('a\r\n\r\n"1\r\n2",x\r\nb', ",")].map((r) => r.line)).toEqual([1, 3, 5]);
});

test("what does not follow the format is a fault of its line, and the lines after it are read", () => {
  const faults = (text: string) => [...readCsv(text, ",")].map((r) => [r.line, r.fault]);
  expect(faults('a"b,c\nd')).toEqual([[1, "quote-inside"], [2, null]]);
  expect(faults('"a"b,c\nd')).toEqual([[1, "text-after-quote"], [2, null]]);
  expect(faults('a\n"b,c\nd')).toEqual([[1, null], [2, "unclosed-quote"]]);
});

test("the delimiter is the one that cuts the lines alike", () => {
  expect(guessDelimiter("name,phone\nAda,1\n")).toBe(",");
  expect(guessDelimiter("name;phone\n\"Lovelace, Ada\";1\n")).toBe(";");
  expect(guessDelimiter("name\tphone\nA, B\t1\n")).toBe("\t");
  expect(guessDelimiter("just text")).toBe(",");
});

test("a cell that a spreadsheet would run is guarded; phone numbers and negative numbers are not formulas", () => {
  expect(csvLine(["=1+1", "+12025550123", "-5", "@x", "-x", "a"])).toBe("'=1+1,+12025550123,-5,'@x,'-x,a\r\n");
});

test("whatever was written is read again", () => {
  fc.assert(fc.property(fc.array(fc.array(fc.string({ unit: fc.constantFrom(..."ab,\"'=+\n\r\t;é1") }), { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
    const again = cells(rows.map(csvLine).join("")).map((row) => row.map(unguarded));
    // An apostrophe before a formula sign is taken for a guard: that is the price of one.
    expect(again).toEqual(rows.map((row) => row.map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, ""))));
  }));
});

test("any text is read without an exception, and every record is on a line of its own", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."a,;\"\n\r ") }), (text) => {
    const lines = [...readCsv(text, ",")].map((r) => r.line);
    expect([...new Set(lines)].sort((a, b) => a - b)).toEqual(lines);
  }));
});
