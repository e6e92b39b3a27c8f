import { describe, expect, test } from "vitest";
import type { Criteria } from "@ringdesk/contract/criteria";
import type { AskedSkills } from "@ringdesk/contract/http";
import type { Millis, QueueId, QueueRuleId, SkillId } from "@ringdesk/std";
import { ASKS_NOTHING, PLAIN_OPTIONS } from "./plan.rules.ts";
import type { Incoming, Queue, Queues } from "./routing.ports.ts";
import { conversationPlace, routeConversation } from "./rule.rules.ts";
import { NO_SKILLS } from "./skill.rules.ts";

const NOW = 1_700_000_000_000 as Millis;
const q = (id: string, more: Partial<Queue>): Queue => ({ ...PLAIN_OPTIONS, id: id as QueueId, name: id, displayName: id, isDefault: false, voiceEnabled: true, ...more });
const standard = q("default", { isDefault: true, voiceEnabled: false, channels: [] });
const all = [q("mail", { channels: ["email"], priority: 4 }), q("calls", { voiceOnly: true, channels: [] }), standard];
const everything: Criteria = { match: "all", items: [] };

function queuesOf(queue: string, asks = ASKS_NOTHING): Queues {
  return {
    all: () => all, byId: (id) => all.find((each) => each.id === id) ?? null, standard: () => standard, isVoiceQueue: () => true, settings: () => ({ unansweredTimeoutMs: 90_000 }),
    rules: () => [{ id: "r" as QueueRuleId, name: "r", criteria: everything, queueId: queue as QueueId, enabled: true, asks }], music: () => [], schedules: () => [], schedule: () => null, skills: () => [], skill: () => null, skillsOf: () => NO_SKILLS,
  };
}
const from = (channel: Incoming["channel"]): Incoming => ({ channel, supportNumber: null, numberQueueId: null, customer: null });

describe("QUE-2 QUE-3 RTE-6 where conversations of other channels wait", () => {
  test("the rule's queue, when it takes the channel", () => { expect(routeConversation(queuesOf("mail"), from("email"), NOW)?.queueId).toBe("mail"); });
  test("the default queue, when it does not", () => {
    expect(routeConversation(queuesOf("mail"), from("chat"), NOW)?.queueId).toBe("default");
    expect(routeConversation(queuesOf("calls"), from("email"), NOW)?.queueId).toBe("default");
  });
  test("QUE-6 with what the rule asks for, unless the default queue takes it", () => {
    const asks: AskedSkills = { skills: ["es" as SkillId], relaxAfterMs: 60_000 };
    expect(routeConversation(queuesOf("mail", asks), from("email"), NOW)).toEqual({ queueId: "mail", skills: [{ id: "es", relaxAfterMs: 60_000 }] });
    expect(routeConversation(queuesOf("mail", asks), from("chat"), NOW)).toEqual({ queueId: "default", skills: [] });
  });
  test("the default queue takes what nobody else takes; what is gone takes nothing", () => {
    expect(conversationPlace(queuesOf("mail"), "default" as QueueId)?.takes("voice")).toBe(true);
    expect(conversationPlace(queuesOf("mail"), "mail" as QueueId)).toMatchObject({ name: "mail", priority: 4 });
    expect(conversationPlace(queuesOf("mail"), "gone" as QueueId)).toBeNull();
  });
});
