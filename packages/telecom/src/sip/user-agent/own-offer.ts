// Offers of ours inside a dialog: one re-INVITE at a time (RFC 3261 §14.1), and again after glare.
import { addMs, type Millis } from "@ringdesk/std";
import type { Received } from "../flow.ts";
import type { SipResponse } from "../syntax/index.ts";
import type { Timer } from "../timers.ts";
import { TRANSACTION_TIMEOUT_MS, type ClientTransaction, type ClientUser } from "../transaction/index.ts";
import type { Core } from "./core.ts";

/** RFC 3261 §14.1: who owns the Call-ID waits 2.1 to 4 s after glare, the other 0 to 2 s, in steps of 10 ms. */
const GLARE_STEP_MS = 10;
const OWNER_GLARE = { fromMs: 2_100, steps: 190 } as const;
const OTHER_GLARE = { fromMs: 0, steps: 200 } as const;

/**
 * Why a re-INVITE goes out: with a description that was given beforehand, with one that was made for this turn, or to refresh
 * the session with what we said last.
 */
export type OfferReason = "given" | "turn" | "refresh";

/** What a re-INVITE needs from its dialog. */
export type OfferHost = {
  /** True when the dialog is up and nothing of the peer is under way. */
  readonly mayOffer: () => boolean;
  readonly ownsCallId: boolean;
  /** Our description as the peer knows it. */
  readonly current: () => string | null;
  /** Nothing is under way: an offer in turn goes out if it is made now. */
  readonly turn: () => void;
  readonly sendInvite: (sdp: string, user: ClientUser, now: Millis) => ClientTransaction;
  /** Sends the ACK of a 2xx; the function repeats it. */
  readonly acknowledge: (response: Received<SipResponse>) => () => void;
  readonly accepted: (response: Received<SipResponse>, why: OfferReason, now: Millis) => void;
  /** True when the peer refused only for what will be said differently next time. */
  readonly mayDoBetter: (response: Received<SipResponse>) => boolean;
  /** The session is as it was before (§14.1). Null: nobody answered. */
  readonly refused: (response: Received<SipResponse> | null, why: OfferReason, now: Millis) => void;
};

export class OwnOffer {
  readonly #core: Core;
  readonly #host: OfferHost;
  #given: string | null = null;
  #wantsTurn = false;
  #wantsRefresh = false;
  #underWay: { readonly transaction: ClientTransaction; readonly giveUp: Timer; settled: boolean } | null = null;
  #pause: Timer | null = null;

  constructor(core: Core, host: OfferHost) {
    this.#core = core;
    this.#host = host;
  }

  /** True while an offer of ours has no answer: one of the peer then is glare. */
  get isUnderWay(): boolean {
    return this.#underWay !== null && !this.#underWay.settled;
  }

  /** Offers this as soon as the dialog is free; of several the last counts. */
  propose(sdp: string, now: Millis): void {
    this.#given = sdp;
    this.proceed(now);
  }

  /** Asks for a turn, `afterMs` from now at the earliest. */
  wantTurn(afterMs: number, now: Millis): void {
    this.#wantsTurn = true;
    if (afterMs > 0 && this.#pause === null) this.#pauseFor(afterMs, now);
    this.proceed(now);
  }

  /** In a turn that was told in this instant. It is not repeated after glare: another turn comes instead. */
  offerInTurn(sdp: string, now: Millis): void {
    if (this.#mayOffer()) this.#send(sdp, "turn", now);
    else this.#wantsTurn = true;
  }

  /** Refreshes the session; any offer does. */
  refresh(now: Millis): void {
    this.#wantsRefresh = true;
    this.proceed(now);
  }

  /** Call it whenever something of the peer has been settled. */
  proceed(now: Millis): void {
    if (!this.#mayOffer()) return;
    const sdp = this.#given;
    if (sdp !== null) {
      this.#given = null;
      return this.#send(sdp, "given", now);
    }
    const current = this.#wantsRefresh ? this.#host.current() : null;
    if (current !== null) return this.#send(current, "refresh", now);
    if (!this.#wantsTurn) return;
    this.#wantsTurn = false;
    this.#host.turn();
  }

  /** The dialog is over: nothing more is offered. A late 2xx is still acknowledged. */
  stop(): void {
    this.#given = null;
    this.#wantsTurn = false;
    this.#wantsRefresh = false;
    this.#core.timers.stop(this.#pause);
    if (this.#underWay !== null) this.#underWay.settled = true;
  }

  #mayOffer(): boolean {
    return !this.isUnderWay && this.#pause === null && this.#host.mayOffer();
  }

  #send(sdp: string, why: OfferReason, now: Millis): void {
    this.#wantsRefresh = false;
    let repeatAck: (() => void) | null = null;
    const response = (got: Received<SipResponse>, at: Millis): void => {
      const { status } = got.message;
      if (status < 200) return;
      if (repeatAck !== null) return repeatAck();
      if (status < 300) repeatAck = this.#host.acknowledge(got);
      if (!this.#settle(transaction)) return;
      if (status === 491) {
        const { fromMs, steps } = this.#host.ownsCallId ? OWNER_GLARE : OTHER_GLARE;
        this.#pauseFor(fromMs + drawBelow(this.#core.config.newToken(), steps + 1) * GLARE_STEP_MS, at);
        return this.#again(sdp, why);
      }
      if (status < 300) this.#host.accepted(got, why, at);
      else if (this.#host.mayDoBetter(got)) this.#again(sdp, why);
      else this.#host.refused(got, why, at);
      this.proceed(at);
    };
    const silence = (at: Millis): void => {
      transaction.abandon();
      if (this.#settle(transaction)) this.#host.refused(null, why, at);
    };
    const transaction: ClientTransaction = this.#host.sendInvite(sdp, { response, timeout: silence }, now);
    // Timer B stops at a provisional response; a peer that then falls silent is given as long.
    this.#underWay = { transaction, giveUp: this.#core.timers.start(addMs(now, TRANSACTION_TIMEOUT_MS), silence), settled: false };
  }

  /** True the first time. */
  #settle(transaction: ClientTransaction): boolean {
    if (this.#underWay?.transaction !== transaction || this.#underWay.settled) return false;
    this.#underWay.settled = true;
    this.#core.timers.stop(this.#underWay.giveUp);
    return true;
  }

  /** What the peer said meanwhile may have made an older description wrong: only one that was given is kept. */
  #again(sdp: string, why: OfferReason): void {
    if (why === "given") this.#given ??= sdp;
    else if (why === "turn") this.#wantsTurn = true;
    else this.#wantsRefresh = true;
  }

  #pauseFor(ms: number, now: Millis): void {
    this.#pause = this.#core.timers.start(addMs(now, ms), (at) => {
      this.#pause = null;
      this.proceed(at);
    });
  }
}

/** A number below `limit` out of an unpredictable text. */
function drawBelow(token: string, limit: number): number {
  let sum = 0;
  for (let i = 0; i < token.length; i++) sum = (sum * 31 + token.charCodeAt(i)) % 1_000_003;
  return sum % limit;
}
