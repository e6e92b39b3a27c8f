import { err, ok, type BridgeId, type LegId, type Result } from "@ringdesk/std";

/** Two legs are joined by relaying packets. More need mixing, which this switch does not do. */
export const MAX_BRIDGE_LEGS = 2;

export type BridgeFull = { readonly type: "bridge-full"; readonly most: number };

/** Who hears whom. Pure data: the media plane joins the legs' audio accordingly. */
export interface Bridges {
  /**
   * The legs of `bridge` are exactly these from now on; a leg leaves the bridge that it was in. The value is every leg
   * whose hearing may have changed.
   */
  readonly set: (bridge: BridgeId, legs: readonly LegId[]) => Result<readonly LegId[], BridgeFull>;
  /** Ends a bridge, if there is one. The value is the legs that were in it. */
  readonly close: (bridge: BridgeId) => readonly LegId[];
  /** Takes a leg out of its bridge. The value is the legs that remain there. */
  readonly leave: (leg: LegId) => readonly LegId[];
  /** The legs that `leg` hears, and that hear `leg`: hearing is mutual within a bridge. */
  readonly heardBy: (leg: LegId) => readonly LegId[];
  readonly isIn: (leg: LegId) => boolean;
  readonly list: () => readonly { readonly bridge: BridgeId; readonly legs: readonly LegId[] }[];
}

export function createBridges(): Bridges {
  const members = new Map<BridgeId, Set<LegId>>();
  const bridgeOf = new Map<LegId, BridgeId>();

  const takeOut = (leg: LegId): readonly LegId[] => {
    const bridge = bridgeOf.get(leg);
    if (bridge === undefined) return [];
    bridgeOf.delete(leg);
    const rest = members.get(bridge);
    rest?.delete(leg);
    return [...(rest ?? [])];
  };
  const close = (bridge: BridgeId): readonly LegId[] => {
    const legs = [...(members.get(bridge) ?? [])];
    for (const leg of legs) bridgeOf.delete(leg);
    members.delete(bridge);
    return legs;
  };

  return {
    set: (bridge, legs) => {
      const wanted = new Set(legs);
      if (wanted.size > MAX_BRIDGE_LEGS) return err({ type: "bridge-full", most: MAX_BRIDGE_LEGS });
      const affected = new Set(close(bridge));
      for (const leg of wanted) for (const left of takeOut(leg)) affected.add(left);
      for (const leg of wanted) {
        bridgeOf.set(leg, bridge);
        affected.add(leg);
      }
      members.set(bridge, wanted);
      return ok([...affected]);
    },
    close,
    leave: takeOut,
    heardBy: (leg) => {
      const bridge = bridgeOf.get(leg);
      return bridge === undefined ? [] : [...(members.get(bridge) ?? [])].filter((other) => other !== leg);
    },
    isIn: (leg) => bridgeOf.has(leg),
    list: () => [...members].map(([bridge, legs]) => ({ bridge, legs: [...legs] })),
  };
}
