import type { CustomerId, Millis, UserId } from "@ringdesk/std";
import type { LiveTopic } from "@ringdesk/contract/live";
import type { Audience } from "./update-log.ts";

/** One socket, as the service needs it. `send` after the end does nothing. */
export interface Peer {
  readonly send: (text: string) => void;
  readonly close: (code: number) => void;
  readonly bufferedBytes: () => number;
}

/** Where a socket stands. `returning`: it has said since when it missed updates, and may still say what it watches. */
export type Phase = { readonly kind: "silent" } | { readonly kind: "returning"; readonly from: number } | { readonly kind: "live" } | { readonly kind: "over" };

/** One browser's socket with what is known of it. */
export interface Socket {
  readonly peer: Peer;
  readonly sessionId: string;
  readonly user: UserId;
  phase: Phase;
  tab: string;
  desktop: boolean;
  handset: string | null;
  topics: ReadonlySet<LiveTopic>;
  customers: ReadonlySet<CustomerId>;
  missedBeats: number;
  /** Messages within the current second. */
  second: { at: Millis; messages: number };
  /** Calls off the timer that runs for the phase. */
  cancel: () => void;
}

export interface SocketIndex {
  readonly add: (socket: Socket) => void;
  readonly remove: (socket: Socket) => void;
  readonly watch: (socket: Socket, customers: ReadonlySet<CustomerId>) => void;
  readonly watchTopics: (socket: Socket, topics: ReadonlySet<LiveTopic>) => void;
  readonly isWatched: (topic: LiveTopic) => boolean;
  readonly ofUser: (user: UserId) => readonly Socket[];
  /** Those that may concern an audience, without looking at all sockets where it need not be. */
  readonly listeners: (audience: Audience) => Iterable<Socket>;
  /** A copy: sockets may end while it is walked. */
  readonly all: () => readonly Socket[];
  readonly size: () => number;
}

/** The sockets by user and by watched customer. */
export function createSocketIndex(): SocketIndex {
  const sockets = new Set<Socket>();
  const byUser = new Map<UserId, Set<Socket>>();
  const byCustomer = new Map<CustomerId, Set<Socket>>();
  const byTopic = new Map<LiveTopic, Set<Socket>>();
  return {
    add: (socket) => {
      sockets.add(socket);
      remember(byUser, socket.user, socket);
    },
    remove: (socket) => {
      sockets.delete(socket);
      forget(byUser, socket.user, socket);
      for (const customer of socket.customers) forget(byCustomer, customer, socket);
      for (const topic of socket.topics) forget(byTopic, topic, socket);
    },
    watch: (socket, customers) => {
      for (const customer of socket.customers) forget(byCustomer, customer, socket);
      socket.customers = customers;
      for (const customer of customers) remember(byCustomer, customer, socket);
    },
    watchTopics: (socket, topics) => {
      for (const topic of socket.topics) forget(byTopic, topic, socket);
      socket.topics = topics;
      for (const topic of topics) remember(byTopic, topic, socket);
    },
    isWatched: (topic) => byTopic.has(topic),
    ofUser: (user) => [...(byUser.get(user) ?? [])],
    listeners: (audience) => {
      switch (audience.to) {
        case "all": case "handset": return sockets;
        case "user": return byUser.get(audience.user) ?? [];
        case "customer": return byCustomer.get(audience.customer) ?? [];
        case "topic": return byTopic.get(audience.topic) ?? [];
      }
    },
    all: () => [...sockets],
    size: () => sockets.size,
  };
}

function remember<K>(index: Map<K, Set<Socket>>, key: K, socket: Socket): void {
  const set = index.get(key);
  if (set === undefined) index.set(key, new Set([socket]));
  else set.add(socket);
}

function forget<K>(index: Map<K, Set<Socket>>, key: K, socket: Socket): void {
  const set = index.get(key);
  set?.delete(socket);
  if (set?.size === 0) index.delete(key);
}
