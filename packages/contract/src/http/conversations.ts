// Conversations of all channels (CRM-2), and what can be done with them.
import { z } from "zod";
import { conversationId, customerId, e164, instant, queueId, teamId, userId } from "../ids/index.ts";
import { customerLanguage } from "./customers.ts";
import { timelineEntry } from "./models.ts";
import type { Route } from "./route.ts";

export const CONVERSATION_LIMITS = {
  subjectChars: 200, textChars: 10_000, tagChars: 50, tags: 20,
  /** One year, in milliseconds. */
  snoozeMs: 31_536_000_000,
} as const;

export const conversationStatus = z.enum(["open", "snoozed", "wrap-up", "done"]);
export type ConversationStatus = z.output<typeof conversationStatus>;
export const channel = z.enum(["voice", "sms", "email", "chat"]);
export type Channel = z.output<typeof channel>;

export const conversation = z.object({
  id: conversationId, customerId, channel, status: conversationStatus, subject: z.string().nullable(),
  queueId: queueId.nullable(), assignedTo: userId.nullable(), teamId: teamId.nullable(), supportNumber: e164.nullable(),
  language: z.string().nullable(), tags: z.array(z.string()),
  /** While it is snoozed. */
  snoozedUntil: instant.nullable(),
  /** Since when it waits in its queue to be routed; null when it does not. */
  waitingSince: instant.nullable(),
  createdAt: instant, lastActivityAt: instant,
  /** Grows with every change. Sent along with a change, it is refused (409) when somebody was faster. */
  version: z.number().int(),
}).meta({ id: "Conversation" });
export type Conversation = z.output<typeof conversation>;
export const conversationLine = conversation.extend({ customerName: z.string().nullable(), customerNumber: e164.nullable(), customerEmail: z.string().nullable() });
export type ConversationLine = z.output<typeof conversationLine>;

const page = { cursor: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) };
const yesNo = z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")]);
const params = z.object({ id: conversationId });
const version = { version: z.number().int().positive().optional() };
const text = z.string().trim().min(1, "Write something").max(CONVERSATION_LIMITS.textChars, `At most ${CONVERSATION_LIMITS.textChars} characters`);
const tag = z.string().trim().min(1, "A tag has at least one character").max(CONVERSATION_LIMITS.tagChars, `At most ${CONVERSATION_LIMITS.tagChars} characters`);
const tags = z.array(tag).max(CONVERSATION_LIMITS.tags, `At most ${CONVERSATION_LIMITS.tags} tags`);
const post = (path: string, summary: string) => ({ method: "POST", path: `/conversations/:id/${path}`, access: "agent", summary, params }) as const;

/** A conversation as it comes in from outside, or is begun by hand: with a customer we know, or by address. */
export const newConversation = z.object({
  channel: z.enum(["sms", "email", "chat"]),
  customerId: customerId.optional(),
  /** A phone number for texts, an e-mail address otherwise. Whoever is not known yet becomes a customer. */
  address: z.string().trim().min(1).max(254).optional(),
  subject: z.string().trim().max(CONVERSATION_LIMITS.subjectChars).optional(),
  text, queueId: queueId.optional(), supportNumber: e164.optional(), language: customerLanguage.optional(), tags: tags.optional(),
});
export type NewConversation = z.output<typeof newConversation>;

/** Open conversations by channel. */
const load = z.object({ voice: z.number().int(), sms: z.number().int(), email: z.number().int(), chat: z.number().int() });

export const conversationsApi = {
  listAssignees: {
    method: "GET", path: "/assignees", access: "agent", summary: "Whom conversations can be assigned to, and what they have open",
    response: z.object({ users: z.array(z.object({ id: userId, name: z.string(), open: load })), teams: z.array(z.object({ id: teamId, name: z.string() })) }),
  },
  listConversations: {
    method: "GET", path: "/conversations", access: "agent", summary: "Conversations, last activity first",
    query: z.object({
      status: conversationStatus.optional(), channel: channel.optional(), queueId: queueId.optional(), teamId: teamId.optional(), assignedTo: userId.optional(),
      mine: yesNo.optional(), unassigned: yesNo.optional(), customerId: customerId.optional(), ...page,
    }),
    response: z.object({ items: z.array(conversationLine), nextCursor: z.string().nullable() }),
  },
  createConversation: { method: "POST", path: "/conversations", access: "agent", summary: "A new conversation by text, e-mail or chat, with its first message from the customer; it is routed", body: newConversation, response: conversation },
  getConversation: { method: "GET", path: "/conversations/:id", access: "agent", summary: "One conversation", params, response: conversationLine },
  updateConversation: { method: "PATCH", path: "/conversations/:id", access: "agent", summary: "Change tags or language", params, body: z.object({ tags: tags.optional(), language: customerLanguage.nullable().optional(), ...version }), response: conversation },
  markDone: { ...post("done", "Mark a conversation done"), body: z.object(version), response: conversation },
  reopen: { ...post("reopen", "Reopen a conversation: it stays with whom it is assigned to, else it is routed in its queue"), body: z.object({ assignToMe: z.boolean().default(false), ...version }), response: conversation },
  snooze: { ...post("snooze", "Put a conversation aside until an instant; a new message or call opens it before"), body: z.object({ until: instant, ...version }), response: conversation },
  assignConversation: { ...post("assign", "Assign by hand, also over capacity; null takes it away. What is left out stays"), body: z.object({ userId: userId.nullable().optional(), teamId: teamId.nullable().optional(), ...version }), response: conversation },
  transferConversation: { ...post("transfer", "Move to a queue and route it there"), body: z.object({ queueId, ...version }), response: conversation },
  addMessage: {
    ...post("messages", "A message: `in` came from the customer and opens the conversation, `out` is an agent's answer, which is recorded and not sent"),
    body: z.object({ direction: z.enum(["in", "out"]), text }), response: timelineEntry,
  },
  addConversationNote: { ...post("notes", "Write a note about a conversation"), body: z.object({ text }), response: timelineEntry },
} as const satisfies Record<string, Route>;
