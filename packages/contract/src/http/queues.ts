// Settings of routing: queues, business schedules, hold music. Spans are milliseconds.
import { z } from "zod";
import { e164, holdMusicId, instant, numberId, queueId, queueRuleId, scheduleId, span, teamId, userId } from "../ids/index.ts";
import { ruleCriteria } from "./criteria.ts";
import { customValues } from "./customers.ts";
import type { Route } from "./route.ts";
import { askedSkills } from "./skills.ts";
import { playableSound, soundBase64, soundUpload } from "./sounds.ts";

/** Bounds of what can be set, both included. */
export const QUEUE_LIMITS = {
  /** The larger goes first; 0 is usual. */
  priority: { least: 0, most: 9 },
  overflowAfterMs: { least: 5_000, most: 3_600_000 },
  announceEveryMs: { least: 15_000, most: 600_000 },
  callbackAfterMs: { least: 0, most: 1_800_000 },
  wrapUpMs: { least: 5_000, most: 3_600_000 },
  /** QUE-4. */
  unansweredTimeoutMs: { least: 30_000, most: 300_000 },
} as const;
/** QUE-4. */
export const DEFAULT_UNANSWERED_TIMEOUT_MS = 120_000;
export const MAX_RANGES_PER_DAY = 8;
export const MAX_HOLIDAYS = 200;
const MAX_TEAMS = 100;
const MAX_NEW_MEMBERS = 500;
export const MAX_RULES = 200;
export const MAX_QUEUES = 500;
const MINUTES_PER_DAY = 1_440;

const name = z.string().trim().min(1, "Enter a name").max(100, "At most 100 characters");
const seconds = (ms: number): string => `${ms / 1_000}`;
const spanWithin = ({ least, most }: { readonly least: number; readonly most: number }) => {
  const words = `Between ${seconds(least)} and ${seconds(most)} seconds`;
  return z.number().int().min(least, words).max(most, words);
};

/** What a queue takes besides voice. */
export const queueChannel = z.enum(["sms", "email", "chat"]);
/** QUE-6: what can be set for a queue. */
const queueOptions = z.object({
  name, displayName: name,
  voiceEnabled: z.boolean(), voiceOnly: z.boolean(), channels: z.array(queueChannel).max(3),
  priority: z.number().int().min(QUEUE_LIMITS.priority.least, "Between 0 and 9").max(QUEUE_LIMITS.priority.most, "Between 0 and 9"),
  overflow: z.object({ afterMs: spanWithin(QUEUE_LIMITS.overflowAfterMs), queueId }).nullable(),
  /** Null: the standard music. */
  musicId: holdMusicId.nullable(),
  announce: z.object({ everyMs: spanWithin(QUEUE_LIMITS.announceEveryMs), position: z.boolean(), wait: z.boolean() }).nullable(),
  /** Null: always open. */
  scheduleId: scheduleId.nullable(),
  callback: z.object({ offerAfterMs: spanWithin(QUEUE_LIMITS.callbackAfterMs) }).nullable(),
  /** After this long in wrap-up an agent is available again; null: when they choose to (STAT-3). */
  wrapUpMs: spanWithin(QUEUE_LIMITS.wrapUpMs).nullable(),
  /** Asked for by every conversation of the queue. */
  asks: askedSkills,
});
/** A queue as its settings show it; waiting calls are in `QueueLine`. */
export const queue = queueOptions.extend({
  id: queueId, isDefault: z.boolean(),
  teams: z.array(z.object({ id: teamId, displayName: z.string(), routingEnabled: z.boolean() })),
}).meta({ id: "Queue" });
export type Queue = z.output<typeof queue>;
const queueChange = queueOptions.partial();
export type QueueChange = z.output<typeof queueChange>;

/** Minutes since midnight, on the clock of the schedule's time zone. */
const range = z.object({ from: z.number().int().min(0).max(MINUTES_PER_DAY - 1), to: z.number().int().min(1).max(MINUTES_PER_DAY) })
  .refine(({ from, to }) => from < to, { message: "The end must be after the start", path: ["to"] });
const ranges = z.array(range).max(MAX_RANGES_PER_DAY, `At most ${MAX_RANGES_PER_DAY} ranges a day`)
  .refine((list) => list.every((a, i) => list.every((b, j) => i >= j || a.to <= b.from || b.to <= a.from)), "These hours overlap");
const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};
/** Days of a month, by a calendar that knows leap years. */
const isDay = (date: string): boolean => {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day >= 1 && day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);
};
const holiday = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "Enter a date").refine(isDay, "There is no such day"),
  name: z.string().trim().max(100),
  /** Empty: closed all day. */
  hours: ranges,
});
const scheduleFields = z.object({
  name, timeZone: z.string().max(64).refine(isTimeZone, "Choose a time zone"),
  /** Open hours from Monday to Sunday. */
  week: z.array(ranges).length(7),
  holidays: z.array(holiday).max(MAX_HOLIDAYS).refine((list) => new Set(list.map((h) => h.date)).size === list.length, "A day is listed twice"),
});
/** When a queue is open. */
export const schedule = scheduleFields.extend({
  id: scheduleId, isOpen: z.boolean(), nextChangeAt: instant.nullable(),
  queues: z.array(z.object({ id: queueId, displayName: z.string() })),
}).meta({ id: "Schedule" });
export type Schedule = z.output<typeof schedule>;
export type ScheduleFields = z.output<typeof scheduleFields>;

export const holdMusic = z.object({ id: holdMusicId, name, durationMs: span, queues: z.array(z.object({ id: queueId, displayName: z.string() })) }).meta({ id: "HoldMusic" });
export type HoldMusic = z.output<typeof holdMusic>;

export const routingSettings = z.object({ unansweredTimeoutMs: spanWithin(QUEUE_LIMITS.unansweredTimeoutMs) }).meta({ id: "RoutingSettings" });

/** The wizard's last step: everything of it in one transaction (QUE-1). */
export const queueBasics = z.object({
  name, displayName: name, voiceEnabled: z.boolean(), voiceOnly: z.boolean(),
  /** Of a queue rule, which goes behind the others; null: none. */
  criteria: ruleCriteria.nullable(),
  /** Their members take the queue's conversations; routing is turned on for them. */
  teams: z.array(teamId).max(MAX_TEAMS, `At most ${MAX_TEAMS} teams`),
  newTeam: z.object({ name, displayName: name, members: z.array(userId).max(MAX_NEW_MEMBERS, `At most ${MAX_NEW_MEMBERS} members`) }).nullable(),
});
export type QueueBasics = z.output<typeof queueBasics>;

const ruleFields = z.object({
  name, criteria: ruleCriteria, queueId, enabled: z.boolean(),
  /** Besides what the queue asks for; left out: nothing. */
  asks: askedSkills.optional(),
});
/** QUE-3. */
export const queueRule = ruleFields.extend({ id: queueRuleId, asks: askedSkills }).meta({ id: "QueueRule" });
export type QueueRule = z.output<typeof queueRule>;
export type QueueRuleFields = z.output<typeof ruleFields>;

const MAX_TRIAL_FIELDS = 200;
const language = z.string().max(35).nullable();
const tags = z.array(z.string().max(100)).max(50);
/** Somebody who could call or write, and the conversation they would go on with. */
export const ruleTrial = z.object({
  channel: z.enum(["voice", ...queueChannel.options]), numberId: numberId.nullable(),
  vip: z.boolean(), language, tags,
  name: z.string().max(100).nullable(), from: e164.nullable(),
  /** The customer's custom fields by key. */
  custom: customValues.refine((values) => Object.keys(values).length <= MAX_TRIAL_FIELDS, `At most ${MAX_TRIAL_FIELDS} fields`).default({}),
  conversation: z.object({ language, tags }).default({ language: null, tags: [] }),
});
export type RuleTrial = z.output<typeof ruleTrial>;
/** Which queue they would reach, and why. */
export const ruleVerdict = z.object({
  queueId: queueId.nullable(), queueName: z.string(), by: z.enum(["number", "rule", "default"]), ruleId: queueRuleId.nullable(),
  /** In words, for an admin; also what keeps agents from being offered it. */
  why: z.string(), warnings: z.array(z.string()),
});
export type RuleVerdict = z.output<typeof ruleVerdict>;

const nothing = z.object({});
const ofSchedule = z.object({ id: scheduleId });
const ofMusic = z.object({ id: holdMusicId });
const ofQueue = z.object({ id: queueId });
const ofRule = z.object({ id: queueRuleId });

export const queuesApi = {
  listQueueSettings: { method: "GET", path: "/settings/queues", access: "admin", summary: "Queues with their options", response: z.object({ items: z.array(queue) }) },
  createQueue: { method: "POST", path: "/settings/queues", access: "admin", summary: "Add a queue with its basics: a rule, and the teams that take its conversations", body: queueBasics, response: queue },
  updateQueue: { method: "PATCH", path: "/settings/queues/:id", access: "admin", summary: "Change a queue; what is left out stays", params: ofQueue, body: queueChange, response: queue },
  deleteQueue: { method: "DELETE", path: "/settings/queues/:id", access: "admin", summary: "Delete a queue that nothing leads to; its waiting calls go to the default queue", params: ofQueue, response: nothing },

  listQueueRules: { method: "GET", path: "/settings/queue-rules", access: "admin", summary: "Queue rules in order; the first that matches decides", response: z.object({ items: z.array(queueRule) }) },
  createQueueRule: { method: "POST", path: "/settings/queue-rules", access: "admin", summary: "Add a rule behind the others", body: ruleFields, response: queueRule },
  updateQueueRule: { method: "PATCH", path: "/settings/queue-rules/:id", access: "admin", summary: "Change a rule", params: ofRule, body: ruleFields.partial(), response: queueRule },
  deleteQueueRule: { method: "DELETE", path: "/settings/queue-rules/:id", access: "admin", summary: "Delete a rule", params: ofRule, response: nothing },
  orderQueueRules: { method: "PUT", path: "/settings/queue-rules/order", access: "admin", summary: "Put the rules in this order; all of them are named", body: z.object({ ids: z.array(queueRuleId).max(MAX_RULES) }), response: z.object({ items: z.array(queueRule) }) },
  tryQueueRules: { method: "POST", path: "/settings/queue-rules/trial", access: "admin", summary: "Which queue somebody would reach, and why", body: ruleTrial, response: ruleVerdict },

  listSchedules: { method: "GET", path: "/settings/schedules", access: "admin", summary: "Business schedules", response: z.object({ items: z.array(schedule) }) },
  createSchedule: { method: "POST", path: "/settings/schedules", access: "admin", summary: "Add a business schedule", body: scheduleFields, response: schedule },
  updateSchedule: { method: "PATCH", path: "/settings/schedules/:id", access: "admin", summary: "Change a business schedule", params: ofSchedule, body: scheduleFields.partial(), response: schedule },
  deleteSchedule: { method: "DELETE", path: "/settings/schedules/:id", access: "admin", summary: "Delete a business schedule that no queue follows", params: ofSchedule, response: nothing },

  listHoldMusic: { method: "GET", path: "/settings/hold-music", access: "admin", summary: "Uploaded hold music", response: z.object({ items: z.array(holdMusic) }) },
  uploadHoldMusic: {
    method: "POST", path: "/settings/hold-music", access: "admin", summary: "Upload hold music: MP3 of at most 5 MB, or WAV of at most 10 MB", ...soundUpload,
    body: z.object({ name, base64: soundBase64 }), response: holdMusic,
  },
  hearHoldMusic: { method: "GET", path: "/settings/hold-music/:id/sound", access: "admin", summary: "Hold music as callers hear it: a WAV of telephone audio", params: ofMusic, response: playableSound },
  deleteHoldMusic: { method: "DELETE", path: "/settings/hold-music/:id", access: "admin", summary: "Delete hold music that no queue plays", params: ofMusic, response: nothing },

  getRoutingSettings: { method: "GET", path: "/settings/routing", access: "admin", summary: "Settings of routing", response: routingSettings },
  updateRoutingSettings: { method: "PATCH", path: "/settings/routing", access: "admin", summary: "Change settings of routing", body: routingSettings.partial(), response: routingSettings },
} as const satisfies Record<string, Route>;
