import type { Received } from "../flow.ts";
import type { Refusal } from "../refusal.ts";
import { headerList, knownMethods, parseUri, readSdpBody, SDP_TYPE, type Header, type SipRequest } from "../syntax/index.ts";
import { isSessionTooShort, minSessionHeader } from "./session-timer.ts";

/** What 503 tells the sender to wait (RFC 3261 §20.33). */
export const OVERLOAD_RETRY_SEC = 5;
export const retryLater: Header = { name: "retry-after", value: String(OVERLOAD_RETRY_SEC) };
/** Whoever is sent away because the machine is overloaded waits up to this much longer: they are many, and must not come back together. */
export const OVERLOAD_SPREAD_SEC = 5;

/** 503 of an overloaded machine. `lot` is the same for each repetition of a request, and another for other requests. */
export const retrySpread = (lot: number): Header => ({ name: "retry-after", value: String(OVERLOAD_RETRY_SEC + (lot % (OVERLOAD_SPREAD_SEC + 1))) });

/** Methods that a user agent of ours acts on. */
export const ALLOWED_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO";
const allowed: ReadonlySet<string> = new Set(ALLOWED_METHODS.split(", "));

export const allowHeader: Header = { name: "allow", value: ALLOWED_METHODS };
export const acceptHeader: Header = { name: "accept", value: `${SDP_TYPE}, multipart/mixed` };

const refuse = (status: number, ...headers: Header[]): Refusal => ({ status, headers });

/**
 * RFC 3261 §8.2: what is refused before anybody looks at dialogs or calls; null when the request may go on. `registers`: the
 * neighbour's telephones may register.
 */
export function refusalOf({ message, envelope }: Received<SipRequest>, registers: boolean): Refusal | null {
  if (!knownMethods.has(message.method)) return refuse(501, allowHeader);
  // REFER is understood, and declined where it belongs (RFC 3515 §2.4.2); outside a call it has no business.
  if (message.method === "REFER" && envelope.toTag === "") return refuse(403);
  if (!allowed.has(message.method) && message.method !== "REFER" && !(registers && message.method === "REGISTER")) return refuse(405, allowHeader);
  const scheme = parseUri(message.uri)?.scheme;
  if (scheme !== "sip" && scheme !== "sips" && scheme !== "tel") return refuse(416);
  // §8.2.2.3: of the extensions that may be required of us we have session timers; CANCEL and ACK may not require any.
  const required = message.method === "CANCEL" ? [] : headerList(message, "require").filter((tag) => tag !== "" && tag.toLowerCase() !== "timer");
  if (required.length > 0) return refuse(420, { name: "unsupported", value: required.join(", ") });
  if (message.method !== "INVITE" && message.method !== "UPDATE") return null;
  if (isSessionTooShort(message)) return refuse(422, minSessionHeader);
  return refusalOfBody(message);
}

/** RFC 3261 §8.2.3, §8.2.4: bodies that we cannot read and answers that the peer could not. */
function refusalOfBody(message: SipRequest): Refusal | null {
  const body = readSdpBody(message);
  if (body.outcome === "refuse") return body.status === 415 ? refuse(415, acceptHeader) : refuse(body.status);
  const accepts = headerList(message, "accept").map((range) => (range.split(";", 1)[0] ?? "").trim().toLowerCase());
  const acceptsSdp = accepts.length === 0 || accepts.some((range) => range === SDP_TYPE || range === "*/*" || range === "application/*");
  return acceptsSdp ? null : refuse(406);
}
