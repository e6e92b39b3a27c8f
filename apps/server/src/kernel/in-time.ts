import { addMs } from "@ringdesk/std";
import type { Clock } from "./clock.ports.ts";

/** The value when it comes within `limitMs`; null when it is late or its making fails. Whoever makes it is not stopped. */
export function inTime<T>(clock: Clock, value: Promise<T>, limitMs: number): Promise<T | null> {
  return new Promise((resolve) => {
    const cancel = clock.at(addMs(clock.now(), limitMs), () => resolve(null));
    value.catch(() => null).then((made) => {
      cancel();
      resolve(made);
    }, () => undefined);
  });
}
