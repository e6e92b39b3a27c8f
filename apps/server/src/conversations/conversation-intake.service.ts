// A conversation that comes in by text, e-mail or chat: whose it is, where it waits, and its first message.
import { err, ok, type ConversationId, type CustomerId, type E164, type Millis, type QueueId, type Result } from "@ringdesk/std";
import type { Conversation, NewConversation, SkillWish, TimelineEntry } from "@ringdesk/contract/http";
import { storableText, type Customers, type StoreAway } from "../customers/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import { afterCommit, inTransaction, reach, type Database, type Transaction } from "../platform/index.ts";
import type { ConversationListener } from "./conversation-board.ts";
import type { ConversationState } from "./conversation.machine.ts";
import { findByEmail, insertConversation, insertMessage, touchCustomer } from "./conversation.pg.ts";
import type { FieldInvalid } from "./conversations.errors.ts";
import type { Conversations, ConversationSurroundings, RuledCustomer, Timeline } from "./conversations.ports.ts";

export type IntakeDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly surroundings: ConversationSurroundings;
  readonly customers: Pick<Customers, "get" | "identify">;
  /** A new customer in a transaction of ours. */
  readonly newCustomer: (trx: Transaction, customer: { readonly name: null; readonly numbers: readonly E164[]; readonly emails: readonly string[]; readonly at: Millis }) => Promise<CustomerId | null>;
  readonly told: Pick<ConversationListener, "changed">;
};

type Sender = { readonly id: CustomerId; readonly from: E164 | null; readonly traits: RuledCustomer };
type Found = Result<Sender, FieldInvalid | StoreAway>;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const invalid = (field: string, detail: string) => err<FieldInvalid>({ type: "field-invalid", field, detail });

export function createIntake(deps: IntakeDeps): Conversations["create"] {
  return async (made) => {
    const sender = await senderOf(deps, made);
    if (!sender.ok) return sender;
    const queue = queueFor(deps.surroundings, made, sender.value);
    if (!queue.ok) return queue;
    return reach(() => inTransaction(deps.db, (trx) => begin(deps, trx, made, sender.value.id, queue.value)));
  };
}

async function senderOf(deps: IntakeDeps, { channel, customerId, address }: NewConversation): Promise<Found> {
  if (customerId !== undefined) {
    const known = await deps.customers.get(customerId);
    if (known.ok) return ok({ id: known.value.id, from: null, traits: known.value });
    return known.error.type === "customer-missing" ? invalid("customerId", "There is no such customer") : err(known.error);
  }
  if (address === undefined) return invalid("address", "Say whose it is: a customer or an address");
  if (channel === "sms") {
    const number = deps.surroundings.readNumber(address);
    if (number === null) return invalid("address", "That is not a phone number");
    const known = await deps.customers.identify(number);
    return known.ok ? ok({ id: known.value.customerId, from: number, traits: { ...known.value.traits, name: known.value.name } }) : known;
  }
  if (!EMAIL.test(address)) return invalid("address", "That is not an e-mail address");
  const known = await reach(() => inTransaction(deps.db, async (trx) =>
    (await findByEmail(trx, address)) ?? deps.newCustomer(trx, { name: null, numbers: [], emails: [address.toLowerCase()], at: deps.clock.now() })));
  if (!known.ok) return known;
  const customer = known.value === null ? null : await deps.customers.get(known.value);
  if (customer === null) return invalid("address", "Nobody could be found or made with this address");
  if (customer.ok) return ok({ id: customer.value.id, from: null, traits: customer.value });
  return customer.error.type === "customer-missing" ? invalid("address", "Nobody could be found or made with this address") : err(customer.error);
}

type Place = { readonly id: QueueId; readonly priority: number; readonly skills: readonly SkillWish[] } | null;

function queueFor(house: ConversationSurroundings, { channel, queueId, supportNumber, language, tags }: NewConversation, { from, traits }: Sender): Result<Place, FieldInvalid> {
  const ruled = queueId !== undefined ? null : house.route({ channel, supportNumber: supportNumber ?? null, from, customer: traits, conversation: { language: language ?? null, tags: tags ?? [] } });
  const id = queueId ?? ruled?.queueId ?? null;
  const queue = id === null ? null : house.queue(id);
  if (queueId !== undefined && queue === null) return invalid("queueId", "There is no such queue");
  if (queueId !== undefined && queue?.takes(channel) === false) return invalid("queueId", `${queue.name} does not take this channel`);
  return ok(id === null || queue === null ? null : { id, priority: queue.priority, skills: ruled?.skills ?? [] });
}

async function begin({ clock, timeline, told }: IntakeDeps, trx: Transaction, made: NewConversation, customerId: CustomerId, queue: Place): Promise<Conversation> {
  const at = clock.now();
  const id = newId<ConversationId>();
  const subject = storableText(made.subject ?? "").trim() || null;
  const text = storableText(made.text);
  const { channel } = made;
  const conversation: Conversation = {
    id, customerId, channel, status: "open", subject, queueId: queue?.id ?? null, assignedTo: null, teamId: null,
    supportNumber: made.supportNumber ?? null, language: made.language ?? null, tags: [...new Set(made.tags ?? [])],
    snoozedUntil: null, waitingSince: queue === null ? null : at, createdAt: at, lastActivityAt: at, version: 1,
  };
  const state: ConversationState = { ...conversation, priority: queue?.priority ?? 0, skills: queue?.skills ?? [] };
  await insertConversation(trx, state);
  const message = { id: newId(), conversationId: id, direction: "in", author: null, text, at } as const;
  await insertMessage(trx, message);
  const entry: TimelineEntry = { id: message.id, kind: "message", at, conversationId: id, channel, direction: "in", author: null, subject, text, delivery: "received" };
  await timeline.put(trx, customerId, { id: `${id}-created`, kind: "conversation", at, conversationId: id, change: "created", by: null });
  await timeline.put(trx, customerId, entry);
  await touchCustomer(trx, customerId, at);
  afterCommit(trx, () => told.changed(state));
  return conversation;
}
