// QUE-3, RTE-6: which queue a conversation that has just come in belongs to. Pure.
import { matches, type CriteriaRecord, type FieldName } from "@ringdesk/contract/criteria";
import type { SkillWish } from "@ringdesk/contract/http";
import type { Millis, QueueId } from "@ringdesk/std";
import type { QueuePlan } from "../calls/index.ts";
import { planFor } from "./plan.rules.ts";
import type { Incoming, QueueRule, Queues } from "./routing.ports.ts";
import { wishesOf } from "./skill.rules.ts";

/** Why a queue was chosen. */
export type Decision =
  | { readonly by: "number"; readonly queueId: QueueId }
  | { readonly by: "rule"; readonly queueId: QueueId; readonly rule: QueueRule }
  | { readonly by: "default"; readonly queueId: QueueId | null };

/** The queue that the number or its menu names; else that of the first rule that matches; else the default queue. */
export function decideQueue(queues: Queues, incoming: Incoming, now: Millis): Decision {
  const named = incoming.numberQueueId === null ? null : queues.byId(incoming.numberQueueId);
  if (named !== null) return { by: "number", queueId: named.id };
  const record = recordOf(incoming, now);
  const rule = queues.rules().find((r) => r.enabled && queues.byId(r.queueId) !== null && matches(r.criteria, record, now));
  if (rule !== undefined) return { by: "rule", queueId: rule.queueId, rule };
  return { by: "default", queueId: queues.standard()?.id ?? null };
}

/** Where a call waits. From memory: a caller is on the line. */
export function routeCall(queues: Queues, incoming: Incoming, now: Millis): QueuePlan {
  const decided = decideQueue(queues, incoming, now);
  return planFor(queues, decided.queueId, now, decided.by === "rule" ? wishesOf(decided.rule.asks) : []);
}

/** Where another conversation waits: a queue that does not take its channel leads to the default queue. Null before the first start. */
export function routeConversation(queues: Queues, incoming: Incoming, now: Millis): { readonly queueId: QueueId; readonly skills: readonly SkillWish[] } | null {
  const decided = decideQueue(queues, incoming, now);
  const place = decided.queueId === null ? null : conversationPlace(queues, decided.queueId);
  if (decided.queueId !== null && place?.takes(incoming.channel) === true) return { queueId: decided.queueId, skills: decided.by === "rule" ? wishesOf(decided.rule.asks) : [] };
  const standard = queues.standard();
  return standard === null ? null : { queueId: standard.id, skills: [] };
}

/** A queue as conversations know it. The default queue takes whatever nobody else takes (RTE-6). */
export function conversationPlace(queues: Queues, id: QueueId) {
  const queue = queues.byId(id);
  if (queue === null) return null;
  const takes = (channel: Incoming["channel"]): boolean => queue.isDefault || (channel === "voice" ? queue.voiceEnabled : queue.channels.includes(channel));
  return { name: queue.displayName, priority: queue.priority, takes };
}

/** What rules can ask about. */
function recordOf({ channel, supportNumber, from = null, customer, conversation = null }: Incoming, now: Millis): CriteriaRecord {
  const custom: Partial<Record<FieldName, string>> = {};
  for (const [key, value] of Object.entries(customer?.custom ?? {})) {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") custom[`customer.custom.${key}`] = String(value);
  }
  return {
    ...custom,
    "conversation.channel": channel, "conversation.supportNumber": supportNumber, "conversation.createdAt": now,
    "conversation.language": conversation?.language ?? null, "conversation.tags": conversation?.tags ?? [],
    "customer.vip": customer?.vip ?? false, "customer.language": customer?.language ?? null, "customer.tags": customer?.tags ?? [],
    "customer.name": customer?.name ?? null, "customer.number": from === null ? [] : [from],
  };
}
