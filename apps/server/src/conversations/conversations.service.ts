import { err, ok, type ConversationId } from "@ringdesk/std";
import type { ConversationStatus, TimelineEntry } from "@ringdesk/contract/http";
import { cutPage, readCursor, storableText } from "../customers/index.ts";
import { newId, type Clock } from "../kernel/index.ts";
import { inTransaction, reach, type Database } from "../platform/index.ts";
import { changeStatus, selectConversation, selectConversations, touchCustomer } from "./conversation.pg.ts";
import type { Actor, Conversations, Timeline } from "./conversations.ports.ts";

export type ConversationsDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly timeline: Timeline;
  /** Told when an agent has marked a conversation done or opened it again. */
  readonly statusChanged: (id: ConversationId) => void;
};

export function createConversations(deps: ConversationsDeps): Conversations {
  const { db, clock, timeline } = deps;

  const become = async (id: ConversationId, status: ConversationStatus, change: "done" | "reopened", by: Actor) => {
    const answer = await reach(() => inTransaction(db, async (trx) => {
      const at = clock.now();
      const changed = await changeStatus(trx, id, status, at);
      if (changed === null) return selectConversation(trx, id);
      await timeline.put(trx, changed.customerId, { id: newId(), kind: "conversation", at, conversationId: id, change, by: by.name });
      return changed;
    }));
    if (!answer.ok) return answer;
    if (answer.value === null) return err({ type: "conversation-missing" as const, id });
    deps.statusChanged(id);
    return ok(answer.value);
  };

  return {
    list: async (query) => {
      const after = readCursor(query.cursor);
      if (!after.ok) return after;
      const filter = { status: query.status ?? null, assignedTo: query.assignedTo ?? null, customerId: query.customerId ?? null };
      const listed = await reach(() => selectConversations(db, filter, after.value, query.limit + 1));
      if (!listed.ok) return listed;
      const page = cutPage(listed.value, query.limit, (c) => ({ at: c.lastActivityAt, id: c.id }));
      return ok({ items: page.rows, nextCursor: page.nextCursor });
    },
    markDone: (id, by) => become(id, "done", "done", by),
    reopen: (id, by) => become(id, "open", "reopened", by),
    addNote: async (customer, by, text) => {
      const entry: TimelineEntry = { id: newId(), kind: "note", at: clock.now(), conversationId: null, author: by.name, text: storableText(text) };
      const answer = await reach(() => inTransaction(db, async (trx) => {
        if (!await touchCustomer(trx, customer, entry.at)) return false;
        await timeline.put(trx, customer, entry);
        return true;
      }));
      if (!answer.ok) return answer;
      return answer.value ? ok(entry) : err({ type: "customer-missing", id: customer });
    },
  };
}
