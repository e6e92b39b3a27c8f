// Queues as admins make, change and delete them (QUE-1, QUE-2, QUE-5, QUE-6).
import { err, invariant, ok, type QueueId, type QueueRuleId, type TeamId, type UserId } from "@ringdesk/std";
import { MAX_QUEUES, MAX_RULES, type Queue as QueueView, type QueueBasics, type QueueChange } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import type { SupportNumbers } from "../numbers/index.ts";
import type { Transaction } from "../platform/index.ts";
import type { Team } from "../teams/index.ts";
import { ALL_CHANNELS, PLAIN_OPTIONS } from "./plan.rules.ts";
import { changedQueue, isNameTaken, queueFaults } from "./queue-options.rules.ts";
import { deleteQueue, insertQueue, insertRule, updateQueue } from "./queue-settings.pg.ts";
import type { Queue } from "./routing.ports.ts";
import type { Change, Changed, SettingsDeps } from "./settings.changes.ts";
import { fault, type FieldFault } from "./settings.errors.ts";

/** What queues need of the teams. */
export type QueueTeams = {
  readonly all: () => readonly Team[];
  /** Gives the queue to a team and turns its routing on. */
  readonly assign: (trx: Transaction, team: TeamId, queue: QueueId) => Promise<void>;
  readonly insert: (trx: Transaction, team: { readonly name: string; readonly displayName: string; readonly routingEnabled: boolean; readonly members: readonly UserId[]; readonly queues: readonly QueueId[] }, at: number) => Promise<TeamId>;
};
export type QueueSettingsDeps = SettingsDeps & {
  readonly change: Change;
  readonly teams: QueueTeams;
  readonly numbers: Pick<SupportNumbers, "all">;
  readonly isUser: (user: UserId) => boolean;
};

export interface QueueSettings {
  readonly list: () => readonly QueueView[];
  readonly create: (by: UserId, basics: QueueBasics) => Changed<QueueView>;
  readonly update: (by: UserId, id: QueueId, change: QueueChange) => Changed<QueueView>;
  readonly remove: (by: UserId, id: QueueId) => Changed<void>;
}

export function createQueueSettings(deps: QueueSettingsDeps): QueueSettings {
  const { queues, change, audit } = deps;
  const viewOf = (id: QueueId): QueueView => {
    const queue = queues.byId(id);
    invariant(queue !== null, "a queue that was just stored is known");
    return queueView(queue, deps.teams.all());
  };
  return {
    list: () => queues.all().map((queue) => queueView(queue, deps.teams.all())),
    create: (by, basics) => change(() => {
      const queue = queueOfBasics(basics);
      const faults = [...queueFaults(queues, queue), ...basicsFaults(deps, basics)];
      if (faults.length > 0) return err({ type: "setting-invalid", errors: faults });
      if (queues.all().length >= MAX_QUEUES) return err({ type: "too-many", limit: MAX_QUEUES });
      if (basics.criteria !== null && queues.rules().length >= MAX_RULES) return err({ type: "too-many", limit: MAX_RULES });
      return ok({ write: (trx) => writeBasics(deps, trx, queue, basics), done: () => {
        void audit.record(by, "queue.created", null, { ...queue, teams: basics.teams, newTeam: basics.newTeam, criteria: basics.criteria });
        return viewOf(queue.id);
      } });
    }),
    update: (by, id, wanted) => change(() => {
      const before = queues.byId(id);
      if (before === null) return err({ type: "setting-missing" });
      const queue = changedQueue(before, wanted);
      const errors = queueFaults(queues, queue);
      if (errors.length > 0) return err({ type: "setting-invalid", errors });
      return ok({ write: (trx) => updateQueue(trx, queue), done: () => {
        void audit.record(by, "queue.changed", before, queue);
        return viewOf(id);
      } });
    }),
    remove: (by, id) => change(() => {
      const before = queues.byId(id);
      if (before === null) return err({ type: "setting-missing" });
      if (before.isDefault) return err({ type: "default-queue-kept" });
      const used = usesOf(deps, id);
      if (used.length > 0) return err({ type: "setting-in-use", by: used });
      return ok({ write: (trx) => deleteQueue(trx, id), done: () => { void audit.record(by, "queue.deleted", before, null); } });
    }),
  };
}

function queueView(queue: Queue, teams: readonly Team[]): QueueView {
  return {
    ...queue, channels: [...queue.channels],
    teams: teams.filter((team) => team.queues.includes(queue.id)).map(({ id, displayName, routingEnabled }) => ({ id, displayName, routingEnabled })),
  };
}

const queueOfBasics = ({ name, displayName, voiceEnabled, voiceOnly }: QueueBasics): Queue => ({
  ...PLAIN_OPTIONS, id: newId<QueueId>(), name, displayName, isDefault: false, voiceEnabled, voiceOnly, channels: voiceOnly ? [] : ALL_CHANNELS,
});

function basicsFaults({ teams, isUser }: QueueSettingsDeps, { teams: chosen, newTeam }: QueueBasics): readonly FieldFault[] {
  const known = teams.all();
  const faults: FieldFault[] = [];
  if (chosen.some((id) => !known.some((team) => team.id === id))) faults.push(...fault("/teams", "One of these teams is not there any more").errors);
  if (newTeam === null) return faults;
  if (isNameTaken(known, { id: "", name: newTeam.name })) faults.push(...fault("/newTeam/name", "Another team has this name").errors);
  if (!newTeam.members.every(isUser)) faults.push(...fault("/newTeam/members", "One of these users is not there any more").errors);
  return faults;
}

async function writeBasics({ teams, queues, clock }: QueueSettingsDeps, trx: Transaction, queue: Queue, { criteria, teams: chosen, newTeam }: QueueBasics): Promise<void> {
  const now = clock.now();
  await insertQueue(trx, queue, now);
  if (criteria !== null) await insertRule(trx, newId<QueueRuleId>(), { name: freeName(queue.displayName, queues.rules()), criteria, queueId: queue.id, enabled: true }, now);
  for (const team of new Set(chosen)) await teams.assign(trx, team, queue.id);
  if (newTeam !== null) await teams.insert(trx, { ...newTeam, routingEnabled: true, queues: [queue.id] }, now);
}

/** `name`, or with the first number behind it that makes it one of its own. */
function freeName(name: string, taken: readonly { readonly id: string; readonly name: string }[]): string {
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? name : `${name.slice(0, 90)} ${n}`;
    if (!isNameTaken(taken, { id: "", name: tried })) return tried;
  }
}

/** What leads to a queue, in words. */
function usesOf({ numbers, queues }: QueueSettingsDeps, id: QueueId): readonly string[] {
  return [
    ...numbers.all().filter((n) => n.queueId === id).map((n) => `the number “${n.label}”`),
    ...numbers.all().filter((n) => n.menu?.keys.some((key) => key.queueId === id) ?? false).map((n) => `the key menu of “${n.label}”`),
    ...queues.rules().filter((r) => r.queueId === id).map((r) => `the rule “${r.name}”`),
    ...queues.all().filter((q) => q.overflow?.queueId === id).map((q) => `the overflow of “${q.displayName}”`),
  ];
}
