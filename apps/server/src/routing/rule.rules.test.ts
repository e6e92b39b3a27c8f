import { describe, expect, test } from "vitest";
import type { Criteria } from "@ringdesk/contract/criteria";
import type { AskedSkills } from "@ringdesk/contract/http";
import type { E164, HoldMusicId, Millis, QueueId, QueueRuleId, ScheduleId, SkillId } from "@ringdesk/std";
import { ASKS_NOTHING, PLAIN_OPTIONS } from "./plan.rules.ts";
import type { Incoming, Queue, QueueRule, Queues, Schedule } from "./routing.ports.ts";
import { decideQueue, routeCall } from "./rule.rules.ts";
import { NO_SKILLS } from "./skill.rules.ts";

const NOW = Date.parse("2026-11-16T15:00:00Z") as Millis;
const q = (id: string, more: Partial<Queue> = {}): Queue => ({ ...PLAIN_OPTIONS, id: id as QueueId, name: id, displayName: id.toUpperCase(), isDefault: false, voiceEnabled: true, ...more });
const all = (...items: Criteria["items"]): Criteria => ({ match: "all", items });
const rule = (id: string, queue: string, criteria: Criteria, enabled = true, asks: AskedSkills = ASKS_NOTHING): QueueRule => ({ id: id as QueueRuleId, name: id, criteria, queueId: queue as QueueId, enabled, asks });
const vip = all({ field: "customer.vip", operator: "is", value: true });
const voice = all({ field: "conversation.channel", operator: "is", value: "voice" });
const standard = q("default", { isDefault: true, voiceEnabled: false });

function queuesWith(parts: { queues?: readonly Queue[]; rules?: readonly QueueRule[]; schedules?: readonly Schedule[] }): Queues {
  const all = [...(parts.queues ?? [q("support"), q("sales")]), standard];
  return {
    all: () => all, byId: (id) => all.find((each) => each.id === id) ?? null, standard: () => standard, isVoiceQueue: () => true, settings: () => ({ unansweredTimeoutMs: 90_000 }),
    rules: () => parts.rules ?? [], music: () => [], schedules: () => parts.schedules ?? [], schedule: (id) => parts.schedules?.find((s) => s.id === id) ?? null,
    skills: () => [], skill: () => null, skillsOf: () => NO_SKILLS,
  };
}
const call = (more: Partial<Incoming> = {}): Incoming => ({ channel: "voice", supportNumber: "+12025550100" as E164, numberQueueId: null, customer: { vip: true, language: "fr", tags: ["gold"], custom: { plan: "Pro" } }, ...more });

describe("QUE-3 RTE-6 which queue a call reaches", () => {
  const rules = [rule("off", "sales", all(), false), rule("vip", "sales", vip), rule("voice", "support", voice)];
  const table: readonly (readonly [string, readonly QueueRule[], Incoming, string, string])[] = [
    ["the first rule that matches decides", rules, call(), "sales", "rule"],
    ["a later one, when the first does not match", rules, call({ customer: null }), "support", "rule"],
    ["none matches: the default queue", rules, call({ customer: null, channel: "chat" }), "default", "default"],
    ["there are no rules: the default queue", [], call(), "default", "default"],
    ["a rule that is off never matches", [rule("off", "sales", all(), false)], call(), "default", "default"],
    ["a rule without criteria takes everything", [rule("all", "sales", all())], call({ customer: null }), "sales", "rule"],
    ["a rule whose queue is gone is passed over", [rule("gone", "nowhere", all()), rule("all", "sales", all())], call(), "sales", "rule"],
    ["the number's queue goes before the rules", rules, call({ numberQueueId: "support" as QueueId }), "support", "number"],
    ["a number's queue that is gone does not", rules, call({ numberQueueId: "nowhere" as QueueId }), "sales", "rule"],
    ["the number that was called", [rule("n", "sales", all({ field: "conversation.supportNumber", operator: "is", value: "+12025550100" }))], call(), "sales", "rule"],
    ["language", [rule("l", "sales", all({ field: "customer.language", operator: "is-any-of", value: ["fr", "de"] }))], call(), "sales", "rule"],
    ["the language of the conversation that a call continues", [rule("cl", "sales", all({ field: "conversation.language", operator: "is", value: "es" }))], call({ conversation: { language: "es", tags: [] } }), "sales", "rule"],
    ["its tags, not those of the customer", [rule("ct", "sales", all({ field: "conversation.tags", operator: "includes", value: "gold" })), rule("cu", "support", all({ field: "conversation.tags", operator: "includes", value: "refund" }))], call({ conversation: { language: null, tags: ["refund"] } }), "support", "rule"],
    ["a conversation that is new has neither", [rule("ct", "sales", all({ field: "conversation.tags", operator: "is-set", value: null })), rule("cl", "support", all({ field: "conversation.language", operator: "is-empty", value: null }))], call(), "support", "rule"],
    ["tags", [rule("t", "sales", all({ field: "customer.tags", operator: "includes", value: "gold" }))], call(), "sales", "rule"],
    ["the caller's number, also of somebody unknown", [rule("f", "sales", all({ field: "customer.number", operator: "starts-with", value: "+1303" }))], call({ from: "+13035550142" as E164, customer: null }), "sales", "rule"],
    ["the customer's name", [rule("w", "sales", all({ field: "customer.name", operator: "contains", value: "jensen" }))], call({ customer: { name: "Maria Jensen", vip: false, language: null, tags: [], custom: {} } }), "sales", "rule"],
    ["a field of the organisation's own", [rule("c", "sales", all({ field: "customer.custom.plan", operator: "is", value: "pro" }))], call(), "sales", "rule"],
  ];
  for (const [name, given, incoming, queue, by] of table) {
    test(name, () => { expect(decideQueue(queuesWith({ rules: given }), incoming, NOW)).toMatchObject({ queueId: queue, by }); });
  }
});

describe("QUE-4 QUE-6 how a call waits", () => {
  const nights: Schedule = { id: "s1" as ScheduleId, name: "Nights", timeZone: "UTC", week: Array.from({ length: 7 }, () => [{ from: 0, to: 300 }]), holidays: [] };
  const to = (queue: string) => call({ numberQueueId: queue as QueueId });
  test("a plain queue: the timeout, and the default queue after it", () => {
    expect(routeCall(queuesWith({}), to("support"), NOW)).toEqual({
      queueId: "support", queueName: "SUPPORT", timeoutMs: 90_000, fallback: { queueId: "default", queueName: "DEFAULT" },
      priority: 0, music: null, announce: null, skills: [], overflow: null, callback: null, voicemail: null, closed: false,
    });
  });
  test("RTE-5 after the default queue there is no other", () => {
    expect(routeCall(queuesWith({}), call({ customer: null }), NOW)).toMatchObject({ queueId: "default", fallback: null });
  });
  test("every option of the queue", () => {
    const announce = { everyMs: 30_000, position: true, wait: false };
    const queues = [q("support", { priority: 3, musicId: "m1" as HoldMusicId, announce, callback: { offerAfterMs: 20_000 }, overflow: { afterMs: 40_000, queueId: "sales" as QueueId } }), q("sales", { priority: 1, announce: null })];
    expect(routeCall(queuesWith({ queues }), to("support"), NOW)).toMatchObject({
      priority: 3, music: "music/m1.ulaw", announce, callback: { offerAfterMs: 20_000 }, overflow: { queueId: "sales", queueName: "SALES", afterMs: 40_000, priority: 1, music: null, announce: null },
    });
  });
  test("closed outside the hours of its schedule", () => {
    const queues = queuesWith({ queues: [q("support", { scheduleId: nights.id })], schedules: [nights] });
    expect([NOW, Date.parse("2026-11-16T04:00:00Z") as Millis].map((at) => routeCall(queues, to("support"), at).closed)).toEqual([true, false]);
  });
  test.each([["is closed", { scheduleId: nights.id }], ["takes no calls", { voiceEnabled: false }]])("no call overflows to a queue that %s", (_, options) => {
    const queues = [q("support", { overflow: { afterMs: 40_000, queueId: "sales" as QueueId } }), q("sales", options)];
    expect(routeCall(queuesWith({ queues, schedules: [nights] }), to("support"), NOW).overflow).toBeNull();
  });
  test("before the first start there is no queue at all", () => {
    const none: Queues = { ...queuesWith({}), all: () => [], byId: () => null, standard: () => null };
    expect(routeCall(none, to("support"), NOW)).toMatchObject({ queueName: "No queue", fallback: null });
  });
});

describe("QUE-6 what a call asks for", () => {
  const asks = (relaxAfterMs: number | null, ...skills: string[]): AskedSkills => ({ skills: skills as SkillId[], relaxAfterMs });
  const planOf = (queue: Partial<Queue>, ruleAsks: AskedSkills, incoming = call()) =>
    routeCall(queuesWith({ queues: [q("support", queue), q("sales", { asks: asks(null, "selling") })], rules: [rule("all", "support", all(), true, ruleAsks)] }), incoming, NOW);
  test("what the rule asks for and what its queue asks for; of the same skill the longer time", () => {
    expect(planOf({ asks: asks(60_000, "es", "billing") }, asks(20_000, "es", "fr")).skills).toEqual([{ id: "es", relaxAfterMs: 60_000 }, { id: "fr", relaxAfterMs: 20_000 }, { id: "billing", relaxAfterMs: 60_000 }]);
    expect(planOf({ asks: asks(60_000, "es") }, asks(null, "es")).skills).toEqual([{ id: "es", relaxAfterMs: null }]);
    expect(planOf({}, ASKS_NOTHING).skills).toEqual([]);
  });
  test("a number's own queue asks for what is its own; no rule was asked", () => {
    expect(planOf({ asks: asks(null, "billing") }, asks(null, "es"), call({ numberQueueId: "support" as QueueId })).skills).toEqual([{ id: "billing", relaxAfterMs: null }]);
  });
  test("overflow takes along what the rule asks for, and adds what the other queue asks for", () => {
    const { overflow } = planOf({ asks: asks(null, "billing"), overflow: { afterMs: 30_000, queueId: "sales" as QueueId } }, asks(null, "es"));
    expect(overflow?.skills).toEqual([{ id: "es", relaxAfterMs: null }, { id: "selling", relaxAfterMs: null }]);
  });
});
