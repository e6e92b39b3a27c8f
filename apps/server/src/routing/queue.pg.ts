// Queues, rules, schedules, hold music and the settings of routing in PostgreSQL, kept in memory.
import { sql } from "kysely";
import { err, ok, type HoldMusicId, type Millis, type QueueId, type QueueRuleId, type Result, type ScheduleId, type SkillId, type UserId } from "@ringdesk/std";
import type { Criteria } from "@ringdesk/contract/criteria";
import { DEFAULT_UNANSWERED_TIMEOUT_MS, type AskedSkills } from "@ringdesk/contract/http";
import { newId } from "../kernel/index.ts";
import { storeAway, type Database, type Transaction } from "../platform/index.ts";
import { ALL_CHANNELS } from "./plan.rules.ts";
import type { HoldMusic, Queue, QueueRule, Queues, RoutingSettings, Schedule, Skill } from "./routing.ports.ts";
import { NO_SKILLS, type Skills } from "./skill.rules.ts";

export type QueueTables = {
  queues: {
    id: QueueId; name: string; display_name: string; is_default: boolean; voice_enabled: boolean; voice_only: boolean; channels: Queue["channels"]; created_at: Millis;
    priority: number; overflow_after_ms: number | null; overflow_queue_id: QueueId | null; music_id: HoldMusicId | null;
    announce_every_ms: number | null; announce_position: boolean; announce_wait: boolean; schedule_id: ScheduleId | null; callback_after_ms: number | null; wrap_up_ms: number | null; skills: readonly SkillId[]; skills_relax_after_ms: number | null;
  };
  queue_rules: { id: QueueRuleId; position: number; name: string; criteria: Criteria; queue_id: QueueId; enabled: boolean; created_at: Millis; skills: readonly SkillId[]; skills_relax_after_ms: number | null };
  skills: { id: SkillId; name: string; created_at: Millis };
  agent_skills: { skill_id: SkillId; user_id: UserId };
  schedules: { id: ScheduleId; name: string; time_zone: string; week: Schedule["week"]; holidays: Schedule["holidays"]; created_at: Millis };
  hold_music: { id: HoldMusicId; name: string; duration_ms: number; created_at: Millis };
  routing_settings: { only_row: boolean; unanswered_timeout_ms: number };
};

export type QueueMemory = Queues & {
  /** Reads everything anew, after the first start or a change. Without a database what was known stays. */
  readonly reload: () => Promise<Result<void, { readonly type: "store-away" }>>;
};
type Known = {
  readonly queues: ReadonlyMap<QueueId, Queue>; readonly rules: readonly QueueRule[]; readonly schedules: ReadonlyMap<ScheduleId, Schedule>;
  readonly music: readonly HoldMusic[]; readonly settings: RoutingSettings; readonly skills: ReadonlyMap<SkillId, Skill>; readonly skillsOf: ReadonlyMap<UserId, Skills>;
};
const NOTHING: Known = { queues: new Map(), rules: [], schedules: new Map(), music: [], skills: new Map(), skillsOf: new Map(), settings: { unansweredTimeoutMs: DEFAULT_UNANSWERED_TIMEOUT_MS } };

/** Nothing is known before the first `reload`. */
export function createQueues(db: Database): QueueMemory {
  let known = NOTHING;
  return {
    all: () => [...known.queues.values()],
    byId: (id) => known.queues.get(id) ?? null,
    standard: () => [...known.queues.values()].find((q) => q.isDefault) ?? null,
    isVoiceQueue: (id) => known.queues.get(id)?.voiceEnabled ?? false,
    settings: () => known.settings,
    rules: () => known.rules,
    music: () => known.music,
    schedules: () => [...known.schedules.values()],
    schedule: (id) => known.schedules.get(id) ?? null,
    skills: () => [...known.skills.values()],
    skill: (id) => known.skills.get(id) ?? null,
    skillsOf: (user) => known.skillsOf.get(user) ?? NO_SKILLS,
    reload: async () => {
      try {
        known = await readAll(db);
        return ok(undefined);
      } catch (error) {
        if (storeAway(error) === null) throw error;
        return err({ type: "store-away" });
      }
    },
  };
}

async function readAll(db: Database): Promise<Known> {
  const tables = db.withTables<QueueTables>();
  const [queues, rules, schedules, music, skills, owners, settings] = await Promise.all([
    tables.selectFrom("queues").selectAll().orderBy("is_default").orderBy(sql`lower(name)`).execute(),
    tables.selectFrom("queue_rules").selectAll().orderBy("position").execute(),
    tables.selectFrom("schedules").selectAll().orderBy(sql`lower(name)`).execute(),
    tables.selectFrom("hold_music").selectAll().orderBy(sql`lower(name)`).execute(),
    tables.selectFrom("skills").selectAll().orderBy(sql`lower(name)`).execute(),
    tables.selectFrom("agent_skills").selectAll().orderBy("user_id").execute(),
    tables.selectFrom("routing_settings").selectAll().executeTakeFirst(),
  ]);
  return {
    queues: new Map(queues.map((row) => [row.id, queueOf(row)])),
    rules: rules.map(({ id, name, criteria, queue_id, enabled, skills: asked, skills_relax_after_ms }) => ({ id, name, criteria, queueId: queue_id, enabled, asks: asksOf(asked, skills_relax_after_ms) })),
    schedules: new Map(schedules.map(({ id, name, time_zone, week, holidays }) => [id, { id, name, timeZone: time_zone, week, holidays }])),
    music: music.map(({ id, name, duration_ms }) => ({ id, name, durationMs: duration_ms })),
    skills: new Map(skills.map(({ id, name }) => [id, { id, name, agents: owners.filter((owner) => owner.skill_id === id).map((owner) => owner.user_id) }])),
    skillsOf: skillsByUser(owners),
    settings: { unansweredTimeoutMs: settings?.unanswered_timeout_ms ?? DEFAULT_UNANSWERED_TIMEOUT_MS },
  };
}

const queueOf = (row: QueueTables["queues"]): Queue => ({
  id: row.id, name: row.name, displayName: row.display_name, isDefault: row.is_default, voiceEnabled: row.voice_enabled, voiceOnly: row.voice_only, channels: row.channels,
  priority: row.priority, musicId: row.music_id, scheduleId: row.schedule_id, wrapUpMs: row.wrap_up_ms,
  overflow: row.overflow_after_ms === null || row.overflow_queue_id === null ? null : { afterMs: row.overflow_after_ms, queueId: row.overflow_queue_id },
  announce: row.announce_every_ms === null ? null : { everyMs: row.announce_every_ms, position: row.announce_position, wait: row.announce_wait },
  callback: row.callback_after_ms === null ? null : { offerAfterMs: row.callback_after_ms },
  asks: asksOf(row.skills, row.skills_relax_after_ms),
});
const asksOf = (skills: readonly SkillId[], relaxAfterMs: number | null): AskedSkills => ({ skills: [...skills], relaxAfterMs });

function skillsByUser(owners: readonly QueueTables["agent_skills"][]): ReadonlyMap<UserId, Skills> {
  const byUser = new Map<UserId, Set<SkillId>>();
  for (const { user_id, skill_id } of owners) byUser.set(user_id, (byUser.get(user_id) ?? new Set()).add(skill_id));
  return byUser;
}

export type NewQueue = { readonly name: string; readonly displayName?: string; readonly isDefault?: boolean; readonly voiceEnabled?: boolean; readonly voiceOnly?: boolean };

/** A new queue, in the transaction of the first start or of a change of settings. It takes all channels unless it is voice-only. */
export async function seedQueue(trx: Transaction, queue: NewQueue, now: Millis): Promise<QueueId> {
  const id = newId<QueueId>();
  const voiceOnly = queue.voiceOnly ?? false;
  await sql`insert into queues (id, name, display_name, is_default, voice_enabled, voice_only, channels, created_at)
    values (${id}, ${queue.name}, ${queue.displayName ?? queue.name}, ${queue.isDefault ?? false}, ${queue.voiceEnabled ?? false}, ${voiceOnly}, ${voiceOnly ? [] : [...ALL_CHANNELS]}, ${now})`.execute(trx);
  return id;
}
