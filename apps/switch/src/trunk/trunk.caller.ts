// Who calls, out of an INVITE: the number, the name, and whether the caller wants them hidden.
import { parseUri, userText, type Header, type IncomingInvite } from "@ringdesk/telecom/sip";
import { MAX_NAME_LENGTH } from "./trunk.limits.ts";

export type Caller = { readonly from: string | null; readonly fromName: string | null };

/** RFC 3323 §4.1: what an anonymous From looks like; RFC 3323 §4.2 and RFC 3325 §9.3: what a Privacy header asks for. */
export function callerOf(invite: Pick<IncomingInvite, "from" | "headers">): Caller {
  const uri = parseUri(invite.from.uri);
  const number = uri === null ? null : userText(uri);
  const hidden = number === null || number.toLowerCase() === "anonymous" || /@anonymous\.invalid$/i.test(invite.from.uri) || wantsPrivacy(invite.headers);
  if (hidden) return { from: null, fromName: null };
  return { from: number.slice(0, MAX_NAME_LENGTH), fromName: cleanName(invite.from.displayName) };
}

const hiding: readonly string[] = ["id", "user", "header"];

const wantsPrivacy = (headers: readonly Header[]): boolean =>
  headers.some((h) => h.name === "privacy" && h.value.split(/[;,]/).some((word) => hiding.includes(word.trim().toLowerCase())));

/** A name is shown and stored: control and direction-changing characters have no business in it. */
export function cleanName(name: string | null): string | null {
  const clean = (name ?? "").replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ").trim().slice(0, MAX_NAME_LENGTH);
  return clean === "" ? null : clean;
}
