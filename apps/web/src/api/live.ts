// The shell around live.machine.ts: the socket, and what open pages want to watch.
import type { CallLevels, LiveTopic, LiveUpdate } from "@ringdesk/contract/live";
import type { CustomerId, Millis } from "@ringdesk/std";
import { createListeners, nowMs, runMachine } from "../machine/run-machine.ts";
import { createLiveSocket, type LiveSocket } from "./live-socket.ts";
import { liveDeadline, openingLive, stepLive, type LiveEffect, type LiveEvent, type LiveState } from "./live.machine.ts";

export type Connection = "connecting" | "live" | "reconnecting" | "signed-out";
/** The server takes no more at once. */
const MAX_WATCHED = 20;

export interface LiveHandlers {
  readonly apply: (update: LiveUpdate) => void;
  /** How loud the two of the call are, five times a second while a page watches them. */
  readonly levels?: (levels: CallLevels) => void;
  readonly refresh: (forget: boolean) => void;
  readonly signedOut: () => void;
  /** The server refuses the connection, or is away: perhaps the session has ended. */
  readonly checkSession: () => void;
  /** A message that this page does not understand: the server is newer. */
  readonly unreadable: () => void;
}

export interface Live {
  readonly connection: () => Connection;
  readonly subscribe: (listen: () => void) => () => void;
  /** Starts watching a customer's timeline; the result stops it. */
  readonly watchCustomer: (id: CustomerId) => () => void;
  /** Starts watching what most pages do not show; the result stops it. */
  readonly watchTopic: (topic: LiveTopic) => () => void;
  readonly watchHandset: (id: string | null) => void;
  readonly close: () => void;
}

const nameOf = (state: LiveState, wasLive: boolean): Connection => {
  if (state.kind === "live") return "live";
  if (state.kind === "signed-out") return "signed-out";
  return wasLive || (state.kind === "waiting" && state.failures > 1) ? "reconnecting" : "connecting";
};

/** What the pages of this tab watch. Two pages may watch the same. */
function createWatchList(socket: LiveSocket) {
  const watched = new Map<CustomerId, number>();
  const topics = new Map<LiveTopic, number>();
  let handset: string | null = null;
  const send = (): void => { socket.send({ type: "watch", customers: [...watched.keys()].slice(0, MAX_WATCHED), handset, topics: [...topics.keys()] }); };
  /** Adds one that wants `key`, and tells how to take it back. */
  const want = <K>(counts: Map<K, number>, key: K): (() => void) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    send();
    return () => {
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left); else counts.delete(key);
      send();
    };
  };
  return {
    send,
    customer: (id: CustomerId) => want(watched, id),
    topic: (topic: LiveTopic) => want(topics, topic),
    handset: (id: string | null): void => { handset = id; send(); },
  };
}

const tabId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Opens the live connection and keeps it open. `desktop`: this page can ring (STAT-2). */
export function openLive(handlers: LiveHandlers, options: { readonly desktop: boolean }): Live {
  const tab = tabId();
  const listeners = createListeners();
  const context = (): { now: Millis; chance: number } => ({ now: nowMs(), chance: Math.random() });
  const socket = createLiveSocket({
    opened: () => { machine.feed({ type: "socket.opened", ...context() }); },
    closed: () => { machine.feed({ type: "socket.closed", ...context() }); },
    received: (message) => { machine.feed({ type: "message.received", message, ...context() }); },
    unreadable: handlers.unreadable,
  });
  const watch = createWatchList(socket);
  let wasLive = false;
  let shown: Connection = "connecting";

  function perform(effect: LiveEffect): void {
    switch (effect.do) {
      case "open": socket.open(); return;
      case "close": socket.drop(); return;
      case "alive": socket.send({ type: "alive" }); return;
      case "hello":
        socket.send({ type: "hello", seen: effect.seen, tab });
        if (options.desktop) socket.send({ type: "desktop", open: true });
        watch.send(); // also with nothing to watch: the server waits for it before it sends what was missed
        return;
      case "refresh": handlers.refresh(effect.forget); return;
      case "apply": handlers.apply(effect.update); return;
      case "show-levels": handlers.levels?.(effect.levels); return;
      case "check-session": handlers.checkSession(); return;
      case "signed-out": handlers.signedOut(); return;
    }
  }
  function settled(state: LiveState): void {
    wasLive ||= state.kind === "live";
    const name = nameOf(state, wasLive);
    if (name === shown) return;
    shown = name;
    listeners.tell();
  }
  const machine = runMachine<LiveState, LiveEvent, LiveEffect>({
    initial: openingLive(nowMs()), step: stepLive, deadline: liveDeadline, clockReached: () => ({ type: "clock.reached", ...context() }), perform, settled,
  });
  const networkBack = (): void => { if (document.visibilityState === "visible") machine.feed({ type: "network.back", ...context() }); };
  addEventListener("online", networkBack);
  document.addEventListener("visibilitychange", networkBack);
  socket.open();
  return {
    connection: () => shown,
    subscribe: listeners.subscribe,
    watchCustomer: watch.customer,
    watchHandset: watch.handset,
    watchTopic: watch.topic,
    close: () => {
      machine.stop();
      removeEventListener("online", networkBack);
      document.removeEventListener("visibilitychange", networkBack);
      socket.drop();
    },
  };
}
