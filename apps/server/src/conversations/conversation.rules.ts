// What the facts of a call mean for its conversation. Pure.
import { z } from "zod";
import type { ConversationChange, ConversationStatus } from "@ringdesk/contract/http";
import type { ConversationId, UserId } from "@ringdesk/std";
import { conversationId, customerId, e164, queueId, userId } from "@ringdesk/contract/ids";

const outcome = z.string();
const fact = <T extends string, S extends z.ZodRawShape>(type: T, data: S) => z.object({ type: z.literal(type), v: z.literal(1), data: z.object(data) });

/** What a conversation needs to know of a call's facts. The rest of them, and other facts of calls, are not its business. */
export const callNews = z.discriminatedUnion("type", [
  fact("call.identified", {
    customerId, conversationId, isNew: z.boolean(), supportNumber: e164, queueId: queueId.nullable(), userId: userId.nullable(),
  }),
  fact("call.queued", { queueId, conversationId: conversationId.nullable() }),
  fact("call.assigned", { userId, name: z.string(), conversationId: conversationId.nullable() }),
  fact("call.ended", { outcome, conversationId: conversationId.nullable() }),
]);
export type CallNews = Readonly<z.output<typeof callNews>>;
export type NewsOf<T extends CallNews["type"]> = Extract<CallNews, { type: T }>;

const OF_INTEREST: ReadonlySet<string> = new Set(callNews.options.map((o) => o.shape.type.value));
/** Whether a fact of this type is read at all. */
export const isCallNews = (type: string): boolean => OF_INTEREST.has(type);

/** RTE-7: calls that nobody talked in leave the conversation to somebody who looks at it; it is not routed until reopened. */
const LEFT_BEHIND: ReadonlySet<string> = new Set(["missed", "voicemail", "abandoned-in-queue", "abandoned-in-ivr"]);

/** The status that the end of a call gives its conversation; null leaves it as it is. */
export const statusAfterCall = (outcomeOfCall: string): ConversationStatus | null => (LEFT_BEHIND.has(outcomeOfCall) ? "wrap-up" : null);

/** Whose a fact makes the conversation, as far as open ones go; null when it says nothing about that. */
export function ownerAfter({ type, data }: CallNews): { readonly id: ConversationId; readonly owner: UserId | null } | null {
  const id = data.conversationId;
  if (id === null) return null;
  if ((type === "call.identified" || type === "call.assigned") && data.userId !== null) return { id, owner: data.userId };
  return type === "call.ended" && statusAfterCall(data.outcome) !== null ? { id, owner: null } : null;
}

/** What a change is called in a sentence: `Ana Silva has assigned it to Ben Okafor`. */
const changeVerbs = {
  created: "begun it", assigned: "assigned it", unassigned: "unassigned it", transferred: "moved it to another queue", snoozed: "snoozed it", woken: "opened it",
  done: "marked it done", reopened: "reopened it", "wrap-up": "moved it to wrap-up", tagged: "changed its tags", language: "changed its language",
  restored: "undone a change of it",
} as const satisfies Record<ConversationChange, string>;

/** What somebody else has done with a conversation meanwhile, in words for whoever was too late. */
export function changedWords(entry: { readonly change: ConversationChange; readonly by: string | null; readonly detail?: string | undefined } | null): string {
  if (entry === null) return "It has changed meanwhile.";
  const to = entry.detail !== undefined && (entry.change === "assigned" || entry.change === "transferred") ? ` (${entry.detail})` : "";
  return entry.by === null ? `Meanwhile the system has ${changeVerbs[entry.change]}${to}.` : `${entry.by} has ${changeVerbs[entry.change]}${to} meanwhile.`;
}
