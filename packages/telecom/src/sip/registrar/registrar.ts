// The registrar of RFC 3261 §10.3: which telephones have which numbers. One table, one deadline per number.
import type { Millis } from "@ringdesk/std";
import type { Flow, Received } from "../flow.ts";
import { printUri, type Header, type SipRequest } from "../syntax/index.ts";
import type { Timer, Timers } from "../timers.ts";
import { afterRegister, unexpired, type Bindings } from "./bindings.ts";
import { readRegister } from "./register-request.ts";
import { MAX_ALL_CONTACTS } from "./registrar.limits.ts";

/** A number has got its first contact, or lost its last. `number` is as the telephone wrote it. */
export type RegistrarOutput =
  | { readonly type: "registered"; readonly peer: string; readonly number: string }
  | { readonly type: "unregistered"; readonly peer: string; readonly number: string };

/** A number that can be rung. */
export type Registration = { readonly peer: string; readonly number: string };

/** What a REGISTER is answered with. */
export type RegisterAnswer = { readonly status: number; readonly headers: readonly Header[]; readonly reason?: string };

type Entry = { readonly peer: string; readonly number: string; bindings: Bindings; timer: Timer | null };

const MS_PER_SEC = 1_000;

export class Registrar {
  readonly #timers: Timers;
  readonly #tell: (output: RegistrarOutput) => void;
  readonly #retryLater: Header;
  readonly #entries = new Map<string, Entry>();
  #contacts = 0;

  /** `retryLater` goes with 503. */
  constructor(timers: Timers, tell: (output: RegistrarOutput) => void, retryLater: Header) {
    this.#timers = timers;
    this.#tell = tell;
    this.#retryLater = retryLater;
  }

  /** Carries out a REGISTER of a neighbour that may register, whole or not at all. */
  receive(received: Received<SipRequest>, now: Millis): RegisterAnswer {
    const request = readRegister(received);
    if (!request.ok) return request.error;
    const { peer } = received;
    const { number } = request.value;
    const before = this.#entries.get(keyOf(peer, number))?.bindings ?? [];
    const after = afterRegister(before, request.value, now);
    if (!after.ok) return after.error;
    if (after.value.length > before.length && this.#contacts + after.value.length - before.length > MAX_ALL_CONTACTS) return { status: 503, headers: [this.#retryLater] };
    this.#replace(peer, number, after.value);
    return { status: 200, headers: after.value.map(({ contact, until }) => ({ name: "contact", value: `<${contact.written}>;expires=${Math.ceil((until - now) / MS_PER_SEC)}` })) };
  }

  /** Where the number is rung: the contact that was renewed last. Null when no telephone has it. */
  contactOf(peer: string, number: string): { readonly requestUri: string; readonly flow: Flow } | null {
    const contact = this.#entries.get(keyOf(peer, number))?.bindings.at(-1)?.contact;
    // §19.1.1: header fields of a URI do not belong into a Request-URI.
    return contact === undefined ? null : { requestUri: printUri({ ...contact.uri, headers: null }), flow: contact.flow };
  }

  registrations(): readonly Registration[] {
    return [...this.#entries.values()].map(({ peer, number }) => ({ peer, number }));
  }

  /** The one place where contacts come and go. */
  #replace(peer: string, number: string, bindings: Bindings): void {
    const key = keyOf(peer, number);
    const known = this.#entries.get(key);
    this.#timers.stop(known?.timer ?? null);
    this.#contacts += bindings.length - (known?.bindings.length ?? 0);
    if (bindings.length === 0) {
      if (this.#entries.delete(key)) this.#tell({ type: "unregistered", peer, number });
      return;
    }
    const first = Math.min(...bindings.map(({ until }) => until)) as Millis;
    const timer = this.#timers.start(first, (at) => this.#replace(peer, number, unexpired(bindings, at)));
    this.#entries.set(key, { peer, number, bindings, timer });
    if (known === undefined) this.#tell({ type: "registered", peer, number });
  }
}

const keyOf = (peer: string, number: string): string => `${peer} ${number}`;
