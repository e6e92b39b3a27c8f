import { clock } from "../words/time.ts";
import { useNow } from "./now.ts";

/** A clock that runs since `since`; `until` stops it. Hidden from screen readers' live regions: a clock read out each second is noise. */
export function Elapsed({ since, until = null }: { readonly since: number; readonly until?: number | null }) {
  const now = useNow(until === null);
  return <span className="rd-number" role="timer" aria-live="off">{clock((until ?? now) - since)}</span>;
}

/** Seconds left until `until`. */
export function Remaining({ until }: { readonly until: number }) {
  const now = useNow();
  return <span className="rd-number" role="timer" aria-live="off">{Math.max(0, Math.ceil((until - now) / 1_000))} s</span>;
}
