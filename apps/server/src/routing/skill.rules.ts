// QUE-6: which skills a waiting item asks for, until when, and who has them. Pure.
import { addMs, type Millis, type SkillId } from "@ringdesk/std";
import type { AskedSkills, SkillWish } from "@ringdesk/contract/http";

/** A skill that an agent needs to be given an item. `until`: from then on it goes without; null: never. */
export type Need = { readonly skill: SkillId; readonly until: Millis | null };
export type Skills = ReadonlySet<SkillId>;
export const NO_SKILLS: Skills = new Set();

/** A set of skills as a key: the same for the same skills. */
export type SkillSet = string & { readonly __brand: "SkillSet" };
export const NO_NEEDS = "" as SkillSet;

/** What a rule or a queue asks for, skill by skill. */
export const wishesOf = ({ skills, relaxAfterMs }: AskedSkills): readonly SkillWish[] => skills.map((id) => ({ id, relaxAfterMs: relaxAfterMs as Millis | null }));
/** What somebody asks for who waits since `since`; the order is always the same. */
export const needsOf = (wishes: readonly { readonly id: SkillId; readonly relaxAfterMs: number | null }[], since: Millis): readonly Need[] =>
  wishes.map(({ id, relaxAfterMs }): Need => ({ skill: id, until: relaxAfterMs === null ? null : addMs(since, relaxAfterMs) })).sort((a, b) => (a.skill < b.skill ? -1 : 1));

/** A rule and its queue may both ask for skills: who asks for one longer is heard. */
export function joinWishes(...lists: readonly (readonly SkillWish[])[]): readonly SkillWish[] {
  const joined = new Map<SkillId, SkillWish>();
  for (const wish of lists.flat()) {
    const known = joined.get(wish.id);
    const isLonger = known === undefined || (known.relaxAfterMs !== null && (wish.relaxAfterMs === null || wish.relaxAfterMs > known.relaxAfterMs));
    if (isLonger) joined.set(wish.id, wish);
  }
  return [...joined.values()];
}

export const skillSet = (needs: readonly Need[]): SkillSet => (needs.length === 0 ? NO_NEEDS : needs.map(({ skill }) => skill).join(" ") as SkillSet);
export const hasSkills = (skills: Skills, needs: readonly Pick<Need, "skill">[]): boolean => needs.every(({ skill }) => skills.has(skill));
export const stillNeeded = (needs: readonly Need[], now: Millis): readonly Need[] =>
  needs.some(({ until }) => until !== null && until <= now) ? needs.filter(({ until }) => until === null || until > now) : needs;
/** When less is asked for; null: never. */
export const nextRelaxation = (needs: readonly Need[]): Millis | null =>
  needs.reduce<Millis | null>((next, { until }) => (until !== null && (next === null || until < next) ? until : next), null);
export const sameNeeds = (a: readonly Need[], b: readonly Need[]): boolean => a.length === b.length && a.every(({ skill, until }, at) => skill === b[at]?.skill && until === b[at]?.until);
export const sameSkills = (a: Skills, b: Skills): boolean => a === b || (a.size === b.size && [...a].every((skill) => b.has(skill)));
