// Conversations follow from the facts of calls: opened when the caller is identified, queued, assigned, left behind.
import type { CustomerId, Millis, QueueId } from "@ringdesk/std";
import type { TimelineEntry } from "@ringdesk/contract/http";
import type { Projection, StoredFact, Transaction } from "../facts/index.ts";
import { afterCommit } from "../platform/index.ts";
import type { ConversationListener } from "./conversation-board.ts";
import type { ConversationState } from "./conversation.machine.ts";
import { assign, keepEnding, leaveInWrapUp, nameOfUser, noteActivity, openVoiceConversation, placeInQueue, takeEnding, touchConversation } from "./conversation.pg.ts";
import { callNews, isCallNews, statusAfterCall, type NewsOf } from "./conversation.rules.ts";
import type { Timeline } from "./conversations.ports.ts";

type ConversationChange = Extract<TimelineEntry, { kind: "conversation" }>;
/** One fact as the projection works on it. */
type At = { readonly trx: Transaction; readonly fact: StoredFact; readonly call: string };

/** `told` hears of every conversation that has changed, and which facts are in, when their transaction has committed. */
export function conversationsProjection(timeline: Timeline, told: ConversationListener): Projection {
  const tell = ({ trx }: At, state: ConversationState | null): void => { if (state !== null) afterCommit(trx, () => told.changed(state)); };
  const note = (at: At, customer: CustomerId, change: Pick<ConversationChange, "conversationId" | "change" | "by">, when: Millis = at.fact.at): Promise<void> =>
    // The id follows from the fact, so that a fact that is applied again after a crash writes the same entry.
    timeline.put(at.trx, customer, { id: `${at.call}-${at.fact.seq}-${change.change}`, kind: "conversation", at: when, ...change });

  const leaveBehind = async (at: At, conversationId: ConversationChange["conversationId"], outcome: string): Promise<void> => {
    if (statusAfterCall(outcome) !== "wrap-up") return noteActivity(at.trx, conversationId, at.fact.at);
    const customer = await touchConversation(at.trx, conversationId, at.fact.at);
    if (customer === null) return;
    const changed = await leaveInWrapUp(at.trx, conversationId, at.fact.at);
    tell(at, changed);
    if (changed !== null) await note(at, customer, { conversationId, change: "wrap-up", by: null });
  };
  const identified = async (at: At, { data }: NewsOf<"call.identified">): Promise<void> => {
    const { conversationId, customerId, queueId, userId: assignedTo, supportNumber } = data;
    const { made, state } = await openVoiceConversation(at.trx, { id: conversationId, customerId, queueId, assignedTo, supportNumber, at: at.fact.at });
    tell(at, state);
    if (made) await note(at, customerId, { conversationId, change: "created", by: assignedTo === null ? null : await nameOfUser(at.trx, assignedTo) });
    const outcome = await takeEnding(at.trx, at.call); // the database was away while the call went on
    if (outcome !== null) await leaveBehind(at, conversationId, outcome);
  };
  const queued = (at: At, conversationId: ConversationChange["conversationId"], queueId: QueueId): Promise<void> => {
    let placed: ConversationState | null = null;
    afterCommit(at.trx, () => { if (placed !== null) told.changed(placed); });
    return placeInQueue(at.trx, conversationId, queueId, at.fact.at, (state) => { placed = state; });
  };
  const assigned = async (at: At, { data }: NewsOf<"call.assigned">): Promise<void> => {
    if (data.conversationId === null) return; // identified later, then with this agent
    const state = await assign(at.trx, data.conversationId, data.userId, at.fact.at);
    tell(at, state);
    if (state !== null) await note(at, state.customerId, { conversationId: data.conversationId, change: "assigned", by: data.name });
  };

  return {
    name: "conversations",
    kinds: ["call"],
    apply: async (trx, fact) => {
      if (!isCallNews(fact.type)) return;
      const news = callNews.parse(fact);
      const at: At = { trx, fact, call: fact.stream.slice("call:".length) };
      afterCommit(trx, () => told.applied(fact));
      switch (news.type) {
        case "call.identified": return identified(at, news);
        case "call.queued":
          return news.data.conversationId === null ? undefined : queued(at, news.data.conversationId, news.data.queueId);
        case "call.assigned": return assigned(at, news);
        case "call.ended":
          return news.data.conversationId === null ? keepEnding(trx, at.call, news.data.outcome) : leaveBehind(at, news.data.conversationId, news.data.outcome);
      }
    },
  };
}
