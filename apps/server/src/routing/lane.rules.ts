// One queue and one channel. For every set of skills that items in it ask for there is a line of these items and a line of the
// idle agents who have them, so that neither an item nor an agent looks at anybody who does not suit. Pure.
import type { SkillId } from "@ringdesk/std";
import { hasSkills, NO_NEEDS, type Skills, type SkillSet } from "./skill.rules.ts";
import { createLine, type Line } from "./sorted-line.rules.ts";

/** The items nobody is offered, first in line first; the idle agents who have the skills, longest idle first. */
export type Lines<I, S> = { readonly set: SkillSet; readonly needs: readonly { readonly skill: SkillId }[]; readonly waiting: Line<I>; readonly idle: Line<S> };
export type Lane<I, S> = {
  /** The first asks for no skill: all idle agents stand in it. */
  readonly lines: Lines<I, S>[];
  /** How many items are offered or claimed. */
  held: number;
  readonly create: (set: SkillSet) => Lines<I, S>;
};

/** Lines in which nobody waits are kept, because others with the same skills will come; no more than this. */
const KEPT_LINES = 32;

export function createLane<I, S>(compareItems: (a: I, b: I) => number, compareSeats: (a: S, b: S) => number): Lane<I, S> {
  const create = (set: SkillSet): Lines<I, S> => ({
    set, needs: set === NO_NEEDS ? [] : set.split(" ").map((skill) => ({ skill: skill as SkillId })), waiting: createLine(compareItems), idle: createLine(compareSeats),
  });
  return { lines: [create(NO_NEEDS)], held: 0, create };
}

export const linesOf = <I, S>(lane: Lane<I, S>, set: SkillSet): Lines<I, S> | undefined => lane.lines.find((lines) => lines.set === set);

/** The lines for these skills; new ones are filled from all who are idle, which happens once for each set of skills. */
export function linesFor<I, S extends { readonly skills: Skills }>(lane: Lane<I, S>, set: SkillSet): Lines<I, S> {
  const known = linesOf(lane, set);
  if (known !== undefined) return known;
  const [all] = lane.lines;
  const made = lane.create(set);
  for (const seat of all?.idle.walk() ?? []) if (hasSkills(seat.skills, made.needs)) made.idle.add(seat);
  if (lane.lines.length >= KEPT_LINES) lane.lines.splice(0, lane.lines.length, ...lane.lines.filter((lines) => lines === all || lines.waiting.size() > 0));
  lane.lines.push(made);
  return made;
}

export const waitingIn = <I, S>(lane: Lane<I, S>): number => lane.lines.reduce((sum, { waiting }) => sum + waiting.size(), 0);
/** How many wait before this item, whatever they ask for. */
export const rankIn = <I, S>(lane: Lane<I, S>, item: I): number => lane.lines.reduce((sum, { waiting }) => sum + waiting.rank(item), 0);
export const isLaneEmpty = <I, S>(lane: Lane<I, S>): boolean => lane.held === 0 && lane.lines.every(({ waiting, idle }) => waiting.size() === 0 && idle.size() === 0);
