// Skills as admins name them and give them to agents (QUE-6).
import { err, invariant, ok, type SkillId, type UserId } from "@ringdesk/std";
import { MAX_SKILLS, type Skill as SkillView } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import { isNameTaken } from "./queue-options.rules.ts";
import { deleteSkill, giveSkill, insertSkill, renameSkill, setSkills } from "./queue-settings.pg.ts";
import type { Queues, Skill } from "./routing.ports.ts";
import type { Change, Changed, SettingsDeps } from "./settings.changes.ts";
import { fault, type FieldFault } from "./settings.errors.ts";

export type SkillSettingsDeps = SettingsDeps & { readonly change: Change; readonly isUser: (user: UserId) => boolean };

export interface SkillSettings {
  readonly list: () => readonly SkillView[];
  readonly create: (by: UserId, skill: { readonly name: string; readonly agents: readonly UserId[] }) => Changed<SkillView>;
  readonly update: (by: UserId, id: SkillId, change: { readonly name?: string | undefined; readonly agents?: readonly UserId[] | undefined }) => Changed<SkillView>;
  readonly remove: (by: UserId, id: SkillId) => Changed<void>;
  /** The value is what the user has then. */
  readonly setOf: (by: UserId, user: UserId, skills: readonly SkillId[]) => Changed<readonly SkillId[]>;
}

export function createSkillSettings(deps: SkillSettingsDeps): SkillSettings {
  const { queues, change, audit, clock } = deps;
  const viewOf = (skill: Skill): SkillView => ({ id: skill.id, name: skill.name, agents: [...skill.agents], askedBy: [...whoAsks(queues, skill.id)] });
  const known = (id: SkillId): SkillView => {
    const skill = queues.skill(id);
    invariant(skill !== null, "a skill that was just stored is known");
    return viewOf(skill);
  };
  const faultsOf = ({ id, name, agents }: Skill): readonly FieldFault[] => [
    ...(isNameTaken(queues.skills(), { id, name }) ? fault("/name", "Another skill has this name").errors : []),
    ...(agents.every(deps.isUser) ? [] : fault("/agents", "One of these users is not there any more").errors),
  ];
  return {
    list: () => queues.skills().map(viewOf),
    create: (by, { name, agents }) => change(() => {
      const skill: Skill = { id: newId<SkillId>(), name, agents: [...new Set(agents)] };
      const errors = faultsOf(skill);
      if (errors.length > 0) return err({ type: "setting-invalid", errors });
      if (queues.skills().length >= MAX_SKILLS) return err({ type: "too-many", limit: MAX_SKILLS });
      const write = async (trx: Parameters<typeof insertSkill>[0]): Promise<void> => {
        await insertSkill(trx, skill.id, name, clock.now());
        await giveSkill(trx, skill.id, skill.agents);
      };
      return ok({ write, done: () => {
        void audit.record(by, "skill.created", null, skill);
        return known(skill.id);
      } });
    }),
    update: (by, id, wanted) => change(() => {
      const before = queues.skill(id);
      if (before === null) return err({ type: "setting-missing" });
      const after: Skill = { id, name: wanted.name ?? before.name, agents: [...new Set(wanted.agents ?? before.agents)] };
      const errors = faultsOf(after);
      if (errors.length > 0) return err({ type: "setting-invalid", errors });
      const write = async (trx: Parameters<typeof insertSkill>[0]): Promise<void> => {
        await renameSkill(trx, id, after.name);
        await giveSkill(trx, id, after.agents);
      };
      return ok({ write, done: () => {
        void audit.record(by, "skill.changed", before, after);
        return known(id);
      } });
    }),
    remove: (by, id) => change(() => {
      const before = queues.skill(id);
      if (before === null) return err({ type: "setting-missing" });
      const asked = whoAsks(queues, id);
      if (asked.length > 0) return err({ type: "skill-in-use", by: asked });
      return ok({ write: (trx) => deleteSkill(trx, id), done: () => { void audit.record(by, "skill.deleted", before, null); } });
    }),
    setOf: (by, user, skills) => change(() => {
      if (!deps.isUser(user)) return err({ type: "setting-missing" });
      if (!skills.every((id) => queues.skill(id) !== null)) return err(fault("/skills", "One of these skills is not there any more"));
      const before = [...queues.skillsOf(user)];
      return ok({ write: (trx) => setSkills(trx, user, skills), done: () => {
        const after = [...queues.skillsOf(user)];
        void audit.record(by, "user.skills-changed", { id: user, skills: before }, { id: user, skills: after });
        return after;
      } });
    }),
  };
}

/** The rules and queues that ask for a skill, in words. */
function whoAsks(queues: Queues, id: SkillId): readonly string[] {
  return [
    ...queues.rules().filter(({ asks }) => asks.skills.includes(id)).map(({ name }) => `the rule “${name}”`),
    ...queues.all().filter(({ asks }) => asks.skills.includes(id)).map(({ displayName }) => `the queue “${displayName}”`),
  ];
}
