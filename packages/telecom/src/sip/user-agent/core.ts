// What the parts of a user agent share: one table each of calls, dialogs and INVITEs, one clockwork, one output queue.
import type { Millis } from "@ringdesk/std";
import type { Flow, Received } from "../flow.ts";
import { Registrar } from "../registrar/index.ts";
import { encodeUtf8, printMessage, readSdpBody, type Header, type SipMessage, type SipRequest } from "../syntax/index.ts";
import { Timers } from "../timers.ts";
import { createResponse, replyFlow, TransactionLayer, type ClientTransaction, type ClientUser, type ResponseParts, type ServerTransaction } from "../transaction/index.ts";
import { retryLater } from "./admission.ts";
import { createAuth, type Auth } from "./auth.ts";
import type { EndReason, RegisterInput, UserAgentConfig, UserAgentOutput } from "./user-agent.types.ts";

/** A call as commands and limits see it. */
export type Call = {
  readonly command: (command: CallCommand, now: Millis) => void;
};
export type CallCommand =
  | { readonly type: "ring" }
  | { readonly type: "progress"; readonly sdp: string }
  | { readonly type: "answer"; readonly sdp: string }
  | { readonly type: "reject"; readonly status: number }
  | { readonly type: "hangup"; readonly refusal?: number }
  | { readonly type: "accept-offer"; readonly sdp: string }
  | { readonly type: "refuse-offer"; readonly status: number }
  | { readonly type: "offer" | "offer-in-turn"; readonly sdp: string }
  | { readonly type: "want-turn"; readonly afterMs: number };

/** Who gets the requests of one dialog. */
export type DialogUser = {
  /** Any request but ACK and CANCEL. */
  readonly receive: (transaction: ServerTransaction, now: Millis) => void;
  readonly receiveAck: (ack: Received<SipRequest>, now: Millis) => void;
  /** The connection by which its peer was last heard, while the dialog is up. */
  readonly connection: number | undefined;
};

/** A registration of ours. */
export type OwnRegistration = {
  /** Takes new targets; what is under way goes on. */
  readonly update: (wanted: RegisterInput) => void;
  /** Takes the registration back, without waiting for an answer. */
  readonly close: (now: Millis) => void;
};

/** Who hears that an INVITE of the peer was taken back. */
export type InviteOwner = { readonly cancelled: (now: Millis) => void; readonly toTag: string };

export class Core {
  readonly config: UserAgentConfig;
  readonly timers = new Timers();
  readonly transactions: TransactionLayer;
  readonly registrar: Registrar;
  readonly calls = new Map<string, Call>();
  readonly dialogs = new Map<string, DialogUser>();
  readonly inviteOwners = new WeakMap<ServerTransaction, InviteOwner>();
  /** Our registrations, by neighbour. */
  readonly accounts = new Map<string, OwnRegistration>();
  readonly auth: Auth;
  /** Where we are. What goes out carries it in the words of its own transport. */
  readonly contact: Header = { name: "contact", value: "" };
  readonly product: Header;
  #queue: UserAgentOutput[] = [];
  #read = 0;

  constructor(config: UserAgentConfig) {
    this.config = config;
    this.auth = createAuth(config.auth ?? null, config.newToken);
    this.product = { name: "user-agent", value: config.product };
    this.transactions = new TransactionLayer(this.timers, (bytes, to) => this.send(bytes, to), config.maxTransactions);
    this.registrar = new Registrar(this.timers, (output) => this.emit(output), retryLater);
  }

  emit(output: UserAgentOutput): void {
    this.#queue.push(output);
  }

  poll(): UserAgentOutput | null {
    const output = this.#queue[this.#read++];
    if (output !== undefined) return output;
    this.#queue = [];
    this.#read = 0;
    return null;
  }

  send(bytes: Uint8Array, to: Flow): void {
    this.emit({ type: "send", bytes, to });
  }

  /** Sends a request outside any transaction: the ACK of a 2xx. Returns what was sent. */
  sendAlone(request: SipRequest, to: Flow): Uint8Array {
    const bytes = printMessage(this.#dressed(request, to));
    this.send(bytes, to);
    return bytes;
  }

  request(request: SipRequest, to: Flow, peer: string, user: ClientUser, now: Millis): ClientTransaction {
    return this.transactions.request(this.#dressed(request, to), to, peer, user, now);
  }

  respond(transaction: ServerTransaction, status: number, now: Millis, parts: ResponseParts = {}): void {
    const { message, from } = transaction.received;
    transaction.respond(createResponse(message, from, status, parts.headers === undefined ? parts : { ...parts, headers: this.#localised(parts.headers, from) }), now);
  }

  /**
   * Answers a request without a transaction (RFC 3261 §8.2.7): a repetition is simply answered again, and nothing is kept of
   * requests that lead to nothing.
   */
  respondStateless(received: Received<SipRequest>, status: number, toTag: string, headers: readonly Header[]): void {
    this.send(printMessage(createResponse(received.message, received.from, status, { toTag, headers })), replyFlow(received));
  }

  /** Tells that a call is over and forgets it; nothing when that was done before. */
  end(call: string, by: "peer" | "local", reason: EndReason): void {
    if (this.calls.delete(call)) this.emit({ type: "ended", call, by, reason });
  }

  /** `host:port` at which the other end of a flow reaches us. */
  hostPortFor({ transport }: Flow): string {
    const { host, port, tlsPort } = this.config;
    return `${host.includes(":") ? `[${host}]` : host}:${transport === "tls" ? tlsPort ?? port : port}`;
  }

  /** Our address for From, without a user. */
  addressFor(flow: Flow): string {
    return `<sip:${this.hostPortFor(flow)}>`;
  }

  contactFor(flow: Flow, user: string | null = null): Header {
    const transport = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
    return { name: "contact", value: `<sip:${user === null ? "" : `${user}@`}${this.hostPortFor(flow)}${transport}>` };
  }

  #localised(headers: readonly Header[], flow: Flow): readonly Header[] {
    return headers.map((h) => (h === this.contact ? this.contactFor(flow) : h));
  }

  #dressed(request: SipRequest, to: Flow): SipRequest {
    const value = `SIP/2.0/${to.transport.toUpperCase()} ${this.hostPortFor(to)};branch=z9hG4bK${this.config.newToken()};rport`;
    return { ...request, headers: [{ name: "via", value }, ...this.#localised(request.headers, to), this.product] };
  }
}

/** The SDP of a message; null when it has none that can be read. */
export function sdpOf(message: SipMessage): string | null {
  const body = readSdpBody(message);
  return body.outcome === "sdp" ? body.text : null;
}

export const sdpBody = (sdp: string): { readonly type: string; readonly bytes: Uint8Array } => ({ type: "application/sdp", bytes: encodeUtf8(sdp) });
