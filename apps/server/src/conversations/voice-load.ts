// Which agents have an open voice conversation (CAP-1), in memory: routing asks at every call.
import type { ConversationId, UserId } from "@ringdesk/std";
import type { FactLog, StoredFact } from "../facts/index.ts";
import type { Database } from "../platform/index.ts";
import { selectAssignedVoice, selectConversation } from "./conversation.pg.ts";
import { callNews, isCallNews, statusAfterCall } from "./conversation.rules.ts";

/** CAP-1: voice conversations that one agent can have open. */
export const VOICE_CAPACITY = 1;

export type VoiceLoad = {
  /** Whether the open voice conversations assigned to this agent fill the capacity. */
  readonly isFull: (user: UserId) => boolean;
  readonly onChanged: (listen: (user: UserId) => void) => () => void;
  /** To be called when an agent has marked a conversation done or reopened it. */
  readonly statusChanged: (id: ConversationId) => void;
};

/** Reads what is open now and follows the facts from then on. Rejects while the database is away. */
export async function createVoiceLoad(deps: { readonly db: Database; readonly facts: FactLog; readonly failed: (error: unknown) => void }): Promise<VoiceLoad> {
  const ownerOf = new Map<ConversationId, UserId>();
  const counts = new Map<UserId, number>();
  const listeners = new Set<(user: UserId) => void>();

  const give = (id: ConversationId, to: UserId | null): void => {
    const from = ownerOf.get(id) ?? null;
    if (from === to) return;
    if (to === null) ownerOf.delete(id);
    else ownerOf.set(id, to);
    for (const [user, change] of [[from, -1], [to, 1]] as const) {
      if (user === null) continue;
      counts.set(user, (counts.get(user) ?? 0) + change);
      for (const listen of listeners) listen(user);
    }
  };
  const follow = (fact: StoredFact): void => {
    if (!isCallNews(fact.type)) return;
    const news = callNews.safeParse(fact);
    if (!news.success || news.data.data.conversationId === null) return;
    const { type, data } = news.data;
    const id = data.conversationId as ConversationId;
    if ((type === "call.identified" || type === "call.assigned") && data.userId !== null) give(id, data.userId);
    if (type === "call.ended" && statusAfterCall(data.outcome) !== null) give(id, null);
  };
  const read = async (id: ConversationId): Promise<void> => {
    const c = await selectConversation(deps.db, id);
    give(id, c !== null && c.channel === "voice" && c.status === "open" ? c.assignedTo : null);
  };

  deps.facts.onAppended(follow);
  for (const { id, user } of await selectAssignedVoice(deps.db)) give(id, user);
  return {
    isFull: (user) => (counts.get(user) ?? 0) >= VOICE_CAPACITY,
    onChanged: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    statusChanged: (id) => { read(id).catch(deps.failed); },
  };
}
