// Who calls whom, out of an INVITE: the numbers, the name, whether the caller wants them hidden, and who forwarded the call.
import { MAX_DIVERSIONS, type Diversion } from "@ringdesk/contract/switch";
import { headerValues, parseNameAddr, parseUri, userText, type Header, type IncomingInvite, type NameAddr } from "@ringdesk/telecom/sip";
import { CALLED_NUMBER, MAX_NAME_LENGTH } from "./trunk.limits.ts";

export type Caller = { readonly from: string | null; readonly fromName: string | null };

/**
 * RFC 3323 §4.1: what an anonymous From looks like; RFC 3323 §4.2 and RFC 3325 §9.3: what a Privacy header asks for. Of a
 * trusted trunk the number is what it asserts (RFC 3325 §9.1), whatever the caller's own equipment wrote into From.
 */
export function callerOf(invite: Pick<IncomingInvite, "from" | "headers">, trusted = false): Caller {
  if (wantsPrivacy(invite.headers)) return withheld;
  const asserted = trusted ? assertedBy(invite.headers) : null;
  const from = asserted ?? invite.from;
  const number = numberOf(from);
  if (number === null || isAnonymous(from, number)) return withheld;
  const name = cleanName(from.displayName) ?? (isAnonymous(invite.from, numberOf(invite.from) ?? "") ? null : cleanName(invite.from.displayName));
  return { from: number.slice(0, MAX_NAME_LENGTH), fromName: name };
}

const withheld: Caller = { from: null, fromName: null };
const hiding: readonly string[] = ["id", "user", "header"];

const wantsPrivacy = (headers: readonly Header[]): boolean =>
  headers.some((h) => h.name === "privacy" && h.value.split(/[;,]/).some((word) => hiding.includes(word.trim().toLowerCase())));

const isAnonymous = ({ uri }: NameAddr, number: string): boolean => number.toLowerCase() === "anonymous" || /@anonymous\.invalid$/i.test(uri);

function numberOf({ uri: text }: NameAddr): string | null {
  const uri = parseUri(text);
  return uri === null ? null : userText(uri);
}

/** The first identity with a number: one may be a SIP URI and one a tel URI of the same caller (RFC 3325 §9.1). */
function assertedBy(headers: readonly Header[]): NameAddr | null {
  for (const value of headerValues(headers, "p-asserted-identity").slice(0, 2)) {
    const address = parseNameAddr(value);
    if (address !== null && numberOf(address) !== null) return address;
  }
  return null;
}

/**
 * The number that was called. A carrier that sends calls to our account says it elsewhere: in P-Called-Party-ID (RFC 7315
 * §4.2) or in To. Null when it is nobody's number.
 */
export function calledNumber({ requestUri, to, headers }: Pick<IncomingInvite, "requestUri" | "to" | "headers">, account: string | null): string | null {
  const asked = numberOf({ displayName: null, uri: requestUri, params: new Map() });
  const called = account === null || asked !== account ? asked : calledParty(headers) ?? numberOf(to);
  return called !== null && CALLED_NUMBER.test(called) ? called : null;
}

function calledParty(headers: readonly Header[]): string | null {
  const address = parseNameAddr(headerValues(headers, "p-called-party-id")[0] ?? "");
  return address === null ? null : numberOf(address);
}

/**
 * Who forwarded the call to us, the latest first: Diversion (RFC 5806), else History-Info (RFC 7044 §10.1.2: the entries
 * that have a cause). Null when there are so many that the call goes in circles, or one number forwarded it three times.
 */
export function diversionsOf(headers: readonly Header[]): readonly Diversion[] | null {
  const values = headerValues(headers, "diversion");
  const found = values.length > 0 ? values.map(readDiversion) : historyOf(headerValues(headers, "history-info"));
  if (values.length > MAX_DIVERSIONS || found.length > MAX_DIVERSIONS) return null;
  const diversions = found.filter((one) => one !== null);
  const isCircle = diversions.some(({ number }) => diversions.filter((other) => other.number === number).length > 2);
  return isCircle ? null : diversions;
}

function readDiversion(value: string): Diversion | null {
  const address = parseNameAddr(value);
  return address === null ? null : diversion(address, address.params.get("reason") ?? null);
}

/** The entry before one with a cause is who forwarded it; the cause is in the URI of the next (RFC 4458) or in its Reason. */
function historyOf(values: readonly string[]): readonly (Diversion | null)[] {
  const entries = values.map(parseNameAddr);
  const found: (Diversion | null)[] = [];
  for (let i = 1; i < entries.length; i++) {
    const cause = causeOf(entries[i]?.uri ?? "") ?? causeOf(entries[i - 1]?.uri ?? "");
    const before = entries[i - 1];
    if (cause !== null && before !== null && before !== undefined) found.unshift(diversion(before, cause));
  }
  return found;
}

/** RFC 4458 §3.1.1: numbers for the words of RFC 5806. */
const reasonOfCause: Readonly<Record<string, string>> = { 302: "unconditional", 404: "unknown", 408: "no-answer", 480: "deflection", 486: "user-busy", 487: "deflection", 503: "unavailable" };

function causeOf(uri: string): string | null {
  const cause = /[;?&]cause=(\d{3})(?=[;?&]|$)/i.exec(uri)?.[1] ?? /[?&]reason=sip%3bcause%3d(\d{3})/i.exec(uri)?.[1];
  return cause === undefined ? null : reasonOfCause[cause] ?? "unknown";
}

function diversion(address: NameAddr, reason: string | null): Diversion | null {
  const number = numberOf(address);
  const word = (reason ?? "unknown").replaceAll('"', "").toLowerCase().slice(0, 32);
  return number === null ? null : { number: number.slice(0, MAX_NAME_LENGTH), reason: /^[a-z-]+$/.test(word) ? word : "unknown" };
}

/** A name is shown and stored: control and direction-changing characters have no business in it. */
export function cleanName(name: string | null): string | null {
  const clean = (name ?? "").replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ").trim().slice(0, MAX_NAME_LENGTH);
  return clean === "" ? null : clean;
}
