// How the trunks are, as the switch tells it: for the log, and for who wants to know.
import type { SwitchEvent, TrunkState } from "@ringdesk/contract/switch";
import type { Logger } from "pino";

export type TrunkStateEvent = Extract<SwitchEvent, { readonly type: "trunk.state" }>;

export type TrunkStates = {
  readonly happened: (event: TrunkStateEvent) => void;
  /** What a switch says that has just connected. */
  readonly replace: (states: readonly TrunkState[]) => void;
  readonly all: () => readonly TrunkState[];
};

const isDown = ({ registration, targets }: TrunkState): boolean =>
  registration === "refused" || registration === "unreachable" || (targets.length > 0 && targets.every(({ state }) => state === "down"));

/** A trunk that takes no calls is a warning, once; that it takes them again is worth a line too. */
export function createTrunkStates(log: Pick<Logger, "info" | "warn">): TrunkStates {
  const states = new Map<string, TrunkState>();
  const take = (state: TrunkState): void => {
    const before = states.get(state.trunk);
    states.set(state.trunk, state);
    const fields = { trunk: state.trunk, registration: state.registration, up: state.targets.filter((t) => t.state === "up").length, targets: state.targets.length };
    if (isDown(state) && (before === undefined || !isDown(before))) log.warn(fields, "a trunk takes no calls");
    else if (!isDown(state) && before !== undefined && isDown(before)) log.info(fields, "a trunk takes calls again");
  };
  return {
    happened: take,
    replace: (given) => {
      const now = new Set(given.map(({ trunk }) => trunk));
      for (const trunk of states.keys()) if (!now.has(trunk)) states.delete(trunk);
      for (const state of given) take(state);
    },
    all: () => [...states.values()],
  };
}
