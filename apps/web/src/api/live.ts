// The shell around live.machine.ts: the socket, one timer, and what open pages want to watch.
import { LIVE_PATH, serverMessage, type ClientMessage, type LiveUpdate } from "@ringdesk/contract/live";
import type { CustomerId, Millis } from "@ringdesk/std";
import { liveDeadline, openingLive, stepLive, type LiveEffect, type LiveEvent, type LiveState } from "./live.machine.ts";

export type Connection = "connecting" | "live" | "reconnecting" | "signed-out";

export interface LiveHandlers {
  readonly apply: (update: LiveUpdate) => void;
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
  readonly watchHandset: (id: string | null) => void;
  readonly close: () => void;
}

function parseJson(text: string): unknown {
  try { return JSON.parse(text); } catch { return null; }
}

const nameOf = (state: LiveState, wasLive: boolean): Connection => {
  if (state.kind === "live") return "live";
  if (state.kind === "signed-out") return "signed-out";
  return wasLive || (state.kind === "waiting" && state.failures > 1) ? "reconnecting" : "connecting";
};

/** Opens the live connection and keeps it open. `desktop`: this page can ring (STAT-2). */
export function openLive(handlers: LiveHandlers, options: { readonly desktop: boolean }): Live {
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const watched = new Map<CustomerId, number>();
  const listeners = new Set<() => void>();
  let handset: string | null = null;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let wasLive = false;
  let state = openingLive(now());
  let shown = nameOf(state, wasLive);

  function now(): Millis { return Date.now() as Millis; }
  function send(message: ClientMessage): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }
  const sendWatch = (): void => { send({ type: "watch", customers: [...watched.keys()].slice(0, 20), handset }); };

  function open(): void {
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${LIVE_PATH}`);
    socket = mine;
    const ofMine = (event: () => LiveEvent) => () => { if (socket === mine) feed(event()); };
    mine.addEventListener("open", ofMine(() => ({ type: "socket.opened", ...context() })));
    mine.addEventListener("close", ofMine(() => ({ type: "socket.closed", ...context() })));
    mine.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (socket !== mine || typeof event.data !== "string") return;
      const parsed = serverMessage.safeParse(parseJson(event.data));
      if (parsed.success) feed({ type: "message.received", message: parsed.data, ...context() });
      else handlers.unreadable();
    });
  }
  function drop(): void {
    const old = socket;
    socket = null; // its late events are not ours any more
    old?.close();
  }
  const context = (): { now: Millis; chance: number } => ({ now: now(), chance: Math.random() });

  function perform(effect: LiveEffect): void {
    switch (effect.do) {
      case "open": open(); return;
      case "close": drop(); return;
      case "alive": send({ type: "alive" }); return;
      case "hello":
        send({ type: "hello", seen: effect.seen, tab });
        if (options.desktop) send({ type: "desktop", open: true });
        sendWatch(); // also with nothing to watch: the server waits for it before it sends what was missed
        return;
      case "refresh": handlers.refresh(effect.forget); return;
      case "apply": handlers.apply(effect.update); return;
      case "check-session": handlers.checkSession(); return;
      case "signed-out": handlers.signedOut(); return;
    }
  }
  function arm(): void {
    clearTimeout(timer);
    const due = liveDeadline(state);
    if (due !== null && !closed) timer = setTimeout(() => { feed({ type: "clock.reached", ...context() }); }, Math.max(0, due - now()));
  }
  function feed(event: LiveEvent): void {
    if (closed) return;
    const step = stepLive(state, event);
    state = step.state;
    wasLive ||= state.kind === "live";
    step.effects.forEach(perform);
    arm();
    const name = nameOf(state, wasLive);
    if (name === shown) return;
    shown = name;
    listeners.forEach((listen) => { listen(); });
  }
  const networkBack = (): void => { if (document.visibilityState === "visible") feed({ type: "network.back", ...context() }); };

  addEventListener("online", networkBack);
  document.addEventListener("visibilitychange", networkBack);
  open();
  arm();
  return {
    connection: () => shown,
    subscribe: (listen) => { listeners.add(listen); return () => { listeners.delete(listen); }; },
    watchCustomer: (id) => {
      watched.set(id, (watched.get(id) ?? 0) + 1);
      sendWatch();
      return () => {
        const left = (watched.get(id) ?? 1) - 1;
        if (left > 0) watched.set(id, left); else watched.delete(id);
        sendWatch();
      };
    },
    watchHandset: (id) => { handset = id; sendWatch(); },
    close: () => {
      closed = true;
      clearTimeout(timer);
      removeEventListener("online", networkBack);
      document.removeEventListener("visibilitychange", networkBack);
      drop();
    },
  };
}
