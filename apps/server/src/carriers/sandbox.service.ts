// The sandbox carrier: telephones in the browser with fictional numbers, and SIP phones that have registered theirs.
import { err, ok, type E164, type LegId, type Millis, type Result } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import { newId, type Clock } from "../kernel/index.ts";
import type { HandsetError } from "./carriers.errors.ts";
import type { Carriers, HandsetLines, Handsets } from "./carriers.ports.ts";
import { createDesks, type Desk, type Desks } from "./handset-desks.ts";
import type { HandsetEvent, HandsetState } from "./handset.machine.ts";
import type { StoredHandset } from "./handset.pg.ts";
import { afterRestart, handsetView } from "./handset.rules.ts";
import { addHandset } from "./new-handset.ts";

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
  readonly readNumber: (input: string) => Result<E164, string>;
  /** The numbers that handsets can call, and that none of them may have. */
  readonly isSupportNumber: (number: E164) => boolean;
  /** The trunk at which a SIP phone with this number is registered; null when none is. */
  readonly phoneTrunk: (number: E164) => string | null;
  /** The trunk that carries calls to other numbers; null: there is none. */
  readonly trunk: string | null;
  readonly publish: (handset: Handset) => void;
  readonly log: Logger;
};

export type Sandbox = {
  readonly carriers: Carriers;
  readonly handsets: Handsets;
  /** Resolves when what is remembered of the handsets' calls is stored. */
  readonly settled: () => Promise<void>;
  readonly stop: () => void;
};

/** Reads the handsets and starts. Calls that were under way before a restart are still under way (CALL-13). */
export async function createSandbox(deps: SandboxDeps): Promise<Sandbox> {
  const desks = createDesks({ ...deps, save: deps.store.save });
  for (const stored of await deps.store.all()) desks.seat({ ...stored, state: afterRestart(stored.state, deps.clock.now()) });
  return {
    carriers: houseSide(deps, desks),
    handsets: personSide(deps, desks),
    settled: async () => { await Promise.all([...desks.byId.values()].map((d) => d.saved)); },
    stop: () => { for (const desk of desks.byId.values()) desk.disarm(); },
  };
}

function houseSide(deps: SandboxDeps, desks: Desks): Carriers {
  const now = () => deps.clock.now();
  return {
    route: (to) => {
      const desk = desks.byNumber.get(to);
      if (desk !== undefined && desk.watchers > 0) return { kind: "handset", handset: desk.id };
      // A phone may register any number: what is the house's own is still not the phone's.
      const phone = deps.isSupportNumber(to) ? null : deps.phoneTrunk(to);
      if (phone !== null) return { kind: "trunk", trunk: phone };
      return deps.trunk === null ? { kind: "none" } : { kind: "trunk", trunk: deps.trunk };
    },
    ringHandset: (id, call) => {
      const desk = desks.byId.get(id);
      if (desk === undefined || desk.watchers === 0 || desk.state.kind !== "idle") return false;
      desks.send(desk, { type: "rung", leg: call.leg, from: call.from, at: now() });
      return true;
    },
    stopRinging: (id, leg) => {
      const desk = desks.byId.get(id);
      if (desk !== undefined) desks.send(desk, { type: "ringing-stopped", leg });
    },
    onLeg: (event) => {
      const desk = desks.byLeg.get(event.leg);
      if (desk !== undefined) desks.send(desk, legEvent(event, now()));
    },
    reconcile: (held) => {
      for (const desk of desks.byId.values()) {
        const { state } = desk;
        // A handset that only rings, or whose audio is being connected, has no leg on the switch yet.
        if (state.kind !== "talking" && state.kind !== "dialling") continue;
        const hasAudio = held.get(state.leg);
        if (hasAudio === undefined) desks.send(desk, { type: "leg-ended", leg: state.leg, cause: "switch-failed" });
        else if (!hasAudio) desks.send(desk, { type: "media-lost", leg: state.leg, at: now() });
      }
    },
  };
}

function personSide(deps: SandboxDeps, desks: Desks): Handsets {
  const now = () => deps.clock.now();
  const view = (desk: Desk): Handset => handsetView(desk.id, desk.number, desk.state);
  const connect = async (desk: Desk, leg: LegId, sdp: string): Promise<Result<{ readonly sdp: string }, HandsetError>> => {
    const answer = await deps.lines.connect(leg, sdp);
    if (!answer.ok) {
      desks.send(desk, { type: "audio-refused", leg });
      return err(answer.error.type === "lines-away" ? answer.error : { type: "audio-refused", detail: answer.error.detail });
    }
    desks.send(desk, { type: "audio-connected", leg, at: now() });
    return ok({ sdp: answer.value });
  };
  /** One at a time, so that browsers which come together do not all want the same number. */
  let adding: Promise<unknown> = Promise.resolve();
  const add = (): ReturnType<typeof addHandset> => {
    const added = adding.then(() => addHandset({ ...deps, desks, add: deps.store.add }));
    adding = added.catch(() => undefined);
    return added;
  };
  return {
    of: async (id) => {
      const known = id === null ? undefined : desks.byId.get(id);
      if (known !== undefined) return ok(view(known));
      const added = await add();
      return added.ok ? ok(view(added.value)) : added;
    },
    view: (id) => {
      const desk = desks.byId.get(id);
      return desk === undefined ? null : view(desk);
    },
    dial: async (id, input, sdp) => {
      const desk = desks.byId.get(id);
      if (desk === undefined) return err({ type: "handset-missing", id });
      const to = deps.readNumber(input);
      if (!to.ok) return err({ type: "number-invalid", detail: to.error });
      if (!deps.isSupportNumber(to.value)) return err({ type: "number-not-in-service" });
      if (desk.state.kind !== "idle") return err({ type: "handset-busy" });
      const leg = newId<LegId>();
      desks.send(desk, { type: "dialled", leg, to: to.value, at: now() });
      return connect(desk, leg, sdp);
    },
    answer: async (id, sdp) => {
      const desk = desks.byId.get(id);
      if (desk === undefined) return err({ type: "handset-missing", id });
      if (desk.state.kind !== "ringing") return err({ type: "handset-not-ringing" });
      const { leg } = desk.state;
      desks.send(desk, { type: "answer-pressed" });
      return connect(desk, leg, sdp);
    },
    hangUp: (id) => {
      const desk = desks.byId.get(id);
      if (desk === undefined) return err({ type: "handset-missing", id });
      desks.send(desk, { type: "hung-up" });
      return ok({});
    },
    watched: (id) => {
      const desk = desks.byId.get(id);
      if (desk === undefined) return;
      desk.watchers += 1;
      desks.send(desk, { type: "watched" });
    },
    unwatched: (id) => {
      const desk = desks.byId.get(id);
      if (desk === undefined || desk.watchers === 0) return;
      desk.watchers -= 1;
      if (desk.watchers === 0) desks.send(desk, { type: "unwatched", at: now() });
    },
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
