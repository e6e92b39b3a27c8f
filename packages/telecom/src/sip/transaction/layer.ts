// The table of transactions: which message belongs to which (RFC 3261 §17.1.3, §17.2.3), and how many there may be.
import type { Millis } from "@ringdesk/std";
import type { Flow, Received } from "../flow.ts";
import { parseVia, headerList, type SipRequest, type SipResponse } from "../syntax/index.ts";
import type { Timers } from "../timers.ts";
import { ClientTransaction, type ClientUser, type TransactionHost } from "./client.ts";
import { replyFlow } from "./reply.ts";
import { ServerTransaction } from "./server.ts";

const MAGIC_COOKIE = "z9hG4bK";

export class TransactionLayer {
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** INVITEs outside dialogs, by what is the same on every path that one may take. */
  readonly #origins = new Map<string, ServerTransaction>();
  readonly #limit: number;
  readonly #clientHost: TransactionHost;
  readonly #serverHost: TransactionHost;

  constructor(timers: Timers, send: (bytes: Uint8Array, to: Flow) => void, limit: number) {
    this.#limit = limit;
    this.#clientHost = { timers, send, forget: (key) => this.#clients.delete(key) };
    this.#serverHost = { timers, send, forget: (key) => this.#forgetServer(key) };
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Starts a client transaction: sends the request, whose top Via must carry a fresh branch. */
  request(request: SipRequest, to: Flow, peer: string, user: ClientUser, now: Millis): ClientTransaction {
    const branch = parseVia(headerList(request, "via")[0] ?? "")?.params.get("branch") ?? "";
    const key = clientKey(peer, branch, request.method);
    const transaction = new ClientTransaction(key, request, to, this.#clientHost, user, now);
    this.#clients.set(key, transaction);
    return transaction;
  }

  /** True when the response belonged to a transaction of ours. */
  receiveResponse(response: Received<SipResponse>, now: Millis): boolean {
    const { via, cseq } = response.envelope;
    const transaction = this.#clients.get(clientKey(response.peer, via.params.get("branch") ?? "", cseq.method));
    transaction?.receive(response, now);
    return transaction !== undefined;
  }

  /**
   * Nothing can be delivered there any more: no connection could be opened, or the one that it names broke. One that `hasServed`
   * may have been given up by the other end before our last request came: that goes out once more, by a new one.
   */
  unreachable({ transport, address, port, connection }: Flow, hasServed: boolean, now: Millis): void {
    const isLost = (to: Flow): boolean =>
      (connection !== undefined && to.connection === connection) || (to.transport === transport && to.address === address && to.port === port);
    for (const transaction of [...this.#clients.values()].filter(({ to }) => isLost(to))) transaction.unreachable(hasServed, now);
  }

  /** True when a transaction has dealt with the request: it is a repetition, or the ACK of a failure. */
  absorb(received: Received<SipRequest>, now: Millis): boolean {
    const { method } = received.message;
    const known = this.#servers.get(serverKey(received, method === "ACK" ? "INVITE" : method));
    if (method === "ACK") return known?.acknowledged(now) ?? false;
    known?.repeated();
    return known !== undefined;
  }

  /** True when the same INVITE has come by another path (RFC 3261 §8.2.2.2). */
  isMerged(received: Received<SipRequest>): boolean {
    return this.#origins.has(originKey(received));
  }

  /** True when no server transaction can be created. */
  get isFull(): boolean {
    return this.size >= this.#limit;
  }

  /** Starts a server transaction for a request that none has absorbed. */
  create(received: Received<SipRequest>): ServerTransaction {
    const key = serverKey(received, received.message.method);
    const transaction = new ServerTransaction(key, received, replyFlow(received), this.#serverHost);
    this.#servers.set(key, transaction);
    if (isInitialInvite(received)) this.#origins.set(originKey(received), transaction);
    return transaction;
  }

  /** The INVITE transaction that a CANCEL is about (RFC 3261 §9.2). */
  inviteOf(cancel: Received<SipRequest>): ServerTransaction | null {
    return this.#servers.get(serverKey(cancel, "INVITE")) ?? null;
  }

  #forgetServer(key: string): void {
    const transaction = this.#servers.get(key);
    if (transaction === undefined) return;
    this.#servers.delete(key);
    const origin = originKey(transaction.received);
    if (this.#origins.get(origin) === transaction) this.#origins.delete(origin);
  }
}

const clientKey = (peer: string, branch: string, method: string): string => `${peer} ${branch} ${method}`;

/**
 * RFC 3261 §17.2.3. The neighbour is part of the key, so that one trunk cannot touch the transactions of another. A branch
 * that is the bare cookie (RFC 4475 §3.2.1) identifies nothing and is matched like one of RFC 2543.
 */
function serverKey({ message, envelope, peer }: Received<SipRequest>, method: string): string {
  const { via, fromTag, callId, cseq } = envelope;
  const branch = via.params.get("branch") ?? "";
  const sentBy = `${via.host}:${via.port ?? ""}`;
  if (branch.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length) return `${peer} ${branch} ${sentBy} ${method}`;
  return `${peer} 2543 ${message.uri} ${fromTag} ${callId} ${cseq.number} ${sentBy} ${branch} ${method}`;
}

const isInitialInvite = ({ message, envelope }: Received<SipRequest>): boolean => message.method === "INVITE" && envelope.toTag === "";

const originKey = ({ envelope, peer }: Received<SipRequest>): string =>
  `${peer} ${envelope.callId} ${envelope.fromTag} ${envelope.cseq.number} ${envelope.cseq.method}`;
