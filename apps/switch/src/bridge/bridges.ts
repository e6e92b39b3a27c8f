import { MAX_BRIDGE_LEGS } from "@ringdesk/contract/switch";
import { err, ok, type BridgeId, type LegId, type Result } from "@ringdesk/std";

export type BridgeFull = { readonly type: "bridge-full"; readonly most: number };

/** Whom some legs of a bridge hear, instead of all others: a supervisor's part, or what is hidden from a customer. */
export type Hears = readonly { readonly leg: LegId; readonly of: readonly LegId[] }[];

type Bridge = { readonly legs: Set<LegId>; readonly hears: Hears };
export type BridgeEntry = { readonly bridge: BridgeId; readonly legs: readonly LegId[]; readonly hears?: Hears };

/** Who hears whom. Pure data: the media plane joins the legs' audio accordingly. */
export interface Bridges {
  /**
   * The legs of `bridge` are exactly these from now on; a leg leaves the bridge that it was in. Each hears all others but for
   * those that `hears` names. The value is every leg whose hearing may have changed.
   */
  readonly set: (bridge: BridgeId, legs: readonly LegId[], hears?: Hears) => Result<readonly LegId[], BridgeFull>;
  /** Ends a bridge, if there is one. The value is the legs that were in it. */
  readonly close: (bridge: BridgeId) => readonly LegId[];
  /** Takes a leg out of its bridge. The value is the legs that remain there. */
  readonly leave: (leg: LegId) => readonly LegId[];
  /** The legs that `leg` hears. Itself only when it is alone and `hears` says nothing but that. */
  readonly sourcesOf: (leg: LegId) => readonly LegId[];
  readonly bridgeOf: (leg: LegId) => BridgeId | null;
  readonly legsOf: (bridge: BridgeId) => readonly LegId[];
  readonly list: () => readonly BridgeEntry[];
}

export function createBridges(): Bridges {
  const bridges = new Map<BridgeId, Bridge>();
  const bridgeOf = new Map<LegId, BridgeId>();

  const takeOut = (leg: LegId): readonly LegId[] => {
    const bridge = bridgeOf.get(leg);
    if (bridge === undefined) return [];
    bridgeOf.delete(leg);
    const rest = bridges.get(bridge)?.legs;
    rest?.delete(leg);
    return [...(rest ?? [])];
  };
  const close = (bridge: BridgeId): readonly LegId[] => {
    const legs = [...(bridges.get(bridge)?.legs ?? [])];
    for (const leg of legs) bridgeOf.delete(leg);
    bridges.delete(bridge);
    return legs;
  };

  return {
    set: (bridge, legs, hears = []) => {
      const wanted = new Set(legs);
      if (wanted.size > MAX_BRIDGE_LEGS) return err({ type: "bridge-full", most: MAX_BRIDGE_LEGS });
      const affected = new Set(close(bridge));
      for (const leg of wanted) for (const left of takeOut(leg)) affected.add(left);
      for (const leg of wanted) {
        bridgeOf.set(leg, bridge);
        affected.add(leg);
      }
      bridges.set(bridge, { legs: wanted, hears });
      return ok([...affected]);
    },
    close,
    leave: takeOut,
    sourcesOf: (leg) => {
      const id = bridgeOf.get(leg);
      const bridge = id === undefined ? undefined : bridges.get(id);
      if (bridge === undefined) return [];
      const only = bridge.hears.find((entry) => entry.leg === leg)?.of;
      // An echo test; in company nobody hears himself.
      if (bridge.legs.size === 1 && only?.length === 1 && only[0] === leg) return [leg];
      return [...bridge.legs].filter((other) => other !== leg && (only === undefined || only.includes(other)));
    },
    bridgeOf: (leg) => bridgeOf.get(leg) ?? null,
    legsOf: (bridge) => [...(bridges.get(bridge)?.legs ?? [])],
    list: () => [...bridges].map(([bridge, { legs, hears }]) => ({ bridge, legs: [...legs], ...(hears.length === 0 ? {} : { hears }) })),
  };
}
