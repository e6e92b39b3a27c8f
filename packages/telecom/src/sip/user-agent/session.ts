// A dialog in use: the requests inside it, in both directions, from its first response to its BYE.
import { addMs, type Millis } from "@ringdesk/std";
import { dialogKey, nextHop, nextSeq, refreshTarget, requestIn, type Dialog } from "../dialog/index.ts";
import type { Received } from "../flow.ts";
import { contentType, decodeUtf8, headerList, type Header, type SipMessage, type SipRequest, type SipResponse } from "../syntax/index.ts";
import type { Timer } from "../timers.ts";
import { T1_MS, T2_MS, TRANSACTION_TIMEOUT_MS, type ClientTransaction, type ClientUser, type ServerTransaction } from "../transaction/index.ts";
import { acceptHeader, allowHeader } from "./admission.ts";
import { isCredential } from "./auth.ts";
import { sdpBody, sdpOf, type Core, type DialogUser } from "./core.ts";
import { OwnOffer, type OfferReason } from "./own-offer.ts";
import { acceptSession, askForSession, MIN_SESSION_INTERVAL_SEC, minSessionOf, sessionOfAnswer, SessionTimer, type SessionInterval } from "./session-timer.ts";

/** RFC 3261 §14.2: a random wait of up to ten seconds; a fixed one serves, as two re-INVITEs of one peer do not compete. */
const retryAfter: Header = { name: "retry-after", value: "2" };
/** A refresh that the peer could not do now is tried again; until it succeeds, or the session lapses. */
const REFRESH_RETRY_MS = 10_000;

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
  /** Whose password answers challenges in this dialog. */
  readonly #account: string;
  readonly #ownOffer: OwnOffer;
  readonly #timer: SessionTimer;
  /** Our description as the peer knows it: what a refresh repeats. */
  #localSdp: string | null = null;
  /** RFC 3311: the peer takes UPDATE, so a refresh needs no offer. */
  #peerUpdates = false;
  /** The last offer of ours. */
  #offered: string | null = null;
  #minSessionSec = MIN_SESSION_INTERVAL_SEC;
  /** We made the call: only then may a challenge of the peer be answered (SEC-3). */
  readonly #isOurs: boolean;
  /** What answered the peer's last challenge: an ACK carries it too (RFC 3261 §22.1). */
  #credentials: readonly Header[] = [];

  constructor(core: Core, call: string, dialog: Dialog, onEarlyBye: ((now: Millis) => void) | null, account = dialog.peer) {
    this.#core = core;
    this.#call = call;
    this.#dialog = dialog;
    this.#onEarlyBye = onEarlyBye;
    this.#account = account;
    // Only a callee is asked what to do with an early BYE.
    this.#isOurs = onEarlyBye === null;
    this.#timer = new SessionTimer(core.timers, (at) => this.#refresh(at), (at) => this.#lose(at));
    this.#ownOffer = new OwnOffer(core, {
      ownsCallId: this.#isOurs,
      mayOffer: () => this.#state === "confirmed" && this.#openOffer === null && this.#awaitedAck === null,
      current: () => this.#localSdp,
      turn: () => core.emit({ type: "offer-turn", call }),
      sendInvite: (sdp, user, at) => this.#sendInvite(sdp, user, at),
      acknowledge: (response) => this.acknowledge(response.envelope.cseq.number),
      accepted: (response, why, at) => this.#reanswered(response, why, at),
      mayDoBetter: (response) => this.#raisesInterval(response),
      refused: (response, why, at) => this.#reofferRefused(response, why, at),
    });
    core.dialogs.set(dialogKey(dialog), this);
  }

  /** The call is up with this description of ours, as that INVITE or 2xx of the peer says; its clock starts. */
  establish(peerSaid: SipMessage, localSdp: string, interval: SessionInterval | null, now: Millis): void {
    this.#localSdp = localSdp;
    this.#noteMethods(peerSaid);
    this.#timer.begin(interval, now);
  }

  /** Offers another description to the peer; tells `reanswered` or `reoffer-refused`. */
  offer(sdp: string, now: Millis): void {
    if (this.#state !== "ended") this.#ownOffer.propose(sdp, now);
  }

  /** Tells `offer-turn` when nothing else is under way. */
  wantTurn(afterMs: number, now: Millis): void {
    if (this.#state !== "ended") this.#ownOffer.wantTurn(afterMs, now);
  }

  offerInTurn(sdp: string, now: Millis): void {
    if (this.#state !== "ended") this.#ownOffer.offerInTurn(sdp, now);
  }

  get connection(): number | undefined {
    return this.#state === "ended" ? undefined : this.#dialog.flow.connection;
  }

  /** Outbound: the dialog is up, by the 2xx to this INVITE. */
  confirm(dialog: Dialog, invite: SipRequest): void {
    this.#credentials = invite.headers.filter(isCredential);
    this.#dialog = { ...dialog, remoteSeq: this.#dialog.remoteSeq };
    this.#state = "confirmed";
  }

  /** Outbound: sends the ACK of a 2xx; returns a function that repeats it for every repeated 2xx (RFC 3261 §13.2.2.4). */
  acknowledge(seq = this.#dialog.localSeq ?? 1): () => void {
    const to = nextHop(this.#dialog, this.#core.config.ownsAddress);
    const bytes = this.#core.sendAlone(requestIn(this.#dialog, "ACK", seq, this.#credentials), to);
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
    this.#ownOffer.proceed(now);
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
      // Whom we call is for the server to say, never for the far side of a call.
      case "REFER": return this.#core.respond(transaction, 603, now);
      default: return this.#core.respond(transaction, 405, now, { headers: [allowHeader] });
    }
  }

  acceptOffer(sdp: string, now: Millis): void {
    const open = this.#openOffer;
    if (open === null) return;
    this.#openOffer = null;
    this.#localSdp = sdp;
    this.#acceptRefresh(open.transaction, now, sdp);
    if (open.received.message.method === "INVITE") this.awaitAck(open.transaction, now);
    else this.#ownOffer.proceed(now);
  }

  refuseOffer(status: number, now: Millis): void {
    const open = this.#openOffer;
    this.#openOffer = null;
    if (open === null) return;
    this.#core.respond(open.transaction, status, now);
    this.#ownOffer.proceed(now);
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
    this.#timer.stop();
    this.#ownOffer.stop();
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
    if (!isInvite && sdp === null) return this.#acceptRefresh(transaction, now, null);
    if (this.#openOffer !== null) return this.#core.respond(transaction, 500, now, { headers: [retryAfter] });
    // Glare: an offer of ours, in a re-INVITE or in a 2xx, is still under way.
    if (this.#state === "early" || this.#ownOffer.isUnderWay || !this.#isAnswerKnown()) return this.#core.respond(transaction, 491, now);
    // RFC 5407 §3.1.4: who sends a re-INVITE has our 2xx; its ACK was lost, or comes late.
    if (this.#awaitedAck !== null) {
      this.#stopAwaiting();
      this.#core.emit({ type: "acked", call: this.#call, sdp: null });
    }
    this.#openOffer = { transaction, received };
    if (isInvite) this.#core.inviteOwners.set(transaction, { toTag: this.#dialog.localTag, cancelled: (at) => this.refuseOffer(487, at) });
    this.#core.emit({ type: "offer", call: this.#call, sdp });
  }

  /** False while a 2xx of ours waits for an ACK that brings the answer to its offer, or that lets us say BYE. */
  #isAnswerKnown(): boolean {
    return this.#awaitedAck === null || (!this.#byeAfterAck && sdpOf(this.#awaitedAck.transaction.received.message) !== null);
  }

  /** 200 to a re-INVITE or UPDATE: a target refresh (§12.2.2), and a refresh of the session (RFC 4028 §9). */
  #acceptRefresh(transaction: ServerTransaction, now: Millis, sdp: string | null): void {
    const { received } = transaction;
    this.#dialog = refreshTarget(this.#dialog, received);
    this.#noteMethods(received.message);
    const session = acceptSession(received.message);
    const headers = [this.#core.contact, allowHeader, ...session.headers];
    this.#core.respond(transaction, 200, now, sdp === null ? { headers } : { headers, body: sdpBody(sdp) });
    if (this.#state === "confirmed") this.#timer.begin(session.interval, now);
  }

  /** RFC 4028 §7.4, §10: by UPDATE without an offer when the peer takes it, else by a re-INVITE with what we said last. */
  #refresh(now: Millis): void {
    if (this.#state !== "confirmed") return;
    if (!this.#peerUpdates) return this.#ownOffer.refresh(now);
    const response = (got: Received<SipResponse>, at: Millis): void => {
      const { status } = got.message;
      if (status < 200 || this.#state !== "confirmed") return;
      if (status < 300) return this.#refreshed(got, at);
      if (status === 405 || status === 501) {
        this.#peerUpdates = false;
        return this.#refresh(at);
      }
      this.#refreshFailed(got, at);
    };
    this.#request("UPDATE", [this.#core.contact, ...askForSession(this.#timer.interval, this.#minSessionSec)], { response, timeout: (at) => this.#refreshFailed(null, at) }, now);
  }

  #refreshed(response: Received<SipResponse>, now: Millis): void {
    this.#dialog = refreshTarget(this.#dialog, response);
    this.#noteMethods(response.message);
    this.#timer.begin(sessionOfAnswer(response.message), now);
  }

  /** A refresh that was not accepted: the session goes on until it lapses, unless the peer no longer knows it (§12.2.1.2). */
  #refreshFailed(response: Received<SipResponse> | null, now: Millis): void {
    const status = response?.message.status ?? 408;
    if (this.#state !== "confirmed") return;
    if (status === 408 || status === 481) return this.#lose(now);
    if (this.#timer.interval?.refresher !== "us") return;
    if (status !== 422 || response === null) return this.#timer.refreshAfter(REFRESH_RETRY_MS, now);
    this.#minSessionSec = Math.max(this.#minSessionSec, minSessionOf(response.message));
    this.#timer.refreshAfter(0, now);
  }

  #sendInvite(sdp: string, user: ClientUser, now: Millis): ClientTransaction {
    this.#offered = sdp;
    return this.#request("INVITE", [this.#core.contact, allowHeader, ...askForSession(this.#timer.interval, this.#minSessionSec)], user, now, sdp);
  }

  #reanswered(response: Received<SipResponse>, why: OfferReason, now: Millis): void {
    if (this.#state !== "confirmed") return;
    this.#localSdp = this.#offered;
    this.#refreshed(response, now);
    this.#core.emit({ type: "reanswered", call: this.#call, sdp: sdpOf(response.message), ...inTurn(why) });
  }

  /** RFC 4028 §7.3: the peer wants a longer interval than we asked for. */
  #raisesInterval({ message }: Received<SipResponse>): boolean {
    if (message.status !== 422) return false;
    const before = this.#minSessionSec;
    this.#minSessionSec = Math.max(before, minSessionOf(message));
    return this.#minSessionSec > before;
  }

  /** The session is as it was; only silence and 481 end it, for then the peer has no such dialog (RFC 5057 §5.1). */
  #reofferRefused(response: Received<SipResponse> | null, why: OfferReason, now: Millis): void {
    if (this.#state !== "confirmed") return;
    const status = response?.message.status ?? 408;
    if (why !== "refresh") this.#core.emit({ type: "reoffer-refused", call: this.#call, status, ...inTurn(why) });
    if (why === "refresh" || status === 408 || status === 481) this.#refreshFailed(response, now);
  }

  /** The peer knows nothing of the call any more: a last BYE, and it is over. */
  #lose(now: Millis): void {
    if (this.#state !== "confirmed") return;
    this.#sendBye(now);
    this.#core.end(this.#call, "local", { why: "lost" });
  }

  #noteMethods(message: SipMessage): void {
    const allowed = headerList(message, "allow");
    if (allowed.length > 0) this.#peerUpdates = allowed.includes("UPDATE");
  }

  #sendBye(now: Millis): void {
    if (this.#state === "ended") return;
    this.#request("BYE", [], { response: () => {}, timeout: () => {} }, now);
    this.drop(now);
  }

  #request(method: string, headers: readonly Header[], user: ClientUser, now: Millis, sdp: string | null = null, answered = 0): ClientTransaction {
    const seq = nextSeq(this.#dialog);
    this.#dialog = { ...this.#dialog, localSeq: seq };
    const body = sdp === null ? null : sdpBody(sdp);
    const all = body === null ? headers : [...headers, { name: "content-type", value: body.type }];
    const { peer } = this.#dialog;
    const response = (got: Received<SipResponse>, at: Millis): void => {
      const mayAnswer = this.#isOurs && (this.#state === "confirmed" || method === "BYE");
      const credential = mayAnswer ? this.#core.auth.answer(this.#account, transaction.request, got.message, answered) : null;
      if (credential === null) return user.response(got, at);
      this.#credentials = [credential];
      this.#request(method, [...headers.filter((h) => !isCredential(h)), credential], user, at, sdp, answered + 1);
    };
    const transaction = this.#core.request(requestIn(this.#dialog, method, seq, all, body?.bytes), nextHop(this.#dialog, this.#core.config.ownsAddress), peer, { ...user, response }, now);
    return transaction;
  }

  #stopAwaiting(): void {
    this.#core.timers.stop(this.#awaitedAck?.resend ?? null);
    this.#core.timers.stop(this.#awaitedAck?.giveUp ?? null);
    this.#awaitedAck = null;
  }
}

const inTurn = (why: OfferReason): { readonly inTurn?: true } => (why === "turn" ? { inTurn: true } : {});
