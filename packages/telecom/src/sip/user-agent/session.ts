// A dialog in use: the requests inside it, in both directions, from its first response to its BYE.
import { addMs, type Millis } from "@ringdesk/std";
import { dialogKey, nextHop, nextSeq, refreshTarget, requestIn, type Dialog } from "../dialog/index.ts";
import type { Received } from "../flow.ts";
import { contentType, decodeUtf8, type Header, type SipRequest } from "../syntax/index.ts";
import type { Timer } from "../timers.ts";
import { T1_MS, T2_MS, TRANSACTION_TIMEOUT_MS, type ServerTransaction } from "../transaction/index.ts";
import { acceptHeader, allowHeader } from "./admission.ts";
import { sdpBody, sdpOf, type Core, type DialogUser } from "./core.ts";

/** RFC 3261 §14.2: a random wait of up to ten seconds; a fixed one serves, as two re-INVITEs of one peer do not compete. */
const retryAfter: Header = { name: "retry-after", value: "2" };

/** A 2xx of ours whose ACK has not come. */
type AwaitedAck = { readonly transaction: ServerTransaction; readonly seq: number; resend: Timer | null; giveUp: Timer | null };
/** An offer of the peer, or its wish for one, that waits for our decision. */
type OpenOffer = { readonly transaction: ServerTransaction; readonly received: Received<SipRequest> };

export class Session implements DialogUser {
  readonly #core: Core;
  readonly #call: string;
  #dialog: Dialog;
  #state: "early" | "confirmed" | "ended" = "early";
  #awaitedAck: AwaitedAck | null = null;
  #openOffer: OpenOffer | null = null;
  /** BYE is due as soon as the ACK is here (RFC 3261 §15: the callee may not send it before). */
  #byeAfterAck = false;
  /** What to do with a BYE in the early dialog: only a caller may send one. */
  readonly #onEarlyBye: ((now: Millis) => void) | null;

  constructor(core: Core, call: string, dialog: Dialog, onEarlyBye: ((now: Millis) => void) | null) {
    this.#core = core;
    this.#call = call;
    this.#dialog = dialog;
    this.#onEarlyBye = onEarlyBye;
    core.dialogs.set(dialogKey(dialog), this);
  }

  /** Outbound: the dialog is up, by this 2xx. */
  confirm(dialog: Dialog): void {
    this.#dialog = { ...dialog, remoteSeq: this.#dialog.remoteSeq };
    this.#state = "confirmed";
  }

  /** Outbound: sends the ACK of a 2xx; returns a function that repeats it for every repeated 2xx (RFC 3261 §13.2.2.4). */
  acknowledge(): () => void {
    const to = nextHop(this.#dialog, this.#core.config.ownsAddress);
    const bytes = this.#core.sendAlone(requestIn(this.#dialog, "ACK", this.#dialog.localSeq ?? 1, []), to);
    return () => this.#core.send(bytes, to);
  }

  /** Inbound: our 2xx to an INVITE is out; repeats it until the ACK comes, gives the call up when none does (§13.3.1.4). */
  awaitAck(transaction: ServerTransaction, now: Millis): void {
    this.#state = "confirmed";
    const awaited: AwaitedAck = { transaction, seq: transaction.received.envelope.cseq.number, resend: null, giveUp: null };
    this.#awaitedAck = awaited;
    const resendAfter = (ms: number, at: Millis): void => {
      awaited.resend = this.#core.timers.start(addMs(at, ms), (then) => {
        transaction.repeatSuccess();
        resendAfter(Math.min(ms * 2, T2_MS), then);
      });
    };
    resendAfter(T1_MS, now);
    awaited.giveUp = this.#core.timers.start(addMs(now, TRANSACTION_TIMEOUT_MS), (then) => {
      this.#stopAwaiting();
      this.#sendBye(then);
      this.#core.end(this.#call, "local", { why: "no-ack" });
    });
  }

  receiveAck(ack: Received<SipRequest>, now: Millis): void {
    if (this.#awaitedAck?.seq !== ack.envelope.cseq.number) return;
    this.#stopAwaiting();
    if (this.#byeAfterAck) this.#sendBye(now);
    else this.#core.emit({ type: "acked", call: this.#call, sdp: sdpOf(ack.message) });
  }

  /** Any request in the dialog but ACK and CANCEL. */
  receive(transaction: ServerTransaction, now: Millis): void {
    const { received } = transaction;
    const { method } = received.message;
    const seq = received.envelope.cseq.number;
    if (this.#state === "ended") return this.#core.respond(transaction, method === "BYE" ? 200 : 481, now);
    // §12.2.2: out of order. Repetitions never get here, the transaction answers them.
    if (this.#dialog.remoteSeq !== null && seq <= this.#dialog.remoteSeq) return this.#core.respond(transaction, 500, now);
    this.#dialog = { ...this.#dialog, remoteSeq: seq, flow: received.from };
    switch (method) {
      case "BYE": return this.#receiveBye(transaction, now);
      case "INVITE":
      case "UPDATE": return this.#receiveOffer(transaction, now);
      case "INFO":
        this.#core.respond(transaction, 200, now);
        return this.#core.emit({ type: "info", call: this.#call, contentType: contentType(received.message), body: decodeUtf8(received.message.body) });
      case "OPTIONS": return this.#core.respond(transaction, 200, now, { headers: [allowHeader, acceptHeader] });
      default: return this.#core.respond(transaction, 405, now, { headers: [allowHeader] });
    }
  }

  acceptOffer(sdp: string, now: Millis): void {
    const open = this.#openOffer;
    if (open === null) return;
    this.#openOffer = null;
    this.#dialog = refreshTarget(this.#dialog, open.received);
    this.#core.respond(open.transaction, 200, now, { headers: [this.#core.contact, allowHeader], body: sdpBody(sdp) });
    if (open.received.message.method === "INVITE") this.awaitAck(open.transaction, now);
  }

  refuseOffer(status: number, now: Millis): void {
    const open = this.#openOffer;
    this.#openOffer = null;
    if (open !== null) this.#core.respond(open.transaction, status, now);
  }

  /** Ends the dialog with a BYE: now, or when the ACK that we wait for is here or overdue. */
  hangUp(now: Millis): void {
    this.refuseOffer(487, now);
    if (this.#awaitedAck !== null) this.#byeAfterAck = true;
    else this.#sendBye(now);
  }

  /** Ends the dialog without a word: an early one whose INVITE was refused. */
  drop(now: Millis): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#stopAwaiting();
    // A BYE that crossed ours, or one repeated by another path, still finds the dialog.
    this.#core.timers.start(addMs(now, TRANSACTION_TIMEOUT_MS), () => {
      const key = dialogKey(this.#dialog);
      if (this.#core.dialogs.get(key) === this) this.#core.dialogs.delete(key);
    });
  }

  #receiveBye(transaction: ServerTransaction, now: Millis): void {
    if (this.#state === "early") {
      if (this.#onEarlyBye === null) return this.#core.respond(transaction, 481, now);
      this.#core.respond(transaction, 200, now);
      return this.#onEarlyBye(now);
    }
    this.#core.respond(transaction, 200, now);
    this.refuseOffer(487, now);
    this.drop(now);
    this.#core.end(this.#call, "peer", { why: "bye" });
  }

  /** A re-INVITE (RFC 3261 §14.2) or an UPDATE (RFC 3311 §5.2). */
  #receiveOffer(transaction: ServerTransaction, now: Millis): void {
    const { received } = transaction;
    const isInvite = received.message.method === "INVITE";
    const sdp = sdpOf(received.message);
    if (!isInvite && sdp === null) {
      this.#dialog = refreshTarget(this.#dialog, received);
      return this.#core.respond(transaction, 200, now, { headers: [this.#core.contact, allowHeader] });
    }
    if (this.#openOffer !== null) return this.#core.respond(transaction, 500, now, { headers: [retryAfter] });
    // Glare: an offer of ours, or a 2xx that is not acknowledged, is still under way.
    if (this.#state === "early" || this.#awaitedAck !== null) return this.#core.respond(transaction, 491, now);
    this.#openOffer = { transaction, received };
    if (isInvite) this.#core.inviteOwners.set(transaction, { toTag: this.#dialog.localTag, cancelled: (at) => this.refuseOffer(487, at) });
    this.#core.emit({ type: "offer", call: this.#call, sdp });
  }

  #sendBye(now: Millis): void {
    if (this.#state === "ended") return;
    const seq = nextSeq(this.#dialog);
    this.#dialog = { ...this.#dialog, localSeq: seq };
    const nobody = { response: () => {}, timeout: () => {} };
    this.#core.request(requestIn(this.#dialog, "BYE", seq, []), nextHop(this.#dialog, this.#core.config.ownsAddress), this.#dialog.peer, nobody, now);
    this.drop(now);
  }

  #stopAwaiting(): void {
    this.#core.timers.stop(this.#awaitedAck?.resend ?? null);
    this.#core.timers.stop(this.#awaitedAck?.giveUp ?? null);
    this.#awaitedAck = null;
  }
}
