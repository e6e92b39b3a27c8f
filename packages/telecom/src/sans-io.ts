import type { Millis } from "@ringdesk/std";

/** The only shape a protocol engine may have. Feed one input, drain `poll` to null, then feed the next. */
export interface SansIo<In, Out> {
  readonly handle: (input: In, now: Millis) => void;
  readonly poll: () => Out | null;
  /** When `handle` must be called again even if nothing arrives; null when nothing is waited for. */
  readonly deadline: () => Millis | null;
}
