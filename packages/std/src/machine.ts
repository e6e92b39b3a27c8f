import type { Millis } from "./brands.ts";

/** What every business machine returns. `effects` are plain data; the shell performs them. */
export type Step<S, F> = { readonly state: S; readonly effects: readonly F[] };

/** The instant `ms` milliseconds after `at`. */
export const addMs = (at: Millis, ms: number): Millis => (at + ms) as Millis;
