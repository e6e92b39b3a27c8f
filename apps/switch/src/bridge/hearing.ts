import { err, ok, type BridgeId, type LegId } from "@ringdesk/std";
import type { LegTable } from "../leg/leg-table.ts";
import type { MediaLeg } from "../leg/media-leg.ts";
import type { Playing } from "../media/playing.ts";
import type { MediaPlane, MediaSnapshot } from "../media-plane.types.ts";
import type { PaceClock } from "../sockets/pace-clock.ts";
import { createBridges, type Bridges } from "./bridges.ts";
import { createFeeds, type Feeds } from "./feeds.ts";

export interface Hearing {
  readonly setBridge: MediaPlane["setBridge"];
  readonly closeBridge: MediaPlane["closeBridge"];
  /** A key was pressed on `leg`: whoever hears it gets it. `relayed`: events of its stream are passed on where that can be. */
  readonly passKey: (leg: LegId, key: string, relayed: boolean) => void;
  readonly leave: (leg: LegId) => void;
  readonly of: (leg: MediaLeg) => MediaSnapshot["legs"][number]["hears"];
  readonly bridges: () => MediaSnapshot["bridges"];
}

/** Joins the audio of legs as the bridges say. */
export function createHearing(legs: LegTable, playing: Playing, clock: PaceClock): Hearing {
  const bridges = createBridges();
  const feeds = createFeeds(legs, bridges, clock);
  return {
    setBridge: (bridge, members, hears) => {
      const unknown = members.find((id) => legs.get(id) === undefined);
      if (unknown !== undefined) return err({ type: "leg-unknown", leg: unknown });
      const left = bridgesOf(bridges, members);
      const changed = bridges.set(bridge, members, hears);
      if (!changed.ok) return changed;
      feeds.settle(changed.value, [bridge, ...left]);
      for (const id of members) {
        const leg = legs.get(id);
        if (leg !== undefined) playing.stop(leg);
      }
      return ok(undefined);
    },
    closeBridge: (bridge) => feeds.settle(bridges.close(bridge), [bridge]),
    passKey: (from, key, relayed) => {
      for (const bridge of bridgesOf(bridges, [from])) for (const id of bridges.legsOf(bridge)) passKey(feeds, legs.get(id), from, key, relayed);
    },
    leave: (id) => {
      const left = bridgesOf(bridges, [id]);
      feeds.settle([id, ...bridges.leave(id)], left);
    },
    of: (leg) => (leg.outgoing.player !== null ? "play" : bridges.sourcesOf(leg.id).length > 0 ? "bridge" : "nothing"),
    bridges: bridges.list,
  };
}

const bridgesOf = (bridges: Bridges, legs: readonly LegId[]): readonly BridgeId[] => legs.flatMap((leg) => bridges.bridgeOf(leg) ?? []);

/** Gives a leg the key of another when it hears that one, unless it gets the events of that one's stream anyway. */
function passKey(feeds: Feeds, to: MediaLeg | undefined, from: LegId, key: string, relayed: boolean): void {
  if (to === undefined) return;
  const feed = feeds.of(to.id);
  if (feed.kind === "relay" ? feed.from !== from : feed.kind !== "mix" || !feed.from.includes(from)) return;
  if (relayed && feed.kind === "relay" && to.outgoing.eventPayloadType !== null) return;
  to.outgoing.keys.queue(key);
}
