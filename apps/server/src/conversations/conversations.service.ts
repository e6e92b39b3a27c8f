// Conversations as people and routing work with them: one step of the machine in one transaction, told when it has committed.
import { err, ok, type ConversationId, type CustomerId, type Result } from "@ringdesk/std";
import { timelineEntry, type Conversation, type TimelineEntry } from "@ringdesk/contract/http";
import { cutPage, readCursor, storableText } from "../customers/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import { afterCommit, inTransaction, reach, type Database, type Transaction } from "../platform/index.ts";
import type { ConversationListener } from "./conversation-board.ts";
import { createIntake, type IntakeDeps } from "./conversation-intake.service.ts";
import { stepConversation, type ConversationEvent, type ConversationState } from "./conversation.machine.ts";
import { insertMessage, lockConversation, selectConversation, selectConversations, selectLastChange, touchConversation, touchCustomer, updateConversation } from "./conversation.pg.ts";
import { changedWords } from "./conversation.rules.ts";
import { eventOf, placeFor, type EventNow } from "./command.rules.ts";
import type { ConversationChanged, ConversationMissing, ConversationRefused, FieldInvalid } from "./conversations.errors.ts";
import type { Actor, ChangeError, ConversationCommand, Conversations, ConversationSurroundings, Timeline } from "./conversations.ports.ts";

export type ConversationsDeps = Pick<IntakeDeps, "customers" | "newCustomer"> & {
  readonly db: Database;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly surroundings: ConversationSurroundings;
  readonly told: Pick<ConversationListener, "changed">;
};

export function createConversations(deps: ConversationsDeps): Conversations & { /** The time of a snoozed conversation has come. */ readonly wake: (id: ConversationId) => Promise<unknown> } {
  const { db, clock, timeline } = deps;
  const step = createStep(deps);

  const changed = (id: ConversationId, command: ConversationCommand, by: Actor, version?: number): Promise<Result<Stepped, ChangeError>> =>
    step(id, by.name, (now) => eventOf(command, by, now, deps.surroundings), version);
  const addMessage = (id: ConversationId, by: Actor | null, text: string) => reach(() => inTransaction(db, async (trx): Promise<Result<TimelineEntry, ConversationMissing | ConversationRefused>> => {
    const held = await lockConversation(trx, id);
    if (held === null) return err({ type: "conversation-missing", id });
    const { channel, customerId } = held.state;
    if (channel === "voice") return err({ type: "conversation-refused", why: "A voice conversation takes no messages." });
    const message = { id: newId(), conversationId: id, direction: by === null ? "in" as const : "out" as const, author: by?.id ?? null, text: storableText(text), at: clock.now() };
    await insertMessage(trx, message);
    const event: ConversationEvent = by === null
      ? { type: "message-received", ...placeFor(held, deps.surroundings), now: message.at }
      : { type: "message-written", now: message.at };
    await step.within(trx, held.state, event, by?.name ?? null);
    const entry: TimelineEntry = { id: message.id, kind: "message", at: message.at, conversationId: id, channel, direction: message.direction, author: by?.name ?? null, subject: null, text: message.text, delivery: by === null ? "received" : "recorded" };
    await timeline.put(trx, customerId, entry);
    await touchCustomer(trx, customerId, message.at);
    return ok(entry);
  }));

  return {
    list: async (query) => {
      const after = readCursor(query.cursor);
      if (!after.ok) return after;
      const filter = {
        status: query.status ?? null, channel: query.channel ?? null, queueId: query.queueId ?? null, teamId: query.teamId ?? null,
        assignedTo: query.unassigned === true ? "nobody" as const : query.assignedTo ?? null, customerId: query.customerId ?? null,
      };
      const listed = await reach(() => selectConversations(db, filter, after.value, query.limit + 1));
      if (!listed.ok) return listed;
      const page = cutPage(listed.value, query.limit, (c) => ({ at: c.lastActivityAt, id: c.id }));
      return ok({ items: page.rows, nextCursor: page.nextCursor });
    },
    get: async (id) => {
      const found = await reach(() => selectConversation(db, id));
      if (!found.ok) return found;
      return found.value === null ? err({ type: "conversation-missing", id }) : ok(found.value);
    },
    create: createIntake(deps),
    change: async (...asked) => shownAfter(await changed(...asked)),
    changeKeeping: async (...asked) => {
      const done = await changed(...asked);
      if (!done.ok) return done;
      const { before, after } = done.value;
      return ok({ now: shown(after), before: before === after ? null : before });
    },
    take: async (id, user) => {
      const name = deps.surroundings.userName(user);
      if (name === null) return err({ type: "conversation-refused", why: "This user does not work here any more." });
      const taken = await step(id, null, ({ now }) => ok({ type: "routed", user: { id: user, name }, now })) as Result<Stepped, ConversationMissing | ConversationRefused>;
      return shownAfter(taken);
    },
    wake: (id) => step(id, null, ({ now, hasLiveCall }) => ok({ type: "clock-reached", now, hasLiveCall })),
    addMessage: async (id, by, text) => flat(await addMessage(id, by, text)),
    addNote: (customer, by, text) => putNote(deps, by, text, async (trx, at) => ((await touchCustomer(trx, customer, at)) ? { customer, conversation: null } : null), { type: "customer-missing", id: customer }),
    addNoteTo: (id, by, text) => putNote(deps, by, text, async (trx, at) => {
      const customer = await touchConversation(trx, id, at);
      return customer === null ? null : { customer, conversation: id };
    }, { type: "conversation-missing", id }),
  };
}

/** `after` is `before` itself when nothing has changed. */
type Stepped = { readonly before: ConversationState; readonly after: ConversationState };
type Decide = (now: EventNow) => Result<ConversationEvent, FieldInvalid>;

/** Takes one step with a conversation: reads it for update, decides, stores what has become of it, and tells the timeline. */
function createStep({ db, clock, timeline, told }: ConversationsDeps) {
  const within = async (trx: Transaction, state: ConversationState, event: ConversationEvent, by: string | null): Promise<Result<ConversationState, ConversationRefused>> => {
    const next = stepConversation(state, event);
    for (const effect of next.effects) {
      if (effect.do === "refuse") return err({ type: "conversation-refused", why: effect.why });
      await timeline.put(trx, state.customerId, {
        id: newId(), kind: "conversation", at: event.now, conversationId: state.id, change: effect.change, by, ...(effect.detail === null ? {} : { detail: effect.detail }),
      });
    }
    if (next.state === state) return ok(state);
    const stored = await updateConversation(trx, next.state);
    afterCommit(trx, () => told.changed(stored));
    return ok(stored);
  };
  const step = async (id: ConversationId, by: string | null, decide: Decide, version?: number): Promise<Result<Stepped, ChangeError>> => {
    const answer = await reach(() => inTransaction(db, async (trx): Promise<Result<Stepped, ChangeError>> => {
      const held = await lockConversation(trx, id);
      if (held === null) return err({ type: "conversation-missing", id });
      if (version !== undefined && version !== held.state.version) return err(await whatChanged(trx, held.state));
      const event = decide({ now: clock.now(), ...held });
      if (!event.ok) return event;
      const stored = await within(trx, held.state, event.value, by);
      return stored.ok ? ok({ before: held.state, after: stored.value }) : stored;
    }));
    return flat(answer);
  };
  return Object.assign(step, { within });
}

async function whatChanged(trx: Transaction, { customerId, id }: ConversationState): Promise<ConversationChanged> {
  const last = timelineEntry.safeParse(await selectLastChange(trx, customerId, id));
  return { type: "conversation-changed", what: changedWords(last.success && last.data.kind === "conversation" ? last.data : null) };
}

async function putNote<E>(
  { db, clock, timeline }: ConversationsDeps, by: Actor, text: string,
  about: (trx: Transaction, at: TimelineEntry["at"]) => Promise<{ readonly customer: CustomerId; readonly conversation: ConversationId | null } | null>, missing: E,
) {
  const answer = await reach(() => inTransaction(db, async (trx): Promise<Result<TimelineEntry, E>> => {
    const at = clock.now();
    const place = await about(trx, at);
    if (place === null) return err(missing);
    const entry: TimelineEntry = { id: newId(), kind: "note", at, conversationId: place.conversation, author: by.name, text: storableText(text) };
    await timeline.put(trx, place.customer, entry);
    return ok(entry);
  }));
  return flat(answer);
}

/** As it is shown: without what only routing needs. */
function shown(state: ConversationState): Conversation {
  const { priority: _, skills: __, ...conversation } = state;
  return conversation;
}
const shownAfter = <E>(done: Result<Stepped, E>): Result<Conversation, E> => (done.ok ? ok(shown(done.value.after)) : done);
const flat = <T, E, F>(answer: Result<Result<T, E>, F>): Result<T, E | F> => (answer.ok ? answer.value : answer);
