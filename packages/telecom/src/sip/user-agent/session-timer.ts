// Session timers (RFC 4028): a call whose peer is gone without a word ends when nobody refreshes it any more.
import { addMs, type Millis } from "@ringdesk/std";
import { header, headerList, parseParams, type Header, type SipMessage, type SipRequest, type SipResponse } from "../syntax/index.ts";
import type { Timer, Timers } from "../timers.ts";

/** RFC 4028 §4: the recommended interval, and §5: the smallest that anybody may ask for. */
export const SESSION_INTERVAL_SEC = 1_800;
export const MIN_SESSION_INTERVAL_SEC = 90;
/** RFC 4028 §10: a session lapses this much, or a third of the interval, before its end; so that the BYE still is of use. */
const LAPSE_EARLY_SEC = 32;
/** A Session-Expires beyond it means the same as this. */
const MAX_SESSION_INTERVAL_SEC = 86_400;

/** What both sides agreed on; `refresher` is who has to refresh. */
export type SessionInterval = { readonly seconds: number; readonly refresher: "us" | "peer" };

export const timerSupported: Header = { name: "supported", value: "timer" };
export const minSessionHeader: Header = { name: "min-se", value: String(MIN_SESSION_INTERVAL_SEC) };

type SessionExpires = { readonly seconds: number; readonly refresher: string | null };

/** The Session-Expires of a message; null when it has none that can be read. */
function readSessionExpires(message: SipMessage): SessionExpires | null {
  const value = header(message, "session-expires");
  if (value === null) return null;
  const seconds = secondsOf(value);
  const semi = value.indexOf(";");
  const params = semi < 0 ? null : parseParams(value.slice(semi));
  return seconds === null ? null : { seconds, refresher: params?.get("refresher")?.toLowerCase() ?? null };
}

function secondsOf(value: string): number | null {
  const digits = /^\d{1,9}(?=[ \t]*(?:;|$))/.exec(value)?.[0];
  return digits === undefined ? null : Math.min(Number(digits), MAX_SESSION_INTERVAL_SEC);
}

/** The Min-SE of a message, at least {@link MIN_SESSION_INTERVAL_SEC}. */
export function minSessionOf(message: SipMessage): number {
  return Math.max(MIN_SESSION_INTERVAL_SEC, secondsOf(header(message, "min-se") ?? "") ?? 0);
}

const supportsTimer = (message: SipMessage): boolean =>
  ["supported", "require"].some((name) => headerList(message, name).some((tag) => tag.toLowerCase() === "timer"));

/** RFC 4028 §9: an interval of the peer that is too small for us and that it is able to raise: 422 with Min-SE. */
export function isSessionTooShort(request: SipRequest): boolean {
  const asked = readSessionExpires(request);
  return asked !== null && asked.seconds < MIN_SESSION_INTERVAL_SEC && supportsTimer(request);
}

/**
 * RFC 4028 §9: what our 2xx to an INVITE or UPDATE says, and the interval that then holds. A peer that names no refresher
 * does the work itself when it asked for the timer; for one that only could, we do.
 */
export function acceptSession(request: SipRequest): { readonly interval: SessionInterval | null; readonly headers: readonly Header[] } {
  const asked = readSessionExpires(request);
  const able = supportsTimer(request);
  if (asked === null && !able) return { interval: null, headers: [timerSupported] };
  const seconds = Math.max(minSessionOf(request), Math.min(asked?.seconds ?? SESSION_INTERVAL_SEC, SESSION_INTERVAL_SEC));
  const refresher = able && asked !== null && asked.refresher !== "uas" ? "peer" : "us";
  const sessionExpires = { name: "session-expires", value: `${seconds};refresher=${refresher === "peer" ? "uac" : "uas"}` };
  const required: readonly Header[] = refresher === "peer" ? [{ name: "require", value: "timer" }] : [];
  return { interval: { seconds, refresher }, headers: [timerSupported, ...required, sessionExpires] };
}

/** RFC 4028 §7.2: the interval that a 2xx to our INVITE or UPDATE sets; null when the peer wants none. */
export function sessionOfAnswer(response: SipResponse): SessionInterval | null {
  const agreed = readSessionExpires(response);
  if (agreed === null) return null;
  return { seconds: Math.max(agreed.seconds, MIN_SESSION_INTERVAL_SEC), refresher: agreed.refresher === "uas" ? "peer" : "us" };
}

/** What we ask for in an INVITE or a refresh (RFC 4028 §7.1, §7.4): in a refresh, who refreshes stays as it is. */
export function askForSession(interval: SessionInterval | null, minSec: number): readonly Header[] {
  const seconds = Math.max(minSec, interval?.seconds ?? SESSION_INTERVAL_SEC);
  const refresher = interval === null ? "" : `;refresher=${interval.refresher === "us" ? "uac" : "uas"}`;
  const min: readonly Header[] = minSec > MIN_SESSION_INTERVAL_SEC ? [{ name: "min-se", value: String(minSec) }] : [];
  return [timerSupported, { name: "session-expires", value: `${seconds}${refresher}` }, ...min];
}

/** The clock of one session. */
export class SessionTimer {
  readonly #timers: Timers;
  readonly #refresh: (now: Millis) => void;
  readonly #lapse: (now: Millis) => void;
  #interval: SessionInterval | null = null;
  #refreshTimer: Timer | null = null;
  #lapseTimer: Timer | null = null;

  constructor(timers: Timers, refresh: (now: Millis) => void, lapse: (now: Millis) => void) {
    this.#timers = timers;
    this.#refresh = refresh;
    this.#lapse = lapse;
  }

  get interval(): SessionInterval | null {
    return this.#interval;
  }

  /** The session was refreshed, or set up: the interval begins anew. Null: without a timer from now on. */
  begin(interval: SessionInterval | null, now: Millis): void {
    this.stop();
    this.#interval = interval;
    if (interval === null) return;
    const { seconds, refresher } = interval;
    this.#lapseTimer = this.#timers.start(addMs(now, (seconds - Math.min(LAPSE_EARLY_SEC, Math.floor(seconds / 3))) * 1_000), this.#lapse);
    if (refresher === "us") this.refreshAfter((seconds * 1_000) / 2, now);
  }

  /** Tries the refresh then, instead of at half the interval. The lapse stays where it is. */
  refreshAfter(ms: number, now: Millis): void {
    this.#timers.stop(this.#refreshTimer);
    this.#refreshTimer = this.#timers.start(addMs(now, ms), this.#refresh);
  }

  stop(): void {
    this.#timers.stop(this.#refreshTimer);
    this.#timers.stop(this.#lapseTimer);
  }
}
