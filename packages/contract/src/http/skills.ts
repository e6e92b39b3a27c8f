// Skills of agents, and what queues and rules ask for (QUE-6). Spans are milliseconds.
import { z } from "zod";
import type { Millis, SkillId } from "@ringdesk/std";
import { skillId, userId } from "../ids/index.ts";
import type { Route } from "./route.ts";

export const MAX_SKILLS = 100;
const MAX_AGENTS = 2_000;
/** Skills that one rule or queue asks for. */
export const MAX_ASKED_SKILLS = 10;
/** Different sets of skills that all rules and queues ask for: routing keeps a line for each. */
export const MAX_SKILL_SETS = 500;
/** Bounds of the time after which skills are asked for no longer, both included. */
export const RELAX_AFTER_MS = { least: 5_000, most: 3_600_000 } as const;
const RELAX_WORDS = `Between ${RELAX_AFTER_MS.least / 1_000} and ${RELAX_AFTER_MS.most / 1_000} seconds`;

/** What whoever is given a conversation must have: all of these skills. */
export const askedSkills = z.object({
  skills: z.array(skillId).max(MAX_ASKED_SKILLS, `At most ${MAX_ASKED_SKILLS} skills`),
  /** Who has waited so long is given to anybody of the queue; null: never. */
  relaxAfterMs: z.number().int().min(RELAX_AFTER_MS.least, RELAX_WORDS).max(RELAX_AFTER_MS.most, RELAX_WORDS).nullable(),
});
export type AskedSkills = z.output<typeof askedSkills>;
/** One skill that somebody who waits asks for, until they have waited so long; null: however long. */
export type SkillWish = { readonly id: SkillId; readonly relaxAfterMs: Millis | null };

const name = z.string().trim().min(1, "Enter a name").max(100, "At most 100 characters");
const agents = z.array(userId).max(MAX_AGENTS, `At most ${MAX_AGENTS} agents`);
export const skill = z.object({
  id: skillId, name, agents: z.array(userId),
  /** The queues and rules that ask for it, in words. */
  askedBy: z.array(z.string()),
}).meta({ id: "Skill" });
export type Skill = z.output<typeof skill>;

/** A skill that a waiting call asks for. */
export const skillNeed = z.object({ id: skillId, name: z.string(), /** From then on it goes without; null: never. */ until: z.number().int().nullable() });
export type SkillNeed = z.output<typeof skillNeed>;

const ofSkill = z.object({ id: skillId });
const ofUser = z.object({ id: userId });
const userSkills = z.object({ skills: z.array(skillId).max(MAX_SKILLS) });

export const skillsApi = {
  listSkills: { method: "GET", path: "/settings/skills", access: "admin", summary: "Skills with the agents who have them", response: z.object({ items: z.array(skill) }) },
  createSkill: { method: "POST", path: "/settings/skills", access: "admin", summary: "Add a skill", body: z.object({ name, agents: agents.default([]) }), response: skill },
  updateSkill: { method: "PATCH", path: "/settings/skills/:id", access: "admin", summary: "Rename a skill, or say who has it", params: ofSkill, body: z.object({ name: name.optional(), agents: agents.optional() }), response: skill },
  deleteSkill: { method: "DELETE", path: "/settings/skills/:id", access: "admin", summary: "Delete a skill that no queue and no rule asks for", params: ofSkill, response: z.object({}) },
  setUserSkills: { method: "PUT", path: "/settings/users/:id/skills", access: "admin", summary: "Say which skills a user has; all of them are named", params: ofUser, body: userSkills, response: userSkills },
} as const satisfies Record<string, Route>;
