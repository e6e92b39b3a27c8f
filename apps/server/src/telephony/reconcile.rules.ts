import type { LegId } from "@ringdesk/std";
import type { SwitchSnapshot } from "./telephony.ports.ts";

/** `gone`: owned legs that the switch does not hold. `strangers`: legs on the switch that nobody owns. */
type Reconciled = { readonly gone: readonly LegId[]; readonly strangers: readonly LegId[] };

/**
 * Compares the legs that the house believes in with those that the switch holds. Legs in `underWay` (a command about them
 * is on its way, so either side may be the one that is behind) belong to neither list.
 */
export function reconcile(owned: Iterable<LegId>, underWay: ReadonlySet<LegId>, snapshot: SwitchSnapshot): Reconciled {
  const held = new Set(snapshot.legs.filter((l) => l.state !== "ended").map((l) => l.leg));
  const known = new Set(owned);
  return {
    gone: [...known].filter((leg) => !held.has(leg) && !underWay.has(leg)),
    strangers: [...held].filter((leg) => !known.has(leg) && !underWay.has(leg)),
  };
}
