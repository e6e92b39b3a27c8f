import { BEAT_MS, clientMessage, type ClientMessage, type LiveUpdate, type ServerMessage } from "@ringdesk/contract/live";
import type { User } from "@ringdesk/contract/http";
import type { CustomerId, Millis, UserId } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { Live, LiveProviders, Presence } from "./live.ports.ts";
import { createPresenceCount } from "./presence-count.ts";
import { createUpdateLog, type Audience } from "./update-log.ts";

/** Updates kept for browsers that reconnect. */
const KEPT_UPDATES = 5_000;
/** A browser that comes back says what it watches within this time; then what it missed is sent. */
export const WATCH_WAIT_MS = 250;
/** A socket that says no hello within this time is closed. */
const HELLO_WAIT_MS = 5_000;
const MISSED_BEATS = 3;
/** A browser that reads slower than this piles up is dropped; it reconnects and gets what it missed. */
const MAX_BUFFERED_BYTES = 1_048_576;
export const MAX_SOCKETS_PER_USER = 8;
const MAX_MESSAGES_PER_SECOND = 20;

/** Why a socket is closed by us (RFC 6455 §7.4). */
export const closeCodes = { signedOut: 4001, silent: 4002, tooMany: 4003, slow: 1013, refused: 1008, stopping: 1001 } as const;

/** One socket, as the service needs it. `send` after the end does nothing. */
export interface Peer {
  readonly send: (text: string) => void;
  readonly close: (code: number) => void;
  readonly bufferedBytes: () => number;
}
export interface Connection {
  readonly received: (text: string) => void;
  readonly closed: () => void;
}
export interface LiveService extends Live {
  readonly connect: (peer: Peer, session: { readonly sessionId: string; readonly user: User }) => Connection;
  readonly endSession: (sessionId: string) => void;
  readonly sockets: () => number;
  readonly stop: () => void;
}
export interface LiveDeps {
  readonly clock: Clock;
  /** Tells this run of the server apart from others. */
  readonly epoch: string;
  readonly providers: LiveProviders;
  readonly presence: Presence;
}

type Phase = { readonly kind: "silent" } | { readonly kind: "returning"; readonly from: number } | { readonly kind: "live" } | { readonly kind: "over" };
interface Socket {
  readonly peer: Peer;
  readonly sessionId: string;
  readonly user: UserId;
  phase: Phase;
  tab: string;
  desktop: boolean;
  handset: string | null;
  customers: ReadonlySet<CustomerId>;
  missedBeats: number;
  second: { at: Millis; messages: number };
  cancel: () => void;
}

/** Fan-out of updates to sockets, with what a socket missed while it was away. Knows no WebSocket. */
export function createLive(deps: LiveDeps): LiveService {
  const { clock, providers } = deps;
  const log = createUpdateLog(KEPT_UPDATES);
  const presence = createPresenceCount(deps.presence);
  const sockets = new Set<Socket>();
  const ofUser = new Map<UserId, Set<Socket>>();
  const ofCustomer = new Map<CustomerId, Set<Socket>>();

  const after = (ms: number, run: () => void): (() => void) => clock.at((clock.now() + ms) as Millis, run);
  const tell = (socket: Socket, message: ServerMessage): void => sendText(socket, JSON.stringify(message));
  const sendText = (socket: Socket, text: string): void => {
    if (socket.phase.kind === "over") return;
    if (socket.peer.bufferedBytes() > MAX_BUFFERED_BYTES) return end(socket, closeCodes.slow);
    socket.peer.send(text);
  };
  const state = (socket: Socket, update: LiveUpdate): void => tell(socket, { type: "update", seq: log.pass(), update });

  function publish(audience: Audience, update: LiveUpdate): void {
    const lasting = update.type === "timeline" || update.type === "notice";
    const seq = lasting ? log.keep(audience, update) : log.pass();
    let text: string | null = null;
    for (const socket of listeners(audience)) {
      if (socket.phase.kind !== "live" || !concerns(socket, audience)) continue;
      text ??= JSON.stringify({ type: "update", seq, update } satisfies ServerMessage);
      sendText(socket, text);
    }
  }
  const listeners = (audience: Audience): Iterable<Socket> => {
    switch (audience.to) {
      case "all": case "handset": return sockets;
      case "user": return ofUser.get(audience.user) ?? [];
      case "customer": return ofCustomer.get(audience.customer) ?? [];
    }
  };

  function hello(socket: Socket, { seen, tab }: Extract<ClientMessage, { type: "hello" }>): void {
    if (socket.phase.kind !== "silent") return;
    socket.cancel();
    socket.tab = tab;
    const returns = seen !== null && seen.epoch === deps.epoch && log.covers(seen.seq);
    tell(socket, { type: "welcome", epoch: deps.epoch, seq: log.seq(), reset: !returns });
    if (!returns) return goLive(socket, null);
    socket.phase = { kind: "returning", from: seen.seq };
    socket.cancel = after(WATCH_WAIT_MS, () => goLive(socket, seen.seq));
  }

  /** Sends what was missed since `from`, in order, then how things stand now. */
  function goLive(socket: Socket, from: number | null): void {
    socket.cancel();
    socket.phase = { kind: "live" };
    const missed = from === null ? [] : log.since(from);
    for (const { seq, audience, update } of missed) if (concerns(socket, audience)) tell(socket, { type: "update", seq, update });
    state(socket, { type: "desk", desk: providers.deskOf(socket.user) });
    state(socket, { type: "queues", items: [...providers.queueLines()] });
    tellHandset(socket);
  }
  const tellHandset = (socket: Socket): void => {
    const handset = socket.handset === null ? null : providers.handsetOf(socket.handset);
    if (handset !== null && socket.phase.kind === "live") state(socket, { type: "handset", handset });
  };

  function watch(socket: Socket, message: Extract<ClientMessage, { type: "watch" }>): void {
    if (socket.phase.kind === "silent") return;
    for (const customer of socket.customers) forget(ofCustomer, customer, socket);
    socket.customers = new Set(message.customers);
    for (const customer of socket.customers) remember(ofCustomer, customer, socket);
    if (message.handset !== socket.handset) {
      if (socket.handset !== null) presence.handset(socket.handset, socket.tab, -1);
      socket.handset = message.handset;
      if (socket.handset !== null) presence.handset(socket.handset, socket.tab, 1);
      tellHandset(socket);
    }
    if (socket.phase.kind === "returning") goLive(socket, socket.phase.from);
  }

  function setDesktop(socket: Socket, open: boolean): void {
    if (socket.phase.kind === "silent" || socket.desktop === open) return;
    socket.desktop = open;
    presence.desktop(socket.user, socket.tab, open ? 1 : -1);
  }

  function received(socket: Socket, text: string): void {
    if (socket.phase.kind === "over") return;
    socket.missedBeats = 0;
    const now = clock.now();
    if (now - socket.second.at >= 1_000) socket.second = { at: now, messages: 0 };
    socket.second.messages += 1;
    const message = socket.second.messages > MAX_MESSAGES_PER_SECOND ? null : parse(text);
    if (message === null) return end(socket, closeCodes.refused);
    switch (message.type) {
      case "hello": return hello(socket, message);
      case "watch": return watch(socket, message);
      case "desktop": return setDesktop(socket, message.open);
      case "alive": return undefined;
    }
  }

  function end(socket: Socket, code: number | null): void {
    if (socket.phase.kind === "over") return;
    const { handset, tab, user } = socket;
    socket.phase = { kind: "over" };
    socket.cancel();
    sockets.delete(socket);
    forget(ofUser, user, socket);
    for (const customer of socket.customers) forget(ofCustomer, customer, socket);
    if (code !== null) socket.peer.close(code);
    if (socket.desktop) presence.desktop(user, tab, -1);
    if (handset !== null) presence.handset(handset, tab, -1);
  }

  function beat(): void {
    for (const socket of [...sockets]) {
      if (socket.missedBeats >= MISSED_BEATS) {
        end(socket, closeCodes.silent);
        continue;
      }
      socket.missedBeats += 1;
      tell(socket, { type: "beat" });
    }
    stopBeat = after(BEAT_MS, beat);
  }
  let stopBeat = after(BEAT_MS, beat);

  function connect(peer: Peer, session: { readonly sessionId: string; readonly user: User }): Connection {
    const user = session.user.id;
    const theirs = ofUser.get(user);
    if (theirs !== undefined && theirs.size >= MAX_SOCKETS_PER_USER) for (const oldest of [...theirs].slice(0, 1)) end(oldest, closeCodes.tooMany);
    const socket: Socket = {
      peer, sessionId: session.sessionId, user, phase: { kind: "silent" }, tab: "", desktop: false, handset: null, customers: new Set(),
      missedBeats: 0, second: { at: clock.now(), messages: 0 }, cancel: () => undefined,
    };
    socket.cancel = after(HELLO_WAIT_MS, () => end(socket, closeCodes.refused));
    sockets.add(socket);
    remember(ofUser, user, socket);
    return { received: (text) => received(socket, text), closed: () => end(socket, null) };
  }

  return {
    publishTo: (user, update) => publish({ to: "user", user }, update),
    publishAll: (update) => publish({ to: "all" }, update),
    publishCustomer: (customer, update) => publish({ to: "customer", customer }, update),
    publishHandset: (handset, now) => publish({ to: "handset", handset }, { type: "handset", handset: now }),
    connect,
    endSession: (sessionId) => {
      for (const socket of [...sockets].filter((each) => each.sessionId === sessionId)) {
        tell(socket, { type: "signed-out" });
        end(socket, closeCodes.signedOut);
      }
    },
    sockets: () => sockets.size,
    stop: () => {
      stopBeat();
      for (const socket of [...sockets]) end(socket, closeCodes.stopping);
    },
  };
}

function parse(text: string): ClientMessage | null {
  try {
    return clientMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function concerns(socket: Socket, audience: Audience): boolean {
  switch (audience.to) {
    case "all": return true;
    case "user": return socket.user === audience.user;
    case "customer": return socket.customers.has(audience.customer);
    case "handset": return socket.handset === audience.handset;
  }
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
