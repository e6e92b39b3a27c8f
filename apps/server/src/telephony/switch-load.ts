// Whether the switch can take more calls, as it tells it.
import type { SwitchEvent, SwitchLoad } from "@ringdesk/contract/switch";
import type { Logger } from "pino";

export type SwitchLoadEvent = Extract<SwitchEvent, { readonly type: "switch.load" }>;

export type SwitchLoadState = {
  readonly happened: (load: SwitchLoad) => void;
  /** What a switch says that has just connected; not given by one that does not measure. */
  readonly replace: (load: SwitchLoad | undefined) => void;
  readonly isOverloaded: () => boolean;
};

/** Each change is worth a line in the log, once. */
export function createSwitchLoadState(log: Pick<Logger, "info" | "warn">): SwitchLoadState {
  let overloaded = false;
  const take = ({ state, lateMs }: SwitchLoad): void => {
    if (overloaded === (state === "overloaded")) return;
    overloaded = state === "overloaded";
    if (overloaded) log.warn({ lateMs }, "the switch is overloaded and takes no new calls");
    else log.info({}, "the switch takes new calls again");
  };
  return { happened: take, replace: (load) => take(load ?? { state: "normal", lateMs: 0 }), isOverloaded: () => overloaded };
}
