// The sandbox carrier: telephones in the browser with fictional numbers, each driven by its machine.
import { err, ok, type E164, type LegId, type Millis, type Result } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import { newId, type Clock } from "../kernel/index.ts";
import { reach, type StoreAway } from "../platform/index.ts";
import type { HandsetError } from "./carriers.errors.ts";
import type { Carriers, HandsetLines, Handsets } from "./carriers.ports.ts";
import { handsetDeadline, newHandset, stepHandset, type HandsetEffect, type HandsetEvent, type HandsetState } from "./handset.machine.ts";
import type { StoredHandset } from "./handset.pg.ts";
import { freeHandsetNumber, handsetView } from "./handset.rules.ts";

export interface HandsetStore {
  readonly all: () => Promise<readonly StoredHandset[]>;
  /** False when the number was taken meanwhile. */
  readonly add: (handset: StoredHandset, insteadOf: string | null) => Promise<boolean>;
  readonly save: (id: string, state: HandsetState, at: Millis) => Promise<void>;
}

export type SandboxDeps = {
  readonly clock: Clock;
  readonly store: HandsetStore;
  readonly lines: HandsetLines;
  /** Understands what the person typed; `detail` says what is wrong with it. */
  readonly parse: (input: string) => Result<E164, { readonly detail: string }>;
  /** Numbers that no handset may have. */
  readonly isReserved: (number: E164) => boolean;
  /** The trunk that carries calls to other numbers; null: there is none. */
  readonly trunk: string | null;
  readonly publish: (handset: Handset) => void;
  readonly log: Logger;
};

export type Sandbox = { readonly carriers: Carriers; readonly handsets: Handsets; readonly settled: () => Promise<void>; readonly stop: () => void };

/** A handset at work. */
type Desk = { readonly id: string; readonly number: E164; state: HandsetState; watchers: number; lastSeenAt: Millis; disarm: () => void; saved: Promise<void> };
const nothing = (): void => {};
/** New handsets at the same moment may pick the same number; each try sees the numbers of the others. */
const NUMBER_ATTEMPTS = 5;

/** Reads the handsets and starts. Calls that were under way before a restart are still under way (CALL-13). */
export async function createSandbox(deps: SandboxDeps): Promise<Sandbox> {
  const { clock, lines } = deps;
  const desks = new Map<string, Desk>();
  const byNumber = new Map<E164, Desk>();
  const byLeg = new Map<LegId, Desk>();

  const send = (desk: Desk, event: HandsetEvent): void => {
    const before = desk.state;
    const { state, effects } = stepHandset(before, event);
    desk.state = state;
    if (before.kind !== "idle") byLeg.delete(before.leg);
    if (state.kind !== "idle") byLeg.set(state.leg, desk);
    if (state !== before) changed(desk, before);
    for (const effect of effects) perform(desk, effect);
  };
  const changed = (desk: Desk, before: HandsetState): void => {
    arm(desk);
    const at = clock.now();
    desk.lastSeenAt = at;
    // The page's coming and going is told by its sockets after a restart; only the call has to be remembered.
    if (desk.state.kind !== before.kind) {
      const { state } = desk;
      desk.saved = desk.saved.then(() => deps.store.save(desk.id, state, at))
        .catch((error: unknown) => deps.log.warn({ err: error, handset: desk.id }, "a handset's call was not kept; it is forgotten at a restart"));
    }
    const view = handsetView(desk.id, desk.number, desk.state);
    if (JSON.stringify(view) !== JSON.stringify(handsetView(desk.id, desk.number, before))) deps.publish(view);
  };
  const arm = (desk: Desk): void => {
    desk.disarm();
    const due = handsetDeadline(desk.state);
    desk.disarm = due === null ? nothing : clock.at(due, () => send(desk, { type: "clock-reached", at: clock.now() }));
  };
  const perform = (desk: Desk, effect: HandsetEffect): void => {
    switch (effect.do) {
      case "arrive": return lines.incoming({ leg: effect.leg, from: desk.number, to: effect.to });
      case "end": return lines.end(effect.leg, effect.cause);
      case "tell-answered":
        if (!lines.answered(effect.leg)) send(desk, { type: "ringing-stopped", leg: effect.leg });
    }
  };
  const seat = (h: StoredHandset): Desk => {
    const desk: Desk = { ...h, watchers: 0, disarm: nothing, saved: Promise.resolve() };
    desks.set(desk.id, desk);
    byNumber.set(desk.number, desk);
    if (desk.state.kind !== "idle") byLeg.set(desk.state.leg, desk);
    arm(desk);
    return desk;
  };
  const unseat = (desk: Desk): void => {
    desk.disarm();
    desks.delete(desk.id);
    byNumber.delete(desk.number);
  };
  const add = (): Promise<Result<Desk, HandsetError>> => addHandset({ ...deps, desks, seat, unseat });
  const connect = async (desk: Desk, leg: LegId, sdp: string): Promise<Result<{ readonly sdp: string }, HandsetError>> => {
    const answer = await lines.connect(leg, sdp);
    if (!answer.ok) {
      send(desk, { type: "audio-refused", leg });
      return err({ type: "audio-refused", detail: answer.error.detail });
    }
    send(desk, { type: "audio-connected", leg, at: clock.now() });
    return ok({ sdp: answer.value });
  };

  for (const stored of await deps.store.all()) seat({ ...stored, state: { ...stored.state, goneSince: clock.now() } });
  return {
    carriers: {
      route: (to) => {
        const desk = byNumber.get(to);
        if (desk !== undefined && desk.watchers > 0) return { kind: "handset", handset: desk.id };
        return deps.trunk === null ? { kind: "none" } : { kind: "trunk", trunk: deps.trunk };
      },
      ringHandset: (id, call) => {
        const desk = desks.get(id);
        if (desk === undefined || desk.watchers === 0 || desk.state.kind !== "idle") return false;
        send(desk, { type: "rung", leg: call.leg, from: call.from, at: clock.now() });
        return true;
      },
      stopRinging: (id, leg) => {
        const desk = desks.get(id);
        if (desk !== undefined) send(desk, { type: "ringing-stopped", leg });
      },
      onLeg: (event) => {
        const desk = byLeg.get(event.leg);
        if (desk !== undefined) send(desk, legEvent(event, clock.now()));
      },
      reconcile: (held) => {
        for (const [leg, desk] of [...byLeg]) {
          // A handset that only rings, or whose audio is being connected, has no leg on the switch yet.
          if (!held.has(leg) && (desk.state.kind === "talking" || desk.state.kind === "dialling")) send(desk, { type: "leg-ended", leg, cause: "switch-failed" });
        }
      },
    },
    handsets: {
      of: async (id) => {
        const known = id === null ? undefined : desks.get(id);
        const desk = known === undefined ? await add() : ok(known);
        return desk.ok ? ok(handsetView(desk.value.id, desk.value.number, desk.value.state)) : desk;
      },
      view: (id) => {
        const desk = desks.get(id);
        return desk === undefined ? null : handsetView(desk.id, desk.number, desk.state);
      },
      dial: async (id, input, sdp) => {
        const desk = desks.get(id);
        if (desk === undefined) return err({ type: "handset-missing", id });
        const to = deps.parse(input);
        if (!to.ok) return err({ type: "number-invalid", detail: to.error.detail });
        if (desk.state.kind !== "idle") return err({ type: "handset-busy" });
        const leg = newId<LegId>();
        send(desk, { type: "dialled", leg, to: to.value, at: clock.now() });
        return connect(desk, leg, sdp);
      },
      answer: async (id, sdp) => {
        const desk = desks.get(id);
        if (desk === undefined) return err({ type: "handset-missing", id });
        if (desk.state.kind !== "ringing") return err({ type: "handset-not-ringing" });
        const { leg } = desk.state;
        send(desk, { type: "answer-pressed" });
        return connect(desk, leg, sdp);
      },
      hangUp: (id) => {
        const desk = desks.get(id);
        if (desk === undefined) return err({ type: "handset-missing", id });
        send(desk, { type: "hung-up" });
        return ok({});
      },
      watched: (id) => {
        const desk = desks.get(id);
        if (desk === undefined) return;
        desk.watchers += 1;
        send(desk, { type: "watched" });
      },
      unwatched: (id) => {
        const desk = desks.get(id);
        if (desk === undefined || desk.watchers === 0) return;
        desk.watchers -= 1;
        if (desk.watchers === 0) send(desk, { type: "unwatched", at: clock.now() });
      },
    },
    settled: async () => { await Promise.all([...desks.values()].map((d) => d.saved)); },
    stop: () => { for (const desk of desks.values()) desk.disarm(); },
  };
}

function legEvent(e: Parameters<Carriers["onLeg"]>[0], at: Millis): HandsetEvent {
  switch (e.type) {
    case "answered": return { type: "leg-answered", leg: e.leg, at };
    case "media-connected": return { type: "media-connected", leg: e.leg };
    case "media-lost": return { type: "media-lost", leg: e.leg, at };
    case "ended": return { type: "leg-ended", leg: e.leg, cause: e.cause };
  }
}

type AddDeps = Pick<SandboxDeps, "clock" | "store" | "isReserved" | "log"> & {
  readonly desks: ReadonlyMap<string, Desk>;
  readonly seat: (h: StoredHandset) => Desk;
  readonly unseat: (desk: Desk) => void;
};

/** A new handset with a free number, or with that of the handset which nobody has looked at for longest. */
async function addHandset(deps: AddDeps): Promise<Result<Desk, HandsetError>> {
  const refused = new Set<E164>();
  for (let attempt = 0; attempt < NUMBER_ATTEMPTS; attempt += 1) {
    const taken = new Set([...deps.desks.values()].map((d) => d.number));
    const free = freeHandsetNumber((number) => taken.has(number) || refused.has(number) || deps.isReserved(number));
    const oldest = free === null ? leastSeen(deps.desks.values()) : null;
    const number = free ?? oldest?.number ?? null;
    if (number === null) return err({ type: "no-free-number" });
    const at = deps.clock.now();
    const handset: StoredHandset = { id: newId(), number, state: newHandset(at), lastSeenAt: at };
    const added: Result<boolean, StoreAway> = await reach(() => deps.store.add(handset, oldest?.id ?? null));
    if (!added.ok) return err({ type: "store-away" });
    if (added.value) {
      if (oldest !== null) deps.unseat(oldest);
      return ok(deps.seat(handset));
    }
    refused.add(number);
  }
  return err({ type: "no-free-number" });
}

function leastSeen(desks: Iterable<Desk>): Desk | null {
  let oldest: Desk | null = null;
  for (const desk of desks) {
    if (desk.watchers > 0 || desk.state.kind !== "idle") continue;
    if (oldest === null || desk.lastSeenAt < oldest.lastSeenAt) oldest = desk;
  }
  return oldest;
}
