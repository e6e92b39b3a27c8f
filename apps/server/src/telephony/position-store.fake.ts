import { err, ok } from "@ringdesk/std";
import type { EventPosition, PositionStore } from "./telephony.ports.ts";

export type FakePositionStore = PositionStore & { readonly saved: () => EventPosition | null; readonly isAway: (away: boolean) => void };

export function createFakePositionStore(): FakePositionStore {
  let saved: EventPosition | null = null;
  let away = false;
  const refusal = err({ type: "position-store-away" as const, detail: "away" });
  return {
    saved: () => saved,
    isAway: (now) => { away = now; },
    load: async () => (away ? refusal : ok(saved)),
    save: async (position) => {
      if (away) return refusal;
      saved = saved?.epoch === position.epoch && saved.seq > position.seq ? saved : position;
      return ok(undefined);
    },
  };
}
