// The handsets at work: each its machine, its timer, and what is kept of it for a restart.
import type { E164, LegId, Millis } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { HandsetLines } from "./carriers.ports.ts";
import { handsetDeadline, stepHandset, type HandsetEffect, type HandsetEvent, type HandsetState } from "./handset.machine.ts";
import type { StoredHandset } from "./handset.pg.ts";
import { handsetView } from "./handset.rules.ts";

/** A handset at work. `watchers` counts the live sockets that show it. */
export type Desk = { readonly id: string; readonly number: E164; state: HandsetState; watchers: number; lastSeenAt: Millis; disarm: () => void; saved: Promise<void> };

export type DesksDeps = {
  readonly clock: Clock;
  readonly lines: HandsetLines;
  readonly save: (id: string, state: HandsetState, at: Millis) => Promise<void>;
  readonly publish: (handset: Handset) => void;
  readonly log: Logger;
};

export type Desks = {
  readonly byId: ReadonlyMap<string, Desk>;
  readonly byNumber: ReadonlyMap<E164, Desk>;
  readonly byLeg: ReadonlyMap<LegId, Desk>;
  readonly seat: (handset: StoredHandset) => Desk;
  readonly unseat: (desk: Desk) => void;
  readonly send: (desk: Desk, event: HandsetEvent) => void;
};

const nothing = (): void => {};

export function createDesks(deps: DesksDeps): Desks {
  const { clock, lines } = deps;
  const byId = new Map<string, Desk>();
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
    desk.lastSeenAt = clock.now();
    // The page's coming and going is told by its sockets after a restart; only the call has to be remembered.
    if (desk.state.kind !== before.kind) keep(desk);
    const view = handsetView(desk.id, desk.number, desk.state);
    if (JSON.stringify(view) !== JSON.stringify(handsetView(desk.id, desk.number, before))) deps.publish(view);
  };
  const keep = (desk: Desk): void => {
    const { state, lastSeenAt } = desk;
    desk.saved = desk.saved.then(() => deps.save(desk.id, state, lastSeenAt))
      .catch((error: unknown) => deps.log.warn({ err: error, handset: desk.id }, "a handset's call was not kept; a restart would forget it"));
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
  return {
    byId, byNumber, byLeg, send,
    seat: (handset) => {
      const desk: Desk = { ...handset, watchers: 0, disarm: nothing, saved: Promise.resolve() };
      byId.set(desk.id, desk);
      byNumber.set(desk.number, desk);
      if (desk.state.kind !== "idle") byLeg.set(desk.state.leg, desk);
      arm(desk);
      return desk;
    },
    unseat: (desk) => {
      desk.disarm();
      byId.delete(desk.id);
      byNumber.delete(desk.number);
    },
  };
}
