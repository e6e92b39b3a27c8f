import { expect, test } from "vitest";
import type { SkillId } from "@ringdesk/std";
import { createLane, isLaneEmpty, linesFor, rankIn, waitingIn } from "./lane.rules.ts";
import { NO_NEEDS, skillSet, type SkillSet } from "./skill.rules.ts";

type Numbered = { readonly n: number; readonly skills: ReadonlySet<SkillId> };
const one = (n: number, ...skills: string[]): Numbered => ({ n, skills: new Set(skills as SkillId[]) });
const byNumber = (a: Numbered, b: Numbered): number => a.n - b.n;
const lane = () => createLane<Numbered, Numbered>(byNumber, byNumber);
const set = (...skills: string[]): SkillSet => skillSet(skills.map((skill) => ({ skill: skill as SkillId, until: null })));

test("QUE-6 new lines are filled with those who are idle already and have the skills, in order", () => {
  const l = lane();
  for (const seat of [one(3, "es"), one(1), one(2, "es", "fr")]) linesFor(l, NO_NEEDS).idle.add(seat);
  expect([...linesFor(l, set("es")).idle.walk()].map(({ n }) => n)).toEqual([2, 3]);
  expect([...linesFor(l, set("es", "fr")).idle.walk()].map(({ n }) => n)).toEqual([2]);
});
test("QUE-6 the place in line counts all who wait before, whatever they ask for", () => {
  const l = lane();
  for (const [n, of] of [[1, set("es")], [2, NO_NEEDS], [3, set("fr")]] as const) linesFor(l, of).waiting.add(one(n));
  expect([rankIn(l, one(3)), rankIn(l, one(9)), waitingIn(l)]).toEqual([2, 3, 3]);
});
test("lines in which nobody waits are not kept without end, those in which somebody waits are", () => {
  const l = lane();
  const item = one(1);
  linesFor(l, set("first")).waiting.add(item);
  for (let n = 0; n < 1_000; n += 1) linesFor(l, set(`s${n}`));
  expect(l.lines.length).toBeLessThanOrEqual(32);
  expect([waitingIn(l), isLaneEmpty(l)]).toEqual([1, false]);
  linesFor(l, set("first")).waiting.remove(item);
  expect(isLaneEmpty(l)).toBe(true);
});
