import { err, ok, type E164, type Result } from "@ringdesk/std";
import { newId, type Clock } from "../kernel/index.ts";
import { reach } from "../platform/index.ts";
import type { HandsetError } from "./carriers.errors.ts";
import type { Desk, Desks } from "./handset-desks.ts";
import { newHandset } from "./handset.machine.ts";
import type { StoredHandset } from "./handset.pg.ts";
import { freeHandsetNumber } from "./handset.rules.ts";

/** Another server may have taken a number meanwhile; each try leaves out what was refused. */
const NUMBER_ATTEMPTS = 10;

export type NewHandsetDeps = {
  readonly clock: Clock;
  readonly desks: Desks;
  /** False when the number was taken meanwhile. */
  readonly add: (handset: StoredHandset, insteadOf: string | null) => Promise<boolean>;
  readonly isSupportNumber: (number: E164) => boolean;
};

/** A new handset with a free number, or, when all are taken, with that of the idle handset nobody has used for longest. */
export async function addHandset(deps: NewHandsetDeps): Promise<Result<Desk, HandsetError>> {
  const refused = new Set<E164>();
  for (let attempt = 0; attempt < NUMBER_ATTEMPTS; attempt += 1) {
    const free = freeHandsetNumber((number) => deps.desks.byNumber.has(number) || refused.has(number) || deps.isSupportNumber(number));
    const oldest = free === null ? leastSeen(deps.desks.byId.values()) : null;
    const number = free ?? oldest?.number ?? null;
    if (number === null) return err({ type: "no-free-number" });
    const at = deps.clock.now();
    const handset: StoredHandset = { id: newId(), number, state: newHandset(at), lastSeenAt: at };
    const added = await reach(() => deps.add(handset, oldest?.id ?? null));
    if (!added.ok) return err({ type: "store-away" });
    if (added.value) {
      if (oldest !== null) deps.desks.unseat(oldest);
      return ok(deps.desks.seat(handset));
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
