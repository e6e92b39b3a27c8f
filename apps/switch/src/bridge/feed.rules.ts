import type { LegId } from "@ringdesk/std";

/** Where what a leg hears of its bridge comes from. */
export type Feed =
  | { readonly kind: "nothing" }
  /** The packets of one other leg, as they come: nothing is decoded, buffered or lost. */
  | { readonly kind: "relay"; readonly from: LegId }
  /** A mix of others, or of one whose packets are relayed to somebody else already. */
  | { readonly kind: "mix"; readonly from: readonly LegId[] };

/**
 * Decides how each leg of a bridge is fed. Who hears exactly one other is relayed its packets, as long as nobody else is: a
 * packet can be passed on once, since it is rewritten where it lies. A relay that is there already stays, so that two people
 * go on undisturbed when a third begins to listen.
 *
 * @param sourcesOf whom a leg hears.
 * @param relayedNow to whom a leg's packets are relayed at present.
 */
export function feedsOf(legs: readonly LegId[], sourcesOf: (leg: LegId) => readonly LegId[], relayedNow: (source: LegId) => LegId | null): ReadonlyMap<LegId, Feed> {
  const relayedTo = new Map<LegId, LegId>();
  const single = legs.flatMap((leg) => {
    const [source, ...more] = sourcesOf(leg);
    return source === undefined || more.length > 0 ? [] : [{ leg, source }];
  });
  for (const { leg, source } of single) if (relayedNow(source) === leg) relayedTo.set(source, leg);
  for (const { leg, source } of single) if (!relayedTo.has(source)) relayedTo.set(source, leg);
  return new Map(legs.map((leg) => [leg, feedOf(leg, sourcesOf(leg), relayedTo)]));
}

function feedOf(leg: LegId, sources: readonly LegId[], relayedTo: ReadonlyMap<LegId, LegId>): Feed {
  const [source] = sources;
  if (source === undefined) return { kind: "nothing" };
  return sources.length === 1 && relayedTo.get(source) === leg ? { kind: "relay", from: source } : { kind: "mix", from: sources };
}
