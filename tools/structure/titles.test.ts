import { expect, test } from "vitest";
import { titlesOf } from "./titles.ts";

test("titles stand with those around them, however the test is called", () => {
  const source = `
    import { describe, expect, test } from "vitest";
    test("ABC-1 plain", () => { expect("XYZ-9 is no title").toBe(other("nor this")); });
    describe("ABC-2 group", () => {
      test.each([["a", 1]])("row %s", () => {});
      describe("inner", () => { it.skipIf(true)(\`has \${name} in it\`, () => {}); });
    });
    test.each\`a | b\`("by a template", () => {});`;
  expect(titlesOf("a.test.ts", source)).toEqual(["ABC-1 plain", "ABC-2 group > row %s", "ABC-2 group > inner > has … in it", "by a template"]);
});
test("what is not TypeScript is refused by its name", () => {
  expect(() => titlesOf("b.test.ts", "test(")).toThrow(/b[.]test[.]ts/);
});
