// How loud agent and customer are, on the way from the live connection to what shows it. No state: a level is of its moment only.
import type { CallLevels } from "@ringdesk/contract/live";

export interface LevelFeed {
  readonly tell: (levels: CallLevels) => void;
  readonly subscribe: (listen: (levels: CallLevels) => void) => () => void;
}

export function createLevelFeed(): LevelFeed {
  const listeners = new Set<(levels: CallLevels) => void>();
  return {
    tell: (levels) => { for (const listen of listeners) listen(levels); },
    subscribe: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
  };
}
