// Client transactions: RFC 3261 §17.1 with the Accepted state of RFC 6026 §7.2.
import { addMs, type Millis } from "@ringdesk/std";
import { isReliable, type Flow, type Received } from "../flow.ts";
import { header, headerList, noBody, printMessage, type Header, type SipRequest, type SipResponse } from "../syntax/index.ts";
import type { Timer, Timers } from "../timers.ts";
import { T1_MS, T2_MS, T4_MS, TIMER_D_MS, TRANSACTION_TIMEOUT_MS, unlessReliable } from "./timer-values.ts";

export type ClientState = "calling" | "trying" | "proceeding" | "completed" | "accepted" | "terminated";

/** What the user of a client transaction hears from it. After `timeout` or `ended` it hears nothing more. */
export type ClientUser = {
  /** Every provisional response, the final one, and for an INVITE every 2xx, retransmissions included. */
  readonly response: (response: Received<SipResponse>, now: Millis) => void;
  /** Timer B or F, or the request could not be delivered: nobody answered. */
  readonly timeout: (now: Millis) => void;
};

/** What a transaction needs from the layer that holds it. */
export type TransactionHost = {
  readonly timers: Timers;
  readonly send: (bytes: Uint8Array, to: Flow) => void;
  readonly forget: (key: string) => void;
};

/** One request of ours and the responses to it. */
export class ClientTransaction {
  readonly key: string;
  readonly request: SipRequest;
  readonly to: Flow;
  #state: ClientState;
  readonly #host: TransactionHost;
  readonly #user: ClientUser;
  readonly #bytes: Uint8Array;
  readonly #isInvite: boolean;
  /** Timer A or E. */
  #resend: Timer | null = null;
  /** Timer B or F, then D, K or M. */
  #end: Timer | null = null;
  #ack: Uint8Array | null = null;
  #wasSentAgain = false;

  constructor(key: string, request: SipRequest, to: Flow, host: TransactionHost, user: ClientUser, now: Millis) {
    this.key = key;
    this.request = request;
    this.to = to;
    this.#host = host;
    this.#user = user;
    this.#bytes = printMessage(request);
    this.#isInvite = request.method === "INVITE";
    this.#state = this.#isInvite ? "calling" : "trying";
    host.send(this.#bytes, to);
    if (!isReliable(to)) this.#resendAfter(T1_MS, now);
    this.#endAfter(TRANSACTION_TIMEOUT_MS, now, (at) => {
      this.#terminate();
      user.timeout(at);
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  receive(response: Received<SipResponse>, now: Millis): void {
    const { status } = response.message;
    switch (this.#state) {
      case "calling":
      case "trying":
      case "proceeding":
        if (status < 200) this.#proceed();
        else if (!this.#isInvite) this.#finish("completed", unlessReliable(this.to, T4_MS), now);
        else if (status < 300) this.#finish("accepted", TRANSACTION_TIMEOUT_MS, now);
        else {
          this.#ack = printMessage(ackForFailure(this.request, response.message));
          this.#host.send(this.#ack, this.to);
          this.#finish("completed", unlessReliable(this.to, TIMER_D_MS), now);
        }
        return this.#user.response(response, now);
      case "accepted":
        // RFC 6026 §7.2: every 2xx goes up, whatever its To tag; anything else is late and ignored.
        if (status >= 200 && status < 300) this.#user.response(response, now);
        return;
      case "completed":
        if (this.#ack !== null && status >= 300) this.#host.send(this.#ack, this.to);
        return;
      case "terminated":
        return;
    }
  }

  /**
   * The transport could not deliver the request (§17.1.4): nobody will answer. After a first answer somebody still may.
   * `maySendAgain`: it was lost with a connection that worked before; a new one is worth one try.
   */
  unreachable(maySendAgain: boolean, now: Millis): void {
    if (this.#state !== "calling" && this.#state !== "trying") return;
    if (maySendAgain && !this.#wasSentAgain) {
      this.#wasSentAgain = true;
      return this.#host.send(this.#bytes, this.to);
    }
    this.#terminate();
    this.#user.timeout(now);
  }

  /** Forgets the transaction without telling its user. */
  abandon(): void {
    this.#terminate();
  }

  #proceed(): void {
    if (this.#isInvite) {
      // §17.1.1.2: a provisional response stops retransmission, and timer B no longer applies: how long to let it ring is
      // the user's to decide.
      this.#host.timers.stop(this.#resend);
      this.#host.timers.stop(this.#end);
    }
    this.#state = "proceeding";
  }

  #finish(state: "completed" | "accepted", lingerMs: number, now: Millis): void {
    this.#state = state;
    this.#host.timers.stop(this.#resend);
    this.#host.timers.stop(this.#end);
    if (lingerMs === 0) this.#terminate();
    else this.#endAfter(lingerMs, now, () => this.#terminate());
  }

  #resendAfter(ms: number, now: Millis): void {
    this.#resend = this.#host.timers.start(addMs(now, ms), (at) => {
      this.#host.send(this.#bytes, this.to);
      // Timer A doubles without bound (B ends it after seven sends), timer E up to T2, and in Proceeding it is T2 at once.
      const next = this.#isInvite ? ms * 2 : this.#state === "proceeding" ? T2_MS : Math.min(ms * 2, T2_MS);
      this.#resendAfter(next, at);
    });
  }

  #endAfter(ms: number, now: Millis, fire: (at: Millis) => void): void {
    this.#end = this.#host.timers.start(addMs(now, ms), fire);
  }

  #terminate(): void {
    this.#state = "terminated";
    this.#host.timers.stop(this.#resend);
    this.#host.timers.stop(this.#end);
    this.#host.forget(this.key);
  }
}

/** RFC 3261 §17.1.1.3: same Request-URI, Call-ID, From, Route and top Via as the INVITE; To as in the response. */
function ackForFailure(invite: SipRequest, response: SipResponse): SipRequest {
  const ack = derived(invite, "ACK");
  const to = header(response, "to");
  return { ...ack, headers: ack.headers.map((h) => (h.name === "to" && to !== null ? { name: "to", value: to } : h)) };
}

/** RFC 3261 §9.1: CANCEL repeats what identifies the INVITE, and carries nothing else. */
export const cancelFor = (invite: SipRequest): SipRequest => derived(invite, "CANCEL");

function derived(invite: SipRequest, method: "ACK" | "CANCEL"): SipRequest {
  const copy = (name: string): Header => ({ name, value: header(invite, name) ?? "" });
  const number = (header(invite, "cseq") ?? "0").split(" ", 1)[0] ?? "0";
  return {
    kind: "request", method, uri: invite.uri, body: noBody,
    headers: [
      { name: "via", value: headerList(invite, "via")[0] ?? "" },
      { name: "max-forwards", value: "70" },
      copy("from"), copy("to"), copy("call-id"),
      { name: "cseq", value: `${number} ${method}` },
      ...invite.headers.filter((h) => h.name === "route"),
    ],
  };
}
