// Which contacts a number has after a REGISTER (RFC 3261 §10.3, step 7). Pure: all of it happens, or nothing.
import { addMs, err, ok, type Millis, type Result } from "@ringdesk/std";
import type { Refusal } from "../refusal.ts";
import type { Contact, RegisterRequest } from "./register-request.ts";
import { MAX_CONTACTS } from "./registrar.limits.ts";
import { isSameUri } from "./same-uri.ts";

/** One contact of a number, and which REGISTER said so last. */
export type Binding = { readonly contact: Contact; readonly callId: string; readonly cseq: number; readonly until: Millis };

/** What a number is bound to; the contact that was renewed last comes last. */
export type Bindings = readonly Binding[];

const MS_PER_SEC = 1_000;
const outOfOrder: Result<never, Refusal> = err({ status: 500, headers: [], reason: "Request Out of Order" });

export const unexpired = (bindings: Bindings, now: Millis): Bindings => bindings.filter(({ until }) => until > now);

/**
 * The bindings after the request. Error 500: a request of the same telephone that is older than one already carried out
 * has come late (same Call-ID, sequence number not above).
 */
export function afterRegister(before: Bindings, request: RegisterRequest, now: Millis): Result<Bindings, Refusal> {
  const { callId, cseq, wants } = request;
  const isLate = (binding: Binding): boolean => binding.callId === callId && cseq <= binding.cseq;
  let bindings = unexpired(before, now);
  if (wants === "remove-all") return bindings.some(isLate) ? outOfOrder : ok([]);
  for (const { contact, expiresSec } of wants) {
    const known = bindings.find((one) => isSameUri(one.contact.uri, contact.uri));
    // A contact that comes twice in one request has the second word, and is not late after itself.
    if (known !== undefined && before.includes(known) && isLate(known)) return outOfOrder;
    const others = bindings.filter((one) => one !== known);
    bindings = expiresSec === 0 ? others : [...others, { contact, callId, cseq, until: addMs(now, expiresSec * MS_PER_SEC) }];
  }
  return ok(bindings.slice(-MAX_CONTACTS));
}
