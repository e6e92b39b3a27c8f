import fc from "fast-check";
import { expect, test } from "vitest";
import { createLine } from "./sorted-line.rules.ts";

test("a line is what a sorted array is, whoever joins and leaves", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 1_500 }), (moves) => {
    const line = createLine<number>((a, b) => a - b);
    const model: number[] = [];
    for (const move of moves) {
      const n = Math.abs(move);
      const at = model.indexOf(n);
      if (move >= 0 && at < 0) { model.push(n); model.sort((a, b) => a - b); line.add(n); }
      if (move < 0) { if (at >= 0) model.splice(at, 1); line.remove(n); }
    }
    expect([...line.walk()]).toEqual(model);
    expect([line.size(), line.first(), model.every((n, at) => line.rank(n) === at)]).toEqual([model.length, model[0], true]);
  }), { numRuns: 60 });
});
