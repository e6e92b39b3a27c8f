// Our registration at a neighbour (RFC 3261 §10.2): kept alive, tried again, told when it changes.
import { addMs, type Millis } from "@ringdesk/std";
import { defaultPort, type Received } from "../flow.ts";
import { header, headerList, noBody, parseNameAddr, parseUri, type Header, type SipResponse } from "../syntax/index.ts";
import type { Timer } from "../timers.ts";
import { isCredential } from "./auth.ts";
import type { Core, OwnRegistration } from "./core.ts";
import { retryAfterSecOf } from "./probe.ts";
import type { AccountState, RegisterInput } from "./user-agent.types.ts";

/** RFC 5626 §4.5: pauses between attempts begin here and double. */
export const FIRST_RETRY_SEC = 30;
export const LONGEST_RETRY_SEC = 900;
/** After a refusal nothing but a person can help; the pause is there so that no account is locked. */
export const REFUSED_RETRY_SEC = 300;
/** A registrar that wants to hear of us more rarely than daily (423) is not believed. */
export const LONGEST_EXPIRES_SEC = 86_400;
/** A registration is renewed this long before it lapses, or after half its time when it is short. */
const RENEW_EARLIER_SEC = 60;
const MS_PER_SEC = 1_000;

export class Account implements OwnRegistration {
  readonly #core: Core;
  readonly #callId: string;
  readonly #fromTag: string;
  #wanted: RegisterInput;
  #seq = 0;
  #expiresSec: number;
  /** Which of the targets is asked, and how many were asked in vain since the last success. */
  #target = 0;
  #failures = 0;
  #state: AccountState = "trying";
  #next: Timer | null = null;
  #closed = false;

  constructor(core: Core, wanted: RegisterInput, now: Millis) {
    this.#core = core;
    this.#wanted = wanted;
    this.#callId = core.config.newToken();
    this.#fromTag = core.config.newToken();
    this.#expiresSec = wanted.expiresSec;
    this.#send([], 0, now);
  }

  update(wanted: RegisterInput): void {
    this.#wanted = wanted;
  }

  close(now: Millis): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#core.timers.stop(this.#next);
    this.#expiresSec = 0;
    if (this.#state === "registered") this.#send([], 0, now);
  }

  get #asked(): RegisterInput["targets"][number] | undefined {
    const { targets } = this.#wanted;
    return targets[this.#target % Math.max(1, targets.length)];
  }

  #send(credentials: readonly Header[], answered: number, now: Millis): void {
    const asked = this.#asked;
    if (asked === undefined) return this.#failed("unreachable", null, now);
    const { to, peer } = asked;
    const { account, registrarUri, accountUri, user } = this.#wanted;
    this.#seq++;
    const contact = this.#core.contactFor(to, user);
    const transaction = this.#core.request({
      kind: "request", method: "REGISTER", uri: registrarUri, body: noBody,
      headers: [
        { name: "max-forwards", value: "70" },
        { name: "from", value: `<${accountUri}>;tag=${this.#fromTag}` },
        { name: "to", value: `<${accountUri}>` },
        { name: "call-id", value: this.#callId },
        { name: "cseq", value: `${this.#seq} REGISTER` },
        { ...contact, value: `${contact.value};expires=${this.#expiresSec}` },
        { name: "expires", value: String(this.#expiresSec) },
        ...credentials.filter(isCredential),
      ],
    }, to, peer, {
      response: (response, at) => {
        const answer = this.#core.auth.answer(account, transaction.request, response.message, answered);
        if (answer !== null) return this.#send([answer], answered + 1, at);
        if (!this.#closed) this.#receive(response, at);
      },
      timeout: (at) => {
        if (!this.#closed) this.#failed("unreachable", null, at);
      },
    }, now);
  }

  #receive({ message }: Received<SipResponse>, now: Millis): void {
    const { status } = message;
    if (status < 200) return;
    if (status < 300) return this.#registered(message, now);
    const min = Number.parseInt(header(message, "min-expires") ?? "", 10);
    // §10.2.8: the registrar wants to be asked more rarely.
    if (status === 423 && min > this.#expiresSec && min <= LONGEST_EXPIRES_SEC) {
      this.#expiresSec = min;
      return this.#send([], 0, now);
    }
    const isBusy = status === 408 || status >= 500;
    this.#failed(isBusy ? "unreachable" : "refused", message, now);
  }

  #registered(message: SipResponse, now: Millis): void {
    const grantedSec = this.#grantedSec(message);
    this.#failures = 0;
    this.#tell("registered", message.status);
    this.#after(grantedSec > 2 * RENEW_EARLIER_SEC ? grantedSec - RENEW_EARLIER_SEC : Math.max(1, grantedSec / 2), now);
  }

  /** §10.2.4: what the registrar granted to our contact, else to all, else what we asked for. */
  #grantedSec(message: SipResponse): number {
    const { user } = this.#wanted;
    let granted = Number.parseInt(header(message, "expires") ?? "", 10);
    for (const value of headerList(message, "contact")) {
      const contact = parseNameAddr(value);
      const uri = contact === null ? null : parseUri(contact.uri);
      if (contact === null || uri === null || uri.scheme === "tel" || uri.scheme === "other" || uri.user !== user || !this.#isOurs(uri)) continue;
      const own = Number.parseInt(contact.params.get("expires") ?? "", 10);
      if (own > 0) granted = own;
    }
    return granted > 0 ? Math.min(granted, LONGEST_EXPIRES_SEC) : this.#expiresSec;
  }

  #isOurs({ host, port }: { readonly host: string; readonly port: number | null }): boolean {
    const to = this.#asked?.to;
    return to !== undefined && this.#core.hostPortFor(to) === `${host}:${port ?? defaultPort(to.transport)}`;
  }

  #failed(state: "refused" | "unreachable", response: SipResponse | null, now: Millis): void {
    this.#failures++;
    const { length } = this.#wanted.targets;
    if (state === "unreachable") this.#target++;
    this.#tell(state, response?.status ?? null);
    // The next target is asked at once; pauses begin when all were asked.
    if (state === "unreachable" && this.#failures < length) return this.#send([], 0, now);
    const rounds = Math.max(0, Math.floor(this.#failures / Math.max(1, length)) - 1);
    const pause = state === "refused" ? REFUSED_RETRY_SEC : Math.min(LONGEST_RETRY_SEC, FIRST_RETRY_SEC * 2 ** Math.min(rounds, 10));
    const asked = response === null ? null : retryAfterSecOf(response);
    this.#after(Math.max(pause, asked ?? 0), now);
  }

  #after(seconds: number, now: Millis): void {
    this.#core.timers.stop(this.#next);
    this.#next = this.#core.timers.start(addMs(now, Math.round(seconds * MS_PER_SEC)), (at) => this.#send([], 0, at));
  }

  #tell(state: AccountState, status: number | null): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#core.emit({ type: "account", account: this.#wanted.account, state, status });
  }
}
