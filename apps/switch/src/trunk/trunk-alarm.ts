import type { Millis } from "@ringdesk/std";

export type Alarm = { readonly set: (at: Millis | null) => void; readonly stop: () => void };

/** One timer of the platform for all timers of SIP. It is moved only to an earlier instant: firing early costs a look. */
export function createAlarm(now: () => Millis, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | null = null;
  let armedFor = Infinity;
  let stopped = false;
  return {
    set: (at) => {
      if (stopped || at === null || at >= armedFor) return;
      if (timer !== null) clearTimeout(timer);
      armedFor = at;
      timer = setTimeout(() => {
        timer = null;
        armedFor = Infinity;
        ring();
      }, Math.max(0, at - now()));
    },
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
