// Server transactions: RFC 3261 §17.2 with the Accepted state of RFC 6026 §7.1.
import { addMs, type Millis } from "@ringdesk/std";
import { isReliable, type Flow, type Received } from "../flow.ts";
import { printMessage, type SipRequest, type SipResponse } from "../syntax/index.ts";
import type { Timer } from "../timers.ts";
import type { TransactionHost } from "./client.ts";
import { T1_MS, T2_MS, T4_MS, TRANSACTION_TIMEOUT_MS, unlessReliable } from "./timer-values.ts";

export type ServerState = "trying" | "proceeding" | "completed" | "confirmed" | "accepted" | "terminated";

/** One request of the other side and our responses to it. */
export class ServerTransaction {
  readonly key: string;
  readonly received: Received<SipRequest>;
  /** Where responses go (RFC 3261 §18.2.2, RFC 3581 §4). */
  readonly replyTo: Flow;
  #state: ServerState;
  readonly #host: TransactionHost;
  readonly #isInvite: boolean;
  #last: Uint8Array | null = null;
  /** Timer G. */
  #resend: Timer | null = null;
  /** Timer H, I, J or L. */
  #end: Timer | null = null;

  constructor(key: string, received: Received<SipRequest>, replyTo: Flow, host: TransactionHost) {
    this.key = key;
    this.received = received;
    this.replyTo = replyTo;
    this.#host = host;
    this.#isInvite = received.message.method === "INVITE";
    this.#state = this.#isInvite ? "proceeding" : "trying";
  }

  get state(): ServerState {
    return this.#state;
  }

  /** True while a final response may still be sent. */
  get isOpen(): boolean {
    return this.#state === "trying" || this.#state === "proceeding";
  }

  /** The same request again. */
  repeated(): void {
    // In Accepted the user of the transaction repeats its 2xx itself; in Confirmed the ACK is here and the peer is merely late.
    if (this.#last !== null && this.#state !== "accepted" && this.#state !== "confirmed") this.#host.send(this.#last, this.replyTo);
  }

  /** The ACK for our failure response. True when it was taken, false when it belongs to a 2xx and so to the dialog. */
  acknowledged(now: Millis): boolean {
    if (this.#state === "accepted") return false;
    if (this.#state === "completed") {
      this.#state = "confirmed";
      this.#host.timers.stop(this.#resend);
      this.#endAfter(unlessReliable(this.replyTo, T4_MS), now);
    }
    return true;
  }

  /** Sends the 2xx of an INVITE again, until its ACK is here (RFC 3261 §13.3.1.4). */
  repeatSuccess(): void {
    if (this.#state === "accepted" && this.#last !== null) this.#host.send(this.#last, this.replyTo);
  }

  /** Sends a response. After a final one, does nothing. */
  respond(response: SipResponse, now: Millis): void {
    if (!this.isOpen) return;
    this.#last = printMessage(response);
    this.#host.send(this.#last, this.replyTo);
    if (response.status < 200) {
      this.#state = "proceeding";
    } else if (!this.#isInvite) {
      this.#state = "completed";
      this.#endAfter(unlessReliable(this.replyTo, TRANSACTION_TIMEOUT_MS), now);
    } else if (response.status < 300) {
      this.#state = "accepted";
      this.#endAfter(TRANSACTION_TIMEOUT_MS, now);
    } else {
      this.#state = "completed";
      if (!isReliable(this.replyTo)) this.#resendAfter(T1_MS, now);
      // Timer H: without an ACK the transaction ends all the same; the call it refused is over either way.
      this.#endAfter(TRANSACTION_TIMEOUT_MS, now);
    }
  }

  #resendAfter(ms: number, now: Millis): void {
    this.#resend = this.#host.timers.start(addMs(now, ms), (at) => {
      if (this.#last !== null) this.#host.send(this.#last, this.replyTo);
      this.#resendAfter(Math.min(ms * 2, T2_MS), at);
    });
  }

  #endAfter(ms: number, now: Millis): void {
    this.#host.timers.stop(this.#end);
    if (ms === 0) this.terminate();
    else this.#end = this.#host.timers.start(addMs(now, ms), () => this.terminate());
  }

  /** Forgets the transaction. */
  terminate(): void {
    this.#state = "terminated";
    this.#host.timers.stop(this.#resend);
    this.#host.timers.stop(this.#end);
    this.#host.forget(this.key);
  }
}
