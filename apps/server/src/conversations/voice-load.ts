// Which agents have an open voice conversation (CAP-1), in memory: routing asks at every call.
import type { ConversationId, UserId } from "@ringdesk/std";
import type { FactLog, StoredFact } from "../facts/index.ts";
import type { Database } from "../platform/index.ts";
import { selectAssignedVoice, selectConversation, selectFace, type Face } from "./conversation.pg.ts";
import { callNews, isCallNews, statusAfterCall } from "./conversation.rules.ts";

/** CAP-1: voice conversations that one agent can have open. */
export const VOICE_CAPACITY = 1;

export type VoiceLoad = {
  /** Whether the open voice conversations assigned to this agent fill the capacity. */
  readonly isFull: (user: UserId) => boolean;
  /** One of them; null when there is none, or it is not yet known with whom. */
  readonly openOf: (user: UserId) => Face | null;
  readonly onChanged: (listen: (user: UserId) => void) => () => void;
  /** To be called when an agent has marked a conversation done or reopened it. */
  readonly statusChanged: (id: ConversationId) => void;
};

/** Reads what is open now and follows the facts from then on. Rejects while the database is away. */
export async function createVoiceLoad(deps: { readonly db: Database; readonly facts: FactLog; readonly failed: (error: unknown) => void }): Promise<VoiceLoad> {
  const open = createOpenConversations();
  /** With whom it is. Only a face: whose it is the facts say, which may be ahead of the tables. */
  const describe = (id: ConversationId): void => {
    selectFace(deps.db, id).then((face) => { if (face !== null) open.describe(face); }).catch(deps.failed);
  };
  const follow = (fact: StoredFact): void => {
    if (!isCallNews(fact.type)) return;
    const news = callNews.safeParse(fact);
    if (!news.success || news.data.data.conversationId === null) return;
    const { type, data } = news.data;
    const id = data.conversationId as ConversationId;
    if ((type === "call.identified" || type === "call.assigned") && data.userId !== null) open.give(id, data.userId);
    if (type === "call.ended" && statusAfterCall(data.outcome) !== null) open.give(id, null);
    // Once more at the end: the agent may have given the customer a name meanwhile.
    if (type !== "call.queued" && open.has(id)) describe(id);
  };
  const read = async (id: ConversationId): Promise<void> => {
    const c = await selectConversation(deps.db, id);
    open.give(id, c !== null && c.channel === "voice" && c.status === "open" ? c.assignedTo : null);
    if (open.has(id)) describe(id);
  };

  deps.facts.onAppended(follow);
  for (const { face, user } of await selectAssignedVoice(deps.db)) {
    open.give(face.id, user);
    open.describe(face);
  }
  return {
    isFull: (user) => open.of(user).size >= VOICE_CAPACITY,
    openOf: (user) => [...open.of(user).values()].find((face) => face !== null) ?? null,
    onChanged: open.onChanged,
    statusChanged: (id) => { read(id).catch(deps.failed); },
  };
}

const none: ReadonlyMap<ConversationId, Face | null> = new Map();

/** The open conversations by their owner. */
function createOpenConversations() {
  const ownerOf = new Map<ConversationId, UserId>();
  const ofOwner = new Map<UserId, Map<ConversationId, Face | null>>();
  const listeners = new Set<(user: UserId) => void>();
  const tell = (user: UserId): void => { for (const listen of listeners) listen(user); };
  const take = (id: ConversationId, from: UserId): void => {
    const theirs = ofOwner.get(from);
    theirs?.delete(id);
    if (theirs?.size === 0) ofOwner.delete(from);
    ownerOf.delete(id);
    tell(from);
  };
  return {
    has: (id: ConversationId): boolean => ownerOf.has(id),
    of: (user: UserId): ReadonlyMap<ConversationId, Face | null> => ofOwner.get(user) ?? none,
    give: (id: ConversationId, to: UserId | null): void => {
      const from = ownerOf.get(id) ?? null;
      if (from === to) return;
      if (from !== null) take(id, from);
      if (to === null) return;
      ownerOf.set(id, to);
      ofOwner.set(to, (ofOwner.get(to) ?? new Map<ConversationId, Face | null>()).set(id, null));
      tell(to);
    },
    describe: (face: Face): void => {
      const owner = ownerOf.get(face.id);
      if (owner === undefined) return;
      ofOwner.get(owner)?.set(face.id, face);
      tell(owner);
    },
    onChanged: (listen: (user: UserId) => void) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
  };
}
