import { describe, expect, test } from "vitest";
import { MAX_SKILL_SETS, type QueueChange } from "@ringdesk/contract/http";
import type { HoldMusicId, QueueId, QueueRuleId, ScheduleId, SkillId } from "@ringdesk/std";
import { PLAIN_OPTIONS } from "./plan.rules.ts";
import { askedFaults, changedQueue, queueFaults } from "./queue-options.rules.ts";
import type { Queue, QueueRule, Queues } from "./routing.ports.ts";
import { NO_SKILLS } from "./skill.rules.ts";

const q = (id: string, more: Partial<Queue> = {}): Queue => ({ ...PLAIN_OPTIONS, id: id as QueueId, name: id, displayName: id, isDefault: false, voiceEnabled: true, ...more });
const all = [q("support"), q("mail", { voiceEnabled: false }), q("default", { isDefault: true, voiceEnabled: false })];
const queues: Queues = {
  all: () => all, byId: (id) => all.find((each) => each.id === id) ?? null, standard: () => all[2] ?? null, isVoiceQueue: () => true, settings: () => ({ unansweredTimeoutMs: 120_000 }),
  rules: () => [], schedules: () => [], schedule: () => null, music: () => [{ id: "m1" as HoldMusicId, name: "Waltz", durationMs: 60_000 }],
  skills: () => [], skill: (id) => (id === "es" ? { id, name: "Spanish", agents: [] } : null), skillsOf: () => NO_SKILLS,
};
const asks = (...skills: string[]) => ({ asks: { skills: skills as SkillId[], relaxAfterMs: null } });
const overflowTo = (queueId: string) => ({ overflow: { afterMs: 60_000, queueId: queueId as QueueId } });

describe("QUE-1 QUE-5 QUE-6 what is wrong with a queue stands at its field", () => {
  test.each<[string, Queue, readonly string[]]>([
    ["nothing", q("sales"), []],
    ["nothing, in its own former name", q("support", { priority: 3 }), []],
    ["a name that another has, in any case", q("sales", { name: "Support" }), ["/name"]],
    ["voice in the default queue", q("default", { isDefault: true }), ["/voiceEnabled"]],
    ["voice-only without voice takes nothing at all", q("sales", { voiceEnabled: false, voiceOnly: true, channels: [] }), ["/voiceOnly", "/channels"]],
    ["an announcement of nothing", q("sales", { announce: { everyMs: 60_000, position: false, wait: false } }), ["/announce"]],
    ["music that is there", q("sales", { musicId: "m1" as HoldMusicId }), []],
    ["music that is gone", q("sales", { musicId: "m2" as HoldMusicId }), ["/musicId"]],
    ["a schedule that is gone", q("sales", { scheduleId: "s1" as ScheduleId }), ["/scheduleId"]],
    ["overflow into a queue that takes calls", q("sales", overflowTo("support")), []],
    ["overflow into itself", q("support", overflowTo("support")), ["/overflow/queueId"]],
    ["overflow into a queue without voice", q("sales", overflowTo("mail")), ["/overflow/queueId"]],
    ["overflow into the default queue, which nobody answers", q("sales", overflowTo("default")), ["/overflow/queueId"]],
    ["overflow into a queue that is gone", q("sales", overflowTo("gone")), ["/overflow/queueId"]],
    ["a skill that is there", q("sales", asks("es")), []],
    ["a skill that is gone", q("sales", asks("es", "fr")), ["/asks/skills"]],
    ["skills of the default queue, whose calls are offered to nobody", q("default", { isDefault: true, voiceEnabled: false, ...asks("es") }), ["/asks/skills"]],
    ["all of it together", q("sales", { name: "mail", musicId: "m2" as HoldMusicId, ...overflowTo("gone") }), ["/name", "/musicId", "/overflow/queueId"]],
  ])("%s", (_, queue, pointers) => {
    expect(queueFaults(queues, queue).map((fault) => fault.pointer)).toEqual(pointers);
  });
});

test("QUE-6 rules and queues ask for a limited number of different sets of skills; one that is asked for already is no more", () => {
  const id = (n: number) => `k${n}` as SkillId;
  const rules = Array.from({ length: MAX_SKILL_SETS }, (_, n): QueueRule => ({ id: `r${n}` as QueueRuleId, name: `r${n}`, criteria: { match: "all", items: [] }, queueId: "support" as QueueId, enabled: true, asks: { skills: [id(n), id(n + 1)], relaxAfterMs: null } }));
  const full: Queues = { ...queues, rules: () => rules, skill: (skill) => ({ id: skill, name: skill, agents: [] }) };
  const faults = (of: string, skills: readonly SkillId[]) => askedFaults(full, { id: of, asks: { skills: [...skills], relaxAfterMs: null } }).map((fault) => fault.pointer);
  expect([faults("new", [id(1)]), faults("new", [id(2), id(1)]), faults("r3", [id(1)]), faults("new", [])]).toEqual([["/asks/skills"], [], [], []]);
});

describe("QUE-2 what a change leaves", () => {
  test.each<[string, Partial<Queue>, QueueChange, Partial<Queue>]>([
    ["what is not named stays", { priority: 4 }, { name: "other" }, { name: "other", priority: 4 }],
    ["null takes an option away", { callback: { offerAfterMs: 1_000 } }, { callback: null }, { callback: null }],
    ["voice-only takes no other channel, whatever is asked for", {}, { voiceOnly: true, channels: ["sms"] }, { voiceOnly: true, channels: [] }],
    ["no longer voice-only: every channel", { voiceOnly: true, channels: [] }, { voiceOnly: false }, { channels: ["sms", "email", "chat"] }],
    ["no longer voice-only: the channels that are asked for", { voiceOnly: true, channels: [] }, { voiceOnly: false, channels: ["email"] }, { channels: ["email"] }],
  ])("%s", (_, before, change, after) => {
    expect(changedQueue(q("sales", before), change)).toMatchObject(after);
  });
});
