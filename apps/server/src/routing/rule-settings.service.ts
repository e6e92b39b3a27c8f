// Queue rules as admins order and try them (QUE-3), and the settings of routing (QUE-4).
import { err, invariant, ok, type QueueId, type QueueRuleId, type UserId } from "@ringdesk/std";
import { MAX_RULES, type QueueRule as RuleView, type QueueRuleFields, type RuleTrial, type RuleVerdict } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import type { SupportNumbers } from "../numbers/index.ts";
import type { Agents } from "../teams/index.ts";
import { askedFaults, isNameTaken, tidyAsks } from "./queue-options.rules.ts";
import { deleteRule, insertRule, orderRules, saveSettings, updateRule } from "./queue-settings.pg.ts";
import type { QueueRule, RoutingSettings } from "./routing.ports.ts";
import { ASKS_NOTHING } from "./plan.rules.ts";
import { decideQueue } from "./rule.rules.ts";
import { isOpen } from "./schedule.rules.ts";
import { joinWishes, wishesOf } from "./skill.rules.ts";
import type { Change, Changed, SettingsDeps } from "./settings.changes.ts";
import { fault, type FieldFault } from "./settings.errors.ts";

export type RuleSettingsDeps = SettingsDeps & {
  readonly change: Change;
  readonly numbers: Pick<SupportNumbers, "byId">;
  readonly agents: Pick<Agents, "eligibleFor">;
};

type WholeRule = Omit<QueueRule, "id">;

export interface RuleSettings {
  readonly list: () => readonly RuleView[];
  readonly create: (by: UserId, rule: QueueRuleFields) => Changed<RuleView>;
  readonly update: (by: UserId, id: QueueRuleId, change: { readonly [K in keyof QueueRuleFields]?: QueueRuleFields[K] | undefined }) => Changed<RuleView>;
  readonly remove: (by: UserId, id: QueueRuleId) => Changed<void>;
  readonly order: (by: UserId, ids: readonly QueueRuleId[]) => Changed<readonly RuleView[]>;
  readonly attempt: (trial: RuleTrial) => RuleVerdict;
  readonly settings: () => RoutingSettings;
  readonly saveSettings: (by: UserId, change: { readonly unansweredTimeoutMs?: number | undefined }) => Changed<RoutingSettings>;
}

export function createRuleSettings(deps: RuleSettingsDeps): RuleSettings {
  const { queues, change, audit, clock } = deps;
  const byId = (id: QueueRuleId): QueueRule | undefined => queues.rules().find((rule) => rule.id === id);
  const known = (id: QueueRuleId): QueueRule => {
    const rule = byId(id);
    invariant(rule !== undefined, "a rule that was just stored is known");
    return rule;
  };
  const faultsOf = (id: string, rule: WholeRule): readonly FieldFault[] => [
    ...(isNameTaken(queues.rules(), { id, name: rule.name }) ? fault("/name", "Another rule has this name").errors : []),
    ...(queues.byId(rule.queueId) === null ? fault("/queueId", "This queue is not there any more").errors : []),
    ...askedFaults(queues, { id, asks: rule.asks }),
  ];
  return {
    list: queues.rules,
    create: (by, wanted) => change(() => {
      const rule: WholeRule = { ...wanted, asks: tidyAsks(wanted.asks ?? ASKS_NOTHING) };
      const id = newId<QueueRuleId>();
      const errors = faultsOf(id, rule);
      if (errors.length > 0) return err({ type: "setting-invalid", errors });
      if (queues.rules().length >= MAX_RULES) return err({ type: "too-many", limit: MAX_RULES });
      return ok({ write: (trx) => insertRule(trx, id, rule, clock.now()), done: () => {
        void audit.record(by, "queue-rule.created", null, { id, ...rule });
        return known(id);
      } });
    }),
    update: (by, id, wanted) => change(() => {
      const before = byId(id);
      if (before === undefined) return err({ type: "setting-missing" });
      const rule: WholeRule = {
        name: wanted.name ?? before.name, criteria: wanted.criteria ?? before.criteria, queueId: wanted.queueId ?? before.queueId, enabled: wanted.enabled ?? before.enabled, asks: tidyAsks(wanted.asks ?? before.asks),
      };
      const errors = faultsOf(id, rule);
      if (errors.length > 0) return err({ type: "setting-invalid", errors });
      return ok({ write: (trx) => updateRule(trx, id, rule), done: () => {
        void audit.record(by, "queue-rule.changed", before, { id, ...rule });
        return known(id);
      } });
    }),
    remove: (by, id) => change(() => {
      const before = byId(id);
      if (before === undefined) return err({ type: "setting-missing" });
      return ok({ write: (trx) => deleteRule(trx, id), done: () => { void audit.record(by, "queue-rule.deleted", before, null); } });
    }),
    order: (by, ids) => change(() => {
      const before = queues.rules().map((rule) => rule.id);
      const isWhole = ids.length === before.length && new Set(ids).size === ids.length && ids.every((id) => before.includes(id));
      if (!isWhole) return err(fault("/ids", "The rules have changed meanwhile. Look at them again."));
      return ok({ write: (trx) => orderRules(trx, ids), done: () => {
        void audit.record(by, "queue-rules.ordered", { ids: before }, { ids });
        return queues.rules();
      } });
    }),
    attempt: (trial) => verdictOf(deps, trial),
    settings: queues.settings,
    saveSettings: (by, wanted) => change(() => {
      const before = queues.settings();
      const after: RoutingSettings = { unansweredTimeoutMs: wanted.unansweredTimeoutMs ?? before.unansweredTimeoutMs };
      return ok({ write: (trx) => saveSettings(trx, after.unansweredTimeoutMs), done: () => {
        void audit.record(by, "routing-settings.changed", before, after);
        return queues.settings();
      } });
    }),
  };
}

/** Where somebody would come out, why, and what would keep agents from being offered it. */
function verdictOf({ queues, numbers, clock, agents }: RuleSettingsDeps, trial: RuleTrial): RuleVerdict {
  const number = trial.numberId === null ? null : numbers.byId(trial.numberId);
  const now = clock.now();
  const decided = decideQueue(queues, {
    channel: trial.channel, supportNumber: number?.number ?? null, numberQueueId: trial.channel === "voice" ? (number?.queueId ?? null) : null,
    customer: { vip: trial.vip, language: trial.language, tags: trial.tags, custom: trial.custom, name: trial.name }, from: trial.from, conversation: trial.conversation,
  }, now);
  const why = {
    number: `The number “${number?.label ?? ""}” leads to this queue, so no rule is asked.`,
    rule: decided.by === "rule" ? `“${decided.rule.name}” is the first rule that matches.` : "",
    default: queues.rules().some((rule) => rule.enabled) ? "No rule matches." : "There is no rule that is on.",
  }[decided.by];
  const wishes = joinWishes(decided.by === "rule" ? wishesOf(decided.rule.asks) : [], wishesOf((decided.queueId === null ? null : queues.byId(decided.queueId))?.asks ?? ASKS_NOTHING));
  const skillNames = wishes.map(({ id }) => queues.skill(id)?.name ?? "").filter((name) => name !== "");
  return {
    queueId: decided.queueId, queueName: decided.queueId === null ? "No queue" : (queues.byId(decided.queueId)?.displayName ?? ""),
    by: decided.by, ruleId: decided.by === "rule" ? decided.rule.id : null, why: skillNames.length === 0 ? why : `${why} ${skillNames.length === 1 ? "The skill" : "The skills"} ${listOf(skillNames)} ${skillNames.length === 1 ? "is" : "are"} asked for.`, warnings: decided.queueId === null ? [] : warningsFor(decided.queueId),
  };

  function warningsFor(id: QueueId): string[] {
    const queue = queues.byId(id);
    if (queue === null) return [];
    if (queue.isDefault) return ["Calls in the default queue ring nowhere. They can be assigned by hand when they are over."];
    const schedule = queue.scheduleId === null ? null : queues.schedule(queue.scheduleId);
    const takers = agents.eligibleFor(id);
    const takes = trial.channel === "voice" ? queue.voiceEnabled : queue.channels.includes(trial.channel);
    return [
      ...(takes ? [] : [trial.channel === "voice" ? "The queue does not accept voice conversations." : "The queue does not accept this channel."]),
      ...(takers.length > 0 ? [] : ["No team with routing turned on has members for this queue."]),
      ...(takers.length === 0 || takers.some((user) => wishes.every((wish) => queues.skillsOf(user).has(wish.id))) ? [] : [`No agent of its teams has ${listOf(skillNames)}.`]),
      ...(schedule === null || isOpen(schedule, now) ? [] : [`It is outside the hours of “${schedule.name}” now.`]),
    ];
  }
}

const listOf = (names: readonly string[]): string => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`);
