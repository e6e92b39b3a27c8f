import { ok, type Result } from "@ringdesk/std";
import type { PlayItem } from "@ringdesk/contract/switch";
import type { MediaLeg } from "../leg/media-leg.ts";
import type { MediaError, MediaEvent } from "../media-plane.types.ts";
import type { AudioLibrary } from "./audio-library.ts";
import { Player } from "./player.ts";

export interface Playing {
  readonly play: (leg: MediaLeg, play: string, items: readonly PlayItem[]) => Promise<Result<void, MediaError>>;
  readonly stop: (leg: MediaLeg) => void;
}

/**
 * Starts and stops plays. Files are read without holding up anything, so that another play, a stop or a bridge may come while
 * they are read: whoever asked last wins (`playTicket`), and every play that was accepted is told to be finished once.
 */
export function createPlaying(library: AudioLibrary, onEvent: (event: MediaEvent) => void): Playing {
  const displace = (leg: MediaLeg, why: "replaced" | "stopped"): void => {
    const player = leg.outgoing.player;
    leg.outgoing.setPlayer(null);
    if (player !== null) onEvent({ type: "play-finished", leg: leg.id, play: player.play, why });
  };
  const overtake = (leg: MediaLeg, by: "replaced" | "stopped"): number => {
    leg.overtakenBy = by;
    leg.playTicket += 1;
    return leg.playTicket;
  };

  return {
    play: async (leg, play, items) => {
      if (leg.lastPlay === play) return ok(undefined);
      const ticket = overtake(leg, "replaced");
      leg.lastPlay = play;
      const loaded = await library.load(items);
      if (!loaded.ok) {
        if (leg.playTicket === ticket) leg.lastPlay = null;
        return loaded;
      }
      if (leg.playTicket !== ticket) {
        onEvent({ type: "play-finished", leg: leg.id, play, why: leg.overtakenBy });
        return ok(undefined);
      }
      displace(leg, "replaced");
      leg.outgoing.setPlayer(new Player(play, loaded.value, (item) => onEvent({ type: "play-reached", leg: leg.id, play, item })));
      return ok(undefined);
    },
    stop: (leg) => {
      overtake(leg, "stopped");
      displace(leg, "stopped");
    },
  };
}
