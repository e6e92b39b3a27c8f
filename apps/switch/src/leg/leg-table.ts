import { err, ok, type LegId, type Result } from "@ringdesk/std";
import type { MediaError } from "../media-plane.types.ts";
import type { MediaLeg } from "./media-leg.ts";

export const MAX_LEGS = 2_000;

/** The legs that exist. */
export interface LegTable {
  readonly get: (id: LegId) => MediaLeg | undefined;
  readonly add: (leg: MediaLeg) => Result<void, MediaError>;
  readonly remove: (id: LegId) => void;
  readonly all: () => readonly MediaLeg[];
}

export function createLegTable(): LegTable {
  const legs = new Map<LegId, MediaLeg>();
  return {
    get: (id) => legs.get(id),
    add: (leg) => {
      if (legs.size >= MAX_LEGS) return err({ type: "limit-reached", detail: `${MAX_LEGS} legs` });
      legs.set(leg.id, leg);
      return ok(undefined);
    },
    remove: (id) => legs.delete(id),
    all: () => [...legs.values()],
  };
}
