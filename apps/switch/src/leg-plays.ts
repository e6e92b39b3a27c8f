import type { LegId } from "@ringdesk/std";

/**
 * Which plays are going on, by leg. In the control protocol a play's id may come again: what is being played goes on, what
 * has ended is played anew. The media plane wants an id for each playing, so every one gets a number in front.
 */
export type LegPlays = {
  /** The media plane's id for a new playing; null when this play is what the leg is being played already. */
  readonly begin: (leg: LegId, play: string) => string | null;
  /** The playing has ended, or was refused. */
  readonly end: (leg: LegId, mediaId: string) => void;
  readonly forget: (leg: LegId) => void;
};

export function createLegPlays(): LegPlays {
  // The last one is the one that is heard, or being loaded to be heard; those before it are about to be told as ended.
  const goingOn = new Map<LegId, readonly string[]>();
  let number = 0;
  return {
    begin: (leg, play) => {
      const before = goingOn.get(leg) ?? [];
      const last = before.at(-1);
      if (last !== undefined && playOf(last) === play) return null;
      number += 1;
      const mediaId = `${number}:${play}`;
      goingOn.set(leg, [...before, mediaId]);
      return mediaId;
    },
    end: (leg, mediaId) => {
      const left = (goingOn.get(leg) ?? []).filter((id) => id !== mediaId);
      if (left.length === 0) goingOn.delete(leg);
      else goingOn.set(leg, left);
    },
    forget: (leg) => void goingOn.delete(leg),
  };
}

/** The protocol's id of a playing. */
export const playOf = (mediaId: string): string => mediaId.slice(mediaId.indexOf(":") + 1);
