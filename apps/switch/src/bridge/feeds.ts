import type { BridgeId, LegId } from "@ringdesk/std";
import type { LegTable } from "../leg/leg-table.ts";
import type { MediaLeg } from "../leg/media-leg.ts";
import type { PaceClock } from "../sockets/pace-clock.ts";
import type { Bridges } from "./bridges.ts";
import { feedsOf, type Feed } from "./feed.rules.ts";
import { createMixingRoom, type MixingRoom } from "./mixing-room.ts";

export interface Feeds {
  /** Joins the audio of these legs anew, and of whoever is in these bridges. */
  readonly settle: (changed: readonly LegId[], more: readonly BridgeId[]) => void;
  readonly of: (leg: LegId) => Feed;
}

const NOTHING: Feed = { kind: "nothing" };

/** Keeps the relays and mixes of all legs as the bridges ask for. Who is fed as before is not disturbed. */
export function createFeeds(legs: LegTable, bridges: Bridges, clock: PaceClock): Feeds {
  const rooms = new Map<BridgeId, MixingRoom>();
  const feeds = new Map<LegId, Feed>();
  /** The other direction of all feeds that are relays: to whom a leg's packets go. */
  const relayedTo = new Map<LegId, LegId>();
  const present = (ids: readonly LegId[]): readonly MediaLeg[] => ids.flatMap((id) => legs.get(id) ?? []);

  const feed = (id: LegId, next: Feed): void => {
    const before = feeds.get(id) ?? NOTHING;
    if (before.kind === "relay" && relayedTo.get(before.from) === id) relayedTo.delete(before.from);
    if (next.kind === "relay") relayedTo.set(next.from, id);
    if (next.kind === "nothing") feeds.delete(id);
    else feeds.set(id, next);
    if (!isSameSource(before, next)) legs.get(id)?.outgoing.sourceChanged();
  };

  const settleRoom = (bridge: BridgeId, mixes: ReadonlyMap<MediaLeg, readonly MediaLeg[]>): void => {
    const room = rooms.get(bridge) ?? (mixes.size === 0 ? null : createMixingRoom(clock));
    room?.set(mixes);
    if (room === null || mixes.size === 0) rooms.delete(bridge);
    else rooms.set(bridge, room);
  };

  const settleBridge = (bridge: BridgeId): void => {
    const members = bridges.legsOf(bridge);
    const next = feedsOf(members, bridges.sourcesOf, (source) => relayedTo.get(source) ?? null);
    const mixes = new Map<MediaLeg, readonly MediaLeg[]>();
    for (const leg of present(members)) {
      const one = next.get(leg.id) ?? NOTHING;
      if (one.kind === "mix") mixes.set(leg, present(one.from));
      feed(leg.id, one);
    }
    settleRoom(bridge, mixes);
  };

  return {
    settle: (changed, more) => {
      for (const id of changed) if (bridges.bridgeOf(id) === null) feed(id, NOTHING);
      for (const bridge of new Set([...changed.flatMap((id) => bridges.bridgeOf(id) ?? []), ...more])) settleBridge(bridge);
      for (const leg of present(changed)) {
        const listener = relayedTo.get(leg.id);
        leg.incoming.listener = listener === undefined ? null : legs.get(listener)?.outgoing ?? null;
      }
    },
    of: (leg) => feeds.get(leg) ?? NOTHING,
  };
}

/** Whoever is mixed goes on in the same stream when others come and go. */
const isSameSource = (before: Feed, next: Feed): boolean => (next.kind === "relay" ? before.kind === "relay" && next.from === before.from : next.kind === before.kind);
