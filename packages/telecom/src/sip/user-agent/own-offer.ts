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

/** What a re-INVITE needs from its dialog. */
export type OfferHost = {
  /** True when the dialog is up and nothing of the peer is under way. */
  readonly mayOffer: () => boolean;
  readonly ownsCallId: boolean;
  readonly sendInvite: (sdp: string, user: ClientUser, now: Millis) => ClientTransaction;
  /** Sends the ACK of a 2xx; the function repeats it. */
  readonly acknowledge: (response: Received<SipResponse>) => () => void;
  readonly accepted: (response: Received<SipResponse>, now: Millis) => void;
  /** The session is as it was before (§14.1). Null: nobody answered. */
  readonly refused: (response: Received<SipResponse> | null, now: Millis) => void;
};

export class OwnOffer {
  readonly #core: Core;
  readonly #host: OfferHost;
  #wanted: string | null = null;
  #underWay: { readonly transaction: ClientTransaction; readonly giveUp: Timer; settled: boolean } | null = null;
  #retry: Timer | null = null;

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
    this.#wanted = sdp;
    this.proceed(now);
  }

  /** Call it whenever something of the peer has been settled. */
  proceed(now: Millis): void {
    const sdp = this.#wanted;
    if (sdp === null || this.isUnderWay || this.#retry !== null || !this.#host.mayOffer()) return;
    this.#wanted = null;
    let repeatAck: (() => void) | null = null;
    const response = (got: Received<SipResponse>, at: Millis): void => {
      const { status } = got.message;
      if (status < 200) return;
      if (repeatAck !== null) return repeatAck();
      if (status < 300) repeatAck = this.#host.acknowledge(got);
      if (!this.#settle(transaction)) return;
      if (status === 491) return this.#retryAfterGlare(sdp, at);
      if (status < 300) this.#host.accepted(got, at);
      else this.#host.refused(got, at);
      this.proceed(at);
    };
    const silence = (at: Millis): void => {
      transaction.abandon();
      if (this.#settle(transaction)) this.#host.refused(null, at);
    };
    const transaction: ClientTransaction = this.#host.sendInvite(sdp, { response, timeout: silence }, now);
    // Timer B stops at a provisional response; a peer that then falls silent is given as long.
    this.#underWay = { transaction, giveUp: this.#core.timers.start(addMs(now, TRANSACTION_TIMEOUT_MS), silence), settled: false };
  }

  /** The dialog is over: nothing more is offered. A late 2xx is still acknowledged. */
  stop(): void {
    this.#wanted = null;
    this.#core.timers.stop(this.#retry);
    if (this.#underWay !== null) this.#underWay.settled = true;
  }

  /** True the first time. */
  #settle(transaction: ClientTransaction): boolean {
    if (this.#underWay?.transaction !== transaction || this.#underWay.settled) return false;
    this.#underWay.settled = true;
    this.#core.timers.stop(this.#underWay.giveUp);
    return true;
  }

  #retryAfterGlare(sdp: string, now: Millis): void {
    this.#wanted ??= sdp;
    const { fromMs, steps } = this.#host.ownsCallId ? OWNER_GLARE : OTHER_GLARE;
    this.#retry = this.#core.timers.start(addMs(now, fromMs + drawBelow(this.#core.config.newToken(), steps + 1) * GLARE_STEP_MS), (at) => {
      this.#retry = null;
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
