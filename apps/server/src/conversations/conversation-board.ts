// What agents have open and what waits to be routed, in memory. It follows the table, and the facts of calls while these are
// ahead of the table because the database is away.
import type { ConversationId, UserId } from "@ringdesk/std";
import type { FactLog, StoredFact } from "../facts/index.ts";
import type { Database } from "../platform/index.ts";
import { selectAtWork, selectFace } from "./conversation.pg.ts";
import type { ConversationState } from "./conversation.machine.ts";
import { callNews, isCallNews, ownerAfter } from "./conversation.rules.ts";
import type { Load, WaitingChange, WaitingConversation, WaitingConversations } from "./conversations.ports.ts";
import { createLoadIndex } from "./load-index.ts";

/** Versions remembered of conversations that are nobody's, against news that comes late. */
const REMEMBERED = 10_000;

/** What the projection and the service tell after each commit. */
export type ConversationListener = {
  readonly changed: (state: ConversationState) => void;
  /** A fact of a call is in the table now. */
  readonly applied: (fact: StoredFact) => void;
};
export type ConversationBoard = ConversationListener & {
  readonly load: Load;
  readonly waiting: WaitingConversations;
  /** Reads what is open now and follows the facts from then on. Rejects while the database is away. */
  readonly start: (deps: { readonly db: Database; readonly facts: FactLog; readonly failed: (error: unknown) => void }) => Promise<void>;
};

/** A fact that is not in the table yet, and whose it makes the conversation. */
type Ahead = { readonly fact: string; readonly owner: UserId | null };
/** What the table says, and what facts say beyond it. */
type Known = { version: number; owner: UserId | null; channel: ConversationState["channel"]; ahead: readonly Ahead[] };

export function createConversationBoard(): ConversationBoard {
  const changes = createListeners<UserId>();
  const index = createLoadIndex(changes.tell);
  const line = createLine();
  const known = new Map<ConversationId, Known>();
  /** Facts that came into the table before their listeners heard of them. */
  const early = new Set<string>();
  const versions = createVersions();
  let describe: (id: ConversationId) => void = () => {};

  const settle = (id: ConversationId, now: Known): void => {
    const last = now.ahead.at(-1);
    if (now.owner !== null || last !== undefined) known.set(id, now);
    else {
      known.delete(id);
      versions.put(id, now.version);
    }
    const before = index.ownerOf(id);
    index.give(id, now.channel, last === undefined ? now.owner : last.owner);
    if (now.channel === "voice" && index.ownerOf(id) !== null && index.ownerOf(id) !== before) describe(id);
  };
  const changed = (state: ConversationState): void => {
    const { id, channel, version } = state;
    const now = known.get(id) ?? { version: versions.of(id), owner: null, channel, ahead: [] };
    if (version < now.version) return;
    now.version = version;
    now.owner = state.status === "open" ? state.assignedTo : null;
    settle(id, now);
    const customer = index.customerOf(id);
    if (customer !== null && customer !== state.customerId) describe(id); // merged
    line.put(state);
  };
  const follow = (fact: StoredFact): void => {
    if (!isCallNews(fact.type) || early.delete(keyOf(fact))) return followed(fact);
    const news = callNews.safeParse(fact);
    const told = news.success ? ownerAfter(news.data) : null;
    if (told === null) return;
    const now = known.get(told.id) ?? { version: versions.of(told.id), owner: null, channel: "voice", ahead: [] };
    now.ahead = [...now.ahead, { fact: keyOf(fact), owner: told.owner }];
    settle(told.id, now);
  };
  /** Once more at the end of a call: the agent may have given the customer a name meanwhile. */
  const followed = (fact: StoredFact): void => {
    if (fact.type !== "call.ended") return;
    const news = callNews.safeParse(fact);
    const id = news.success ? news.data.data.conversationId : null;
    if (id !== null && index.ownerOf(id as ConversationId) !== null) describe(id as ConversationId);
  };
  const applied = (fact: StoredFact): void => {
    const news = callNews.safeParse(fact);
    const id = news.success ? (news.data.data.conversationId as ConversationId | null) : null;
    const now = id === null ? undefined : known.get(id);
    const key = keyOf(fact);
    if (now?.ahead.some((each) => each.fact === key) !== true) return void early.add(key);
    now.ahead = now.ahead.filter((each) => each.fact !== key);
    if (id === null) return;
    settle(id, now);
    if (index.ownerOf(id) !== null) describe(id); // while the database was away nobody could say with whom it is
  };
  return {
    changed, applied, waiting: line.waiting,
    load: { of: index.of, openVoiceOf: index.openVoiceOf, onChanged: changes.listen },
    start: async ({ db, facts, failed }) => {
      describe = (id) => { selectFace(db, id).then((face) => { if (face !== null) index.describe(face); }).catch(failed); };
      early.clear();
      facts.onAppended(follow);
      for (const { state, face } of await selectAtWork(db)) {
        changed(state);
        index.describe(face);
      }
    },
  };
}

/** The last versions of conversations that are nobody's. */
function createVersions() {
  const versions = new Map<ConversationId, number>();
  return {
    of: (id: ConversationId): number => versions.get(id) ?? 0,
    put: (id: ConversationId, version: number): void => {
      versions.delete(id); // to the end of the map: the oldest go first
      versions.set(id, version);
      const [oldest] = versions.keys();
      if (versions.size > REMEMBERED && oldest !== undefined) versions.delete(oldest);
    },
  };
}

const keyOf = ({ stream, seq }: StoredFact): string => `${stream}/${seq}`;

function createListeners<T>() {
  const listeners = new Set<(news: T) => void>();
  return {
    tell: (news: T): void => { for (const listen of listeners) listen(news); },
    listen: (listen: (news: T) => void) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
  };
}

/** What waits to be routed. */
function createLine() {
  const waiting = new Map<ConversationId, WaitingConversation>();
  const changes = createListeners<WaitingChange>();
  return {
    waiting: { all: () => [...waiting.values()], onChanged: changes.listen } satisfies WaitingConversations,
    put: ({ id, customerId, queueId, channel, priority, skills, waitingSince }: ConversationState): void => {
      if (waitingSince === null || queueId === null) {
        if (waiting.delete(id)) changes.tell({ type: "gone", id });
        return;
      }
      const before = waiting.get(id);
      const conversation: WaitingConversation = { conversationId: id, customerId, queueId, channel, priority, skills, since: waitingSince };
      waiting.set(id, conversation);
      if (before?.queueId === queueId && before.priority === priority && before.since === waitingSince) return;
      changes.tell({ type: "waiting", conversation });
    },
  };
}
