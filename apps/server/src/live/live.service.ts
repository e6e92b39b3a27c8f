import { BEAT_MS, clientMessage, type CallLevels, type ClientMessage, type LiveTopic, type LiveUpdate, type ServerMessage } from "@ringdesk/contract/live";
import type { User } from "@ringdesk/contract/http";
import { addMs, type UserId } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { Live, LiveProviders, Presence } from "./live.ports.ts";
import { countedTopics, createPresenceCount, type PresenceCount } from "./presence-count.ts";
import { createSocketIndex, type Peer, type Socket, type SocketIndex } from "./socket-index.ts";
import { createTurns, type Pace } from "./turns.ts";
import { createUpdateLog, type Audience, type UpdateLog } from "./update-log.ts";

/** Updates kept for browsers that reconnect. */
const KEPT_UPDATES = 5_000;
/** A browser that comes back says what it watches within this time; then what it missed is sent. */
export const WATCH_WAIT_MS = 250;
/** A socket that says no hello within this time is closed. */
const HELLO_WAIT_MS = 5_000;
const MISSED_BEATS = 3;
/** State for everybody goes out by turns: a thousand sockets take a third of a second, and no call waits for them. */
const TO_ALL: Pace = { sockets: 50, everyMs: 20 };
/** What makes pages ask the server is told to fifty a second. */
const TO_WHO_ASKS: Pace = { sockets: 5, everyMs: 100 };
/** Beats are spread over half of their time, however many sockets there are. */
const BEAT_TURNS = 25, MIN_BEATS_AT_ONCE = 20;
/** A browser that reads slower than this piles up is dropped; it reconnects and gets what it missed. */
const MAX_BUFFERED_BYTES = 1_048_576;
/** Levels are the first to be left out. */
const MAX_BUFFERED_FOR_LEVELS_BYTES = 4_096;
export const MAX_SOCKETS_PER_USER = 8;
const MAX_MESSAGES_PER_SECOND = 20;

/** Why a socket is closed by us (RFC 6455 §7.4). */
export const closeCodes = { signedOut: 4001, silent: 4002, tooMany: 4003, slow: 1013, refused: 1008, stopping: 1001 } as const;

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

/** Fan-out of updates to sockets, with what a socket missed while it was away. Knows no WebSocket. */
export function createLive(deps: LiveDeps): LiveService {
  const room: Room = { deps, log: createUpdateLog(KEPT_UPDATES), presence: createPresenceCount(deps.presence), index: createSocketIndex() };
  const { index } = room;
  const tellLive = (socket: Socket, update: LiveUpdate): void => { if (socket.phase.kind === "live") tellState(room, socket, update); };
  const [toAll, toWhoAsks] = [createTurns(deps.clock, TO_ALL, tellLive), createTurns(deps.clock, TO_WHO_ASKS, tellLive)];
  const stopBeats = startBeats(room);
  return {
    publishTo: (user, update) => publish(room, { to: "user", user }, update),
    publishAll: (update) => (isLasting(update) ? publish(room, { to: "all" }, update) : toAll.tell(index.all(), update)),
    publishCustomer: (customer, update) => publish(room, { to: "customer", customer }, update),
    publishTopic: (topic, update) => publish(room, { to: "topic", topic }, update),
    publishTopicByTurns: (topic, update) => toWhoAsks.tell(index.listeners({ to: "topic", topic }), update),
    publishLevels: (user, levels) => publishLevels(room, user, levels),
    isWatched: index.isWatched,
    publishHandset: (handset, now) => publish(room, { to: "handset", handset }, { type: "handset", handset: now }),
    connect: (peer, session) => connect(room, peer, session),
    endSession: (sessionId) => {
      for (const socket of index.all()) {
        if (socket.sessionId !== sessionId) continue;
        tell(room, socket, { type: "signed-out" });
        end(room, socket, closeCodes.signedOut);
      }
    },
    sockets: index.size,
    stop: () => {
      for (const stop of [stopBeats, toAll.stop, toWhoAsks.stop]) stop();
      for (const socket of index.all()) end(room, socket, closeCodes.stopping);
    },
  };
}

/** What the functions below share. */
interface Room { readonly deps: LiveDeps; readonly log: UpdateLog; readonly presence: PresenceCount; readonly index: SocketIndex }

const after = ({ deps: { clock } }: Room, ms: number, run: () => void): (() => void) => clock.at(addMs(clock.now(), ms), run);

function connect(room: Room, peer: Peer, session: { readonly sessionId: string; readonly user: User }): Connection {
  const user = session.user.id;
  const [oldest, ...others] = room.index.ofUser(user);
  if (oldest !== undefined && others.length + 1 >= MAX_SOCKETS_PER_USER) end(room, oldest, closeCodes.tooMany);
  const socket: Socket = {
    peer, sessionId: session.sessionId, user, phase: { kind: "silent" }, tab: "", desktop: false, handset: null, topics: new Set(), customers: new Set(),
    missedBeats: 0, second: { at: room.deps.clock.now(), messages: 0 }, cancel: () => undefined,
  };
  socket.cancel = after(room, HELLO_WAIT_MS, () => end(room, socket, closeCodes.refused));
  room.index.add(socket);
  return { received: (text) => received(room, socket, text), closed: () => end(room, socket, null) };
}

/** Kept for browsers that were away. The rest is state, and told anew to whoever connects. */
const isLasting = ({ type }: LiveUpdate): boolean => type === "timeline" || type === "notice";

function publish(room: Room, audience: Audience, update: LiveUpdate): void {
  const seq = isLasting(update) ? room.log.keep(audience, update) : room.log.pass();
  let text: string | null = null;
  for (const socket of room.index.listeners(audience)) {
    if (socket.phase.kind !== "live" || !concerns(socket, audience, room.deps.providers)) continue;
    text ??= JSON.stringify({ type: "update", seq, update } satisfies ServerMessage);
    sendText(room, socket, text);
  }
}

function publishLevels(room: Room, user: UserId, levels: CallLevels): void {
  const text = JSON.stringify({ type: "levels", ...levels } satisfies ServerMessage);
  for (const socket of room.index.ofUser(user)) {
    if (socket.phase.kind === "live" && socket.topics.has("levels") && socket.peer.bufferedBytes() <= MAX_BUFFERED_FOR_LEVELS_BYTES) socket.peer.send(text);
  }
}

const tell = (room: Room, socket: Socket, message: ServerMessage): void => sendText(room, socket, JSON.stringify(message));
const tellState = (room: Room, socket: Socket, update: LiveUpdate): void => tell(room, socket, { type: "update", seq: room.log.pass(), update });

function sendText(room: Room, socket: Socket, text: string): void {
  if (socket.phase.kind === "over") return;
  if (socket.peer.bufferedBytes() > MAX_BUFFERED_BYTES) end(room, socket, closeCodes.slow);
  else socket.peer.send(text);
}

function received(room: Room, socket: Socket, text: string): void {
  if (socket.phase.kind === "over") return;
  socket.missedBeats = 0;
  const now = room.deps.clock.now();
  if (now - socket.second.at >= 1_000) socket.second = { at: now, messages: 0 };
  socket.second.messages += 1;
  const message = socket.second.messages > MAX_MESSAGES_PER_SECOND ? null : parse(text);
  if (message === null) return end(room, socket, closeCodes.refused);
  switch (message.type) {
    case "hello": return hello(room, socket, message);
    case "watch": return watch(room, socket, message);
    case "desktop": return setDesktop(room, socket, message.open);
    case "alive": return undefined;
  }
}

function hello(room: Room, socket: Socket, { seen, tab }: Extract<ClientMessage, { type: "hello" }>): void {
  if (socket.phase.kind !== "silent") return;
  const { epoch } = room.deps;
  socket.cancel();
  socket.tab = tab;
  const returns = seen !== null && seen.epoch === epoch && room.log.covers(seen.seq);
  tell(room, socket, { type: "welcome", epoch, seq: room.log.seq(), reset: !returns });
  if (!returns) return goLive(room, socket, null);
  socket.phase = { kind: "returning", from: seen.seq };
  socket.cancel = after(room, WATCH_WAIT_MS, () => goLive(room, socket, seen.seq));
}

/** Sends what was missed since `from`, in order, then how things stand now. */
function goLive(room: Room, socket: Socket, from: number | null): void {
  const { providers } = room.deps;
  socket.cancel();
  socket.phase = { kind: "live" };
  const missed = from === null ? [] : room.log.since(from);
  for (const { seq, audience, update } of missed) if (concerns(socket, audience, providers)) tell(room, socket, { type: "update", seq, update });
  tellState(room, socket, { type: "desk", desk: providers.deskOf(socket.user) });
  tellState(room, socket, { type: "waiting", calls: providers.callsWaiting() });
  for (const topic of socket.topics) tellTopic(room, socket, topic);
  tellHandset(room, socket);
}

/** How a topic stands, to a page that begins to show it. */
function tellTopic(room: Room, socket: Socket, topic: LiveTopic): void {
  const { providers } = room.deps;
  if (topic === "queues") return tellState(room, socket, { type: "queues", items: [...providers.queueLines()] });
  if (topic === "levels") return; // these come by themselves
  if (topic === "searches" || topic === "conversations" || !providers.mayWatchLiveView(socket.user)) return; // these are read by request
  const { queues, agents, today } = providers.liveView();
  tellState(room, socket, { type: "live-view", whole: true, change: { queues, agents, today } });
}

function tellHandset(room: Room, socket: Socket): void {
  const handset = socket.handset === null ? null : room.deps.providers.handsetOf(socket.handset);
  if (handset !== null && socket.phase.kind === "live") tellState(room, socket, { type: "handset", handset });
}

function watch(room: Room, socket: Socket, message: Extract<ClientMessage, { type: "watch" }>): void {
  if (socket.phase.kind === "silent") return;
  room.index.watch(socket, new Set(message.customers));
  if (message.handset !== socket.handset) {
    if (socket.handset !== null) room.presence.handset(socket.handset, socket.tab, -1);
    socket.handset = message.handset;
    if (socket.handset !== null) room.presence.handset(socket.handset, socket.tab, 1);
    tellHandset(room, socket);
  }
  const before = socket.topics;
  room.index.watchTopics(socket, new Set(message.topics ?? []));
  for (const topic of countedTopics) {
    if (before.has(topic) !== socket.topics.has(topic)) room.presence.topic(topic, socket.user, socket.tab, socket.topics.has(topic) ? 1 : -1);
  }
  if (socket.phase.kind === "live") for (const topic of socket.topics) if (!before.has(topic)) tellTopic(room, socket, topic);
  if (socket.phase.kind === "returning") goLive(room, socket, socket.phase.from);
}

function setDesktop(room: Room, socket: Socket, open: boolean): void {
  if (socket.phase.kind === "silent" || socket.desktop === open) return;
  socket.desktop = open;
  room.presence.desktop(socket.user, socket.tab, open ? 1 : -1);
}

function startBeats(room: Room): () => void {
  let due: Socket[] = [];
  let atOnce = 0;
  let stop = after(room, BEAT_MS, round);
  function round(): void {
    due = [...room.index.all()];
    atOnce = Math.max(MIN_BEATS_AT_ONCE, Math.ceil(due.length / BEAT_TURNS));
    turn(BEAT_MS);
  }
  function turn(leftMs: number): void {
    for (const socket of due.splice(0, atOnce)) beat(room, socket);
    const nextMs = due.length > 0 ? BEAT_MS / 2 / BEAT_TURNS : leftMs;
    stop = after(room, nextMs, () => { if (due.length > 0) turn(leftMs - nextMs); else round(); });
  }
  return () => stop();
}

function beat(room: Room, socket: Socket): void {
  if (socket.phase.kind === "over") return;
  if (socket.missedBeats >= MISSED_BEATS) return end(room, socket, closeCodes.silent);
  socket.missedBeats += 1;
  tell(room, socket, { type: "beat" });
}

/** `code` null: the other side has closed it. */
function end(room: Room, socket: Socket, code: number | null): void {
  if (socket.phase.kind === "over") return;
  const { handset, tab, user } = socket;
  socket.phase = { kind: "over" };
  socket.cancel();
  room.index.remove(socket);
  if (code !== null) socket.peer.close(code);
  if (socket.desktop) room.presence.desktop(user, tab, -1);
  if (handset !== null) room.presence.handset(handset, tab, -1);
  for (const topic of countedTopics) if (socket.topics.has(topic)) room.presence.topic(topic, user, tab, -1);
}

function parse(text: string): ClientMessage | null {
  try {
    return clientMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function concerns(socket: Socket, audience: Audience, providers: LiveProviders): boolean {
  switch (audience.to) {
    case "all": return true;
    case "user": return socket.user === audience.user;
    case "customer": return socket.customers.has(audience.customer);
    case "handset": return socket.handset === audience.handset;
    case "topic": return socket.topics.has(audience.topic) && (audience.topic !== "live-view" || providers.mayWatchLiveView(socket.user));
  }
}
