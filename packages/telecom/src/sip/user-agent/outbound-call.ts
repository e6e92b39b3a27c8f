// A call that we make: the client side of INVITE (RFC 3261 §13.2), CANCEL (§9.1), and the first of several 2xx.
import { addMs, type Millis } from "@ringdesk/std";
import { dialogOfClient } from "../dialog/index.ts";
import type { Flow, Received } from "../flow.ts";
import { header, parseCSeq, printNameAddr, type Header, type NameAddr, type SipRequest, type SipResponse } from "../syntax/index.ts";
import type { Timer } from "../timers.ts";
import { cancelFor, TRANSACTION_TIMEOUT_MS, type ClientTransaction } from "../transaction/index.ts";
import { allowHeader } from "./admission.ts";
import { isCredential } from "./auth.ts";
import { sdpBody, sdpOf, type CallCommand, type Core } from "./core.ts";
import { retryAfterSecOf } from "./probe.ts";
import { Session } from "./session.ts";
import { askForSession, MIN_SESSION_INTERVAL_SEC, minSessionOf, sessionOfAnswer } from "./session-timer.ts";
import type { DialInput, DialTarget, EndReason } from "./user-agent.types.ts";

/** Early dialogs of one INVITE that a forking proxy may show us; more are not followed. */
export const MAX_FORKS = 8;

/** Without any response for this long the next target is tried; timer B alone would make the caller wait for 32 s. */
export const SILENCE_LIMIT_MS = 4_000;
/** Refusals after which another target may do better: overloaded, broken, or nobody there. Others speak for the callee. */
const worthRetrying: ReadonlySet<number> = new Set([408, 480, 500, 502, 503, 504]);

/** One callee that answered with a 2xx, or may. */
type Branch = { readonly session: Session; repeatAck: (() => void) | null };

/** Sends the INVITE and puts the call into the table of calls. */
export function startOutboundCall(core: Core, dial: DialInput, now: Millis): void {
  new OutboundCall(core, dial, now);
}

class OutboundCall {
  readonly #core: Core;
  readonly #call: string;
  readonly #peer: string;
  readonly #account: string;
  readonly #dial: DialInput;
  readonly #ringUntil: Millis;
  /** A callee's phone was heard of (101 to 199): from now on another target would ring it twice. */
  #heardOf = false;
  #silence: Timer | null = null;
  /** How many challenges were answered. */
  #answered = 0;
  #invite: SipRequest;
  #transaction: ClientTransaction;
  #minSessionSec = MIN_SESSION_INTERVAL_SEC;
  readonly #branches = new Map<string, Branch>();
  #winner: Session | null = null;
  #provisional = false;
  /** We no longer want an answer: hung up, or it rang too long. */
  #abandoned = false;
  #cancelSent = false;
  readonly #ringTimer: Timer;

  constructor(core: Core, dial: DialInput, now: Millis) {
    this.#core = core;
    this.#call = dial.call;
    this.#peer = dial.peer;
    this.#account = dial.account ?? dial.peer;
    this.#dial = dial;
    this.#ringUntil = addMs(now, dial.ringTimeoutMs);
    this.#ringTimer = core.timers.start(this.#ringUntil, (at) => this.#abandon({ why: "no-answer" }, at));
    this.#transaction = this.#send(inviteOf(core, dial), dial.to, now);
    this.#invite = this.#transaction.request;
    core.calls.set(dial.call, { command: (command, at) => this.#command(command, at) });
    if (this.#next !== undefined) this.#silence = core.timers.start(addMs(now, SILENCE_LIMIT_MS), (at) => this.#failOver(null, at));
  }

  get #next(): DialTarget | undefined {
    return this.#dial.alternates?.[0];
  }

  /** Sends an INVITE of this call: the first, or one that repeats it with other headers. */
  #send(invite: SipRequest, to: Flow, now: Millis): ClientTransaction {
    return this.#core.request(invite, to, this.#peer, {
      response: (response, at) => this.#receive(response, at),
      timeout: (at) => {
        if (!this.#failOver(null, at)) this.#finish("peer", { why: "timeout" });
      },
    }, now);
  }

  #command(command: CallCommand, now: Millis): void {
    switch (command.type) {
      case "hangup":
      case "reject":
        if (this.#winner === null) return this.#abandon({ why: "hung-up" }, now);
        this.#winner.hangUp(now);
        return this.#core.end(this.#call, "local", { why: "hung-up" });
      case "accept-offer": return this.#winner?.acceptOffer(command.sdp, now);
      case "refuse-offer": return this.#winner?.refuseOffer(command.status, now);
      case "offer": return this.#winner?.offer(command.sdp, now);
      case "want-turn": return this.#winner?.wantTurn(command.afterMs, now);
      case "offer-in-turn": return this.#winner?.offerInTurn(command.sdp, now);
      case "ring":
      case "progress":
      case "answer": return;
    }
  }

  #receive(response: Received<SipResponse>, now: Millis): void {
    const { status } = response.message;
    this.#core.timers.stop(this.#silence);
    if (status < 200) return this.#receiveProvisional(response, now);
    if (status < 300) return this.#receiveSuccess(response, now);
    this.#dropBranches(now);
    if (this.#answerChallenge(response.message, now) || this.#failOver(response.message, now)) return;
    if (status === 422 && this.#raiseInterval(response.message, now)) return;
    this.#finish("peer", { why: "rejected", status });
  }

  /** RFC 3261 §22.2, §22.3. */
  #answerChallenge(response: SipResponse, now: Millis): boolean {
    const credential = this.#abandoned ? null : this.#core.auth.answer(this.#account, this.#invite, response, this.#answered);
    if (credential === null) return false;
    this.#answered++;
    this.#repeatInvite(this.#invite.headers.filter((h) => !isCredential(h)), [credential], now);
    return true;
  }

  /**
   * Tells that a target did not take the call, by its refusal or its silence (null), and goes on to the next. False when
   * the call ends with it. What the old target still says is cancelled, or acknowledged and hung up.
   */
  #failOver(response: SipResponse | null, now: Millis): boolean {
    if (this.#abandoned || this.#heardOf || this.#winner !== null || (response !== null && !worthRetrying.has(response.status))) return false;
    const next = this.#next;
    const ringTimeoutMs = this.#ringUntil - now;
    const retryAfterSec = response === null ? null : retryAfterSecOf(response);
    const goesOn = next !== undefined && ringTimeoutMs > 0;
    this.#core.emit({ type: "target-failed", call: this.#call, to: this.#dial.to, status: response?.status ?? null, retryAfterSec, next: goesOn ? next.to : null });
    if (!goesOn) return false;
    this.#abandoned = true;
    this.#core.timers.stop(this.#ringTimer);
    this.#core.timers.stop(this.#silence);
    startOutboundCall(this.#core, { ...this.#dial, ...next, alternates: this.#dial.alternates?.slice(1) ?? [], ringTimeoutMs }, now);
    return true;
  }

  /** RFC 4028 §7.3: 422 says how long the session must at least be; the same INVITE goes out once more for each longer one. */
  #raiseInterval(response: SipResponse, now: Millis): boolean {
    const min = minSessionOf(response);
    if (this.#abandoned || min <= this.#minSessionSec) return false;
    this.#minSessionSec = min;
    this.#repeatInvite(this.#invite.headers.filter((h) => h.name !== "session-expires" && h.name !== "min-se"), askForSession(null, min).slice(1), now);
    return true;
  }

  /** The same INVITE with other headers and the next sequence number (RFC 3261 §8.1.3.5). */
  #repeatInvite(headers: readonly Header[], more: readonly Header[], now: Millis): void {
    const seq = (parseCSeq(header(this.#invite, "cseq") ?? "")?.number ?? 1) + 1;
    const kept = headers.filter((h) => h.name !== "via" && h.name !== "user-agent").map((h) => (h.name === "cseq" ? { name: "cseq", value: `${seq} INVITE` } : h));
    this.#provisional = false;
    this.#transaction = this.#send({ ...this.#invite, headers: [...kept, ...more] }, this.#transaction.to, now);
    this.#invite = this.#transaction.request;
  }

  #receiveProvisional(response: Received<SipResponse>, now: Millis): void {
    this.#provisional = true;
    if (this.#abandoned) return this.#cancel(now);
    const { status } = response.message;
    if (status === 100) return;
    this.#heardOf = true;
    if (response.envelope.toTag !== "" && this.#branches.size < MAX_FORKS) this.#branch(response);
    this.#core.emit({ type: "progress", call: this.#call, status, sdp: sdpOf(response.message) });
  }

  /** §13.2.2.4: the first 2xx wins. Another callee's 2xx is acknowledged and hung up; a repeated one is acknowledged again. */
  #receiveSuccess(response: Received<SipResponse>, now: Millis): void {
    const branch = this.#branch(response);
    if (branch.repeatAck !== null) return branch.repeatAck();
    branch.session.confirm(dialogOfClient(this.#invite, response), this.#invite);
    branch.repeatAck = branch.session.acknowledge();
    if (this.#winner !== null || this.#abandoned) return branch.session.hangUp(now);
    this.#winner = branch.session;
    branch.session.establish(response.message, this.#dial.sdp, sessionOfAnswer(response.message), now);
    this.#core.timers.stop(this.#ringTimer);
    this.#dropBranches(now);
    this.#core.emit({ type: "answered", call: this.#call, sdp: sdpOf(response.message) });
  }

  #branch(response: Received<SipResponse>): Branch {
    const { toTag } = response.envelope;
    const known = this.#branches.get(toTag);
    if (known !== undefined) return known;
    const branch: Branch = { session: new Session(this.#core, this.#call, dialogOfClient(this.#invite, response), null, this.#account), repeatAck: null };
    this.#branches.set(toTag, branch);
    return branch;
  }

  /** Early dialogs end with the final response (§13.2.2.3, §13.2.2.4); those that a 2xx confirmed live on. */
  #dropBranches(now: Millis): void {
    for (const [tag, branch] of this.#branches) {
      if (branch.repeatAck !== null) continue;
      branch.session.drop(now);
      this.#branches.delete(tag);
    }
  }

  #abandon(reason: EndReason, now: Millis): void {
    if (this.#abandoned || this.#winner !== null) return;
    this.#abandoned = true;
    // §9.1: CANCEL may not go out before a provisional response; the first one that comes sends it.
    if (this.#provisional) this.#cancel(now);
    this.#finish("local", reason);
  }

  #cancel(now: Millis): void {
    if (this.#cancelSent) return;
    this.#cancelSent = true;
    this.#core.transactions.request(cancelFor(this.#invite), this.#transaction.to, this.#peer, { response: () => {}, timeout: () => {} }, now);
    // §9.1: without a final response within 64*T1 the INVITE counts as cancelled.
    this.#core.timers.start(addMs(now, TRANSACTION_TIMEOUT_MS), (at) => {
      if (this.#transaction.state !== "calling" && this.#transaction.state !== "proceeding") return;
      this.#transaction.abandon();
      this.#dropBranches(at);
    });
  }

  #finish(by: "peer" | "local", reason: EndReason): void {
    this.#core.timers.stop(this.#ringTimer);
    this.#core.timers.stop(this.#silence);
    this.#core.end(this.#call, by, reason);
  }
}

function inviteOf(core: Core, dial: DialInput): SipRequest {
  const withTag = (address: NameAddr): NameAddr => ({ ...address, params: new Map(address.params).set("tag", core.config.newToken()) });
  const { type, bytes } = sdpBody(dial.sdp);
  return {
    kind: "request", method: "INVITE", uri: dial.requestUri, body: bytes,
    headers: [
      { name: "max-forwards", value: "70" },
      { name: "from", value: printNameAddr(withTag(dial.fromAddress)) },
      { name: "to", value: printNameAddr(dial.toAddress) },
      { name: "call-id", value: core.config.newToken() },
      { name: "cseq", value: "1 INVITE" },
      core.contact, allowHeader, ...askForSession(null, MIN_SESSION_INTERVAL_SEC), ...dial.headers,
      { name: "content-type", value: type },
    ],
  };
}
