// Changes of queues, rules, schedules, hold music and settings in PostgreSQL. Instants and spans are milliseconds.
import { sql } from "kysely";
import type { HoldMusicId, Millis, QueueId, QueueRuleId, ScheduleId, SkillId, UserId } from "@ringdesk/std";
import type { QueueRuleFields, ScheduleFields } from "@ringdesk/contract/http";
import type { Transaction } from "../platform/index.ts";
import type { QueueTables } from "./queue.pg.ts";
import type { HoldMusic, Queue } from "./routing.ports.ts";

const tables = (trx: Transaction) => trx.withTables<QueueTables>();

export async function insertQueue(trx: Transaction, queue: Queue, now: Millis): Promise<void> {
  await tables(trx).insertInto("queues").values({ id: queue.id, is_default: queue.isDefault, created_at: now, ...columnsOf(queue) }).execute();
}

export async function updateQueue(trx: Transaction, queue: Queue): Promise<void> {
  await tables(trx).updateTable("queues").set(columnsOf(queue)).where("id", "=", queue.id).execute();
}

/** Assignments to teams go with it. */
export async function deleteQueue(trx: Transaction, id: QueueId): Promise<void> {
  await tables(trx).deleteFrom("queues").where("id", "=", id).where("is_default", "=", false).execute();
}

const columnsOf = (queue: Queue): Omit<QueueTables["queues"], "id" | "is_default" | "created_at"> => ({
  name: queue.name, display_name: queue.displayName, voice_enabled: queue.voiceEnabled, voice_only: queue.voiceOnly, channels: [...queue.channels],
  priority: queue.priority, overflow_after_ms: queue.overflow?.afterMs ?? null, overflow_queue_id: queue.overflow?.queueId ?? null, music_id: queue.musicId,
  announce_every_ms: queue.announce?.everyMs ?? null, announce_position: queue.announce?.position ?? false, announce_wait: queue.announce?.wait ?? false,
  schedule_id: queue.scheduleId, callback_after_ms: queue.callback?.offerAfterMs ?? null, wrap_up_ms: queue.wrapUpMs, skills: queue.asks.skills, skills_relax_after_ms: queue.asks.relaxAfterMs,
});

/** Behind all others. */
export async function insertRule(trx: Transaction, id: QueueRuleId, rule: QueueRuleFields, now: Millis): Promise<void> {
  await sql`insert into queue_rules (id, position, name, criteria, queue_id, enabled, created_at, skills, skills_relax_after_ms)
    select ${id}, coalesce(max(position), 0) + 1, ${rule.name}, ${JSON.stringify(rule.criteria)}::jsonb, ${rule.queueId}, ${rule.enabled}, ${now},
      ${rule.asks?.skills ?? []}::text[], ${rule.asks?.relaxAfterMs ?? null}::integer from queue_rules`.execute(trx);
}

export async function updateRule(trx: Transaction, id: QueueRuleId, rule: QueueRuleFields): Promise<void> {
  await sql`update queue_rules set name = ${rule.name}, criteria = ${JSON.stringify(rule.criteria)}::jsonb, queue_id = ${rule.queueId}, enabled = ${rule.enabled},
    skills = ${rule.asks?.skills ?? []}::text[], skills_relax_after_ms = ${rule.asks?.relaxAfterMs ?? null} where id = ${id}`.execute(trx);
}

export async function deleteRule(trx: Transaction, id: QueueRuleId): Promise<void> {
  await tables(trx).deleteFrom("queue_rules").where("id", "=", id).execute();
}

export async function orderRules(trx: Transaction, ids: readonly QueueRuleId[]): Promise<void> {
  await sql`update queue_rules r set position = o.position from unnest(${ids}::text[]) with ordinality as o (id, position) where o.id = r.id`.execute(trx);
}

export async function insertSchedule(trx: Transaction, id: ScheduleId, { name, timeZone, week, holidays }: ScheduleFields, now: Millis): Promise<void> {
  await sql`insert into schedules (id, name, time_zone, week, holidays, created_at)
    values (${id}, ${name}, ${timeZone}, ${JSON.stringify(week)}::jsonb, ${JSON.stringify(holidays)}::jsonb, ${now})`.execute(trx);
}

export async function updateSchedule(trx: Transaction, id: ScheduleId, { name, timeZone, week, holidays }: ScheduleFields): Promise<void> {
  await sql`update schedules set name = ${name}, time_zone = ${timeZone}, week = ${JSON.stringify(week)}::jsonb, holidays = ${JSON.stringify(holidays)}::jsonb where id = ${id}`.execute(trx);
}

export async function deleteSchedule(trx: Transaction, id: ScheduleId): Promise<void> {
  await tables(trx).deleteFrom("schedules").where("id", "=", id).execute();
}

export async function insertMusic(trx: Transaction, { id, name, durationMs }: HoldMusic, now: Millis): Promise<void> {
  await tables(trx).insertInto("hold_music").values({ id, name, duration_ms: durationMs, created_at: now }).execute();
}

export async function deleteMusic(trx: Transaction, id: HoldMusicId): Promise<void> {
  await tables(trx).deleteFrom("hold_music").where("id", "=", id).execute();
}

export async function insertSkill(trx: Transaction, id: SkillId, name: string, now: Millis): Promise<void> {
  await tables(trx).insertInto("skills").values({ id, name, created_at: now }).execute();
}

export async function renameSkill(trx: Transaction, id: SkillId, name: string): Promise<void> {
  await tables(trx).updateTable("skills").set({ name }).where("id", "=", id).execute();
}

/** Whoever has it has it no more. */
export async function deleteSkill(trx: Transaction, id: SkillId): Promise<void> {
  await tables(trx).deleteFrom("skills").where("id", "=", id).execute();
}

/** These agents have the skill, and nobody else. */
export async function giveSkill(trx: Transaction, id: SkillId, agents: readonly UserId[]): Promise<void> {
  await sql`delete from agent_skills where skill_id = ${id} and user_id <> all (${agents}::text[])`.execute(trx);
  await sql`insert into agent_skills (skill_id, user_id) select ${id}, unnest(${agents}::text[]) on conflict do nothing`.execute(trx);
}

/** The user has these skills, and no other. */
export async function setSkills(trx: Transaction, user: UserId, skills: readonly SkillId[]): Promise<void> {
  await sql`delete from agent_skills where user_id = ${user} and skill_id <> all (${skills}::text[])`.execute(trx);
  await sql`insert into agent_skills (skill_id, user_id) select unnest(${skills}::text[]), ${user} on conflict do nothing`.execute(trx);
}

export async function saveSettings(trx: Transaction, unansweredTimeoutMs: number): Promise<void> {
  await sql`insert into routing_settings (only_row, unanswered_timeout_ms) values (true, ${unansweredTimeoutMs})
    on conflict (only_row) do update set unanswered_timeout_ms = excluded.unanswered_timeout_ms`.execute(trx);
}
