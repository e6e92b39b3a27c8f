import { describe, expect, test } from "vitest";
import type { QueueChange } from "@ringdesk/contract/http";
import type { HoldMusicId, QueueId, ScheduleId } from "@ringdesk/std";
import { PLAIN_OPTIONS } from "./plan.rules.ts";
import { changedQueue, queueFaults } from "./queue-options.rules.ts";
import type { Queue, Queues } from "./routing.ports.ts";

const q = (id: string, more: Partial<Queue> = {}): Queue => ({ ...PLAIN_OPTIONS, id: id as QueueId, name: id, displayName: id, isDefault: false, voiceEnabled: true, ...more });
const all = [q("support"), q("mail", { voiceEnabled: false }), q("default", { isDefault: true, voiceEnabled: false })];
const queues: Queues = {
  all: () => all, byId: (id) => all.find((each) => each.id === id) ?? null, standard: () => all[2] ?? null, isVoiceQueue: () => true, settings: () => ({ unansweredTimeoutMs: 120_000 }),
  rules: () => [], schedules: () => [], schedule: () => null, music: () => [{ id: "m1" as HoldMusicId, name: "Waltz", durationMs: 60_000 }],
};
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
    ["all of it together", q("sales", { name: "mail", musicId: "m2" as HoldMusicId, ...overflowTo("gone") }), ["/name", "/musicId", "/overflow/queueId"]],
  ])("%s", (_, queue, pointers) => {
    expect(queueFaults(queues, queue).map((fault) => fault.pointer)).toEqual(pointers);
  });
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
