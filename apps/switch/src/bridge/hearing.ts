import { err, ok, type LegId } from "@ringdesk/std";
import type { LegTable } from "../leg/leg-table.ts";
import type { MediaLeg } from "../leg/media-leg.ts";
import type { Playing } from "../media/playing.ts";
import type { MediaPlane, MediaSnapshot } from "../media-plane.types.ts";
import { createBridges } from "./bridges.ts";

export interface Hearing {
  readonly setBridge: MediaPlane["setBridge"];
  readonly closeBridge: MediaPlane["closeBridge"];
  readonly leave: (leg: LegId) => void;
  readonly of: (leg: MediaLeg) => MediaSnapshot["legs"][number]["hears"];
  readonly bridges: () => MediaSnapshot["bridges"];
}

/** Joins the audio of legs as the bridges say. */
export function createHearing(legs: LegTable, playing: Playing): Hearing {
  const bridges = createBridges();

  const rejoin = (changed: readonly LegId[]): void => {
    for (const id of changed) {
      const leg = legs.get(id);
      if (leg === undefined) continue;
      const [other] = bridges.heardBy(id);
      const listener = other === undefined ? null : legs.get(other)?.outgoing ?? null;
      if (leg.incoming.listener === listener) continue;
      leg.incoming.listener = listener;
      // Hearing is mutual: who is heard by another hears another, too.
      leg.outgoing.sourceChanged();
    }
  };

  return {
    setBridge: (bridge, members) => {
      const unknown = members.find((id) => legs.get(id) === undefined);
      if (unknown !== undefined) return err({ type: "leg-unknown", leg: unknown });
      const changed = bridges.set(bridge, members);
      if (!changed.ok) return changed;
      rejoin(changed.value);
      for (const id of members) {
        const leg = legs.get(id);
        if (leg !== undefined) playing.stop(leg);
      }
      return ok(undefined);
    },
    closeBridge: (bridge) => rejoin(bridges.close(bridge)),
    leave: (id) => rejoin(bridges.leave(id)),
    of: (leg) => (leg.outgoing.player !== null ? "play" : bridges.heardBy(leg.id).length > 0 ? "bridge" : "nothing"),
    bridges: bridges.list,
  };
}
