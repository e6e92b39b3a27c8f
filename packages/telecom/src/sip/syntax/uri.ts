import { isToken, parseDigits } from "./lexical.ts";
import { noParams, parseParams, printParams, type Params } from "./params.ts";

/** A `sip:` or `sips:` URI (RFC 3261 §19.1). `user` is as written, escapes included; see {@link userText}. */
export type SipUri = {
  readonly scheme: "sip" | "sips";
  readonly user: string | null;
  readonly password: string | null;
  /** Host name, IPv4 address, or IPv6 address in brackets; as written. */
  readonly host: string;
  readonly port: number | null;
  readonly params: Params;
  /** What follows `?`, unparsed: headers in a URI are never honoured here. */
  readonly headers: string | null;
};
/** A `tel:` URI (RFC 3966); `number` is as written, visual separators included. */
export type TelUri = { readonly scheme: "tel"; readonly number: string; readonly params: Params };
/** Any other scheme: carried and printed, never followed. */
export type OtherUri = { readonly scheme: "other"; readonly name: string; readonly rest: string };
export type Uri = SipUri | TelUri | OtherUri;

const hostShape = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,255})$/;

/** True for a host name, an IPv4 address or a bracketed IPv6 address; not whether it exists. */
export const isHost = (text: string): boolean => hostShape.test(text);

/** Splits `host[:port]`; null when it is neither. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number | null } | null {
  const colon = text.indexOf(":", text.startsWith("[") ? text.indexOf("]") : 0);
  if (colon < 0) return isHost(text) ? { host: text, port: null } : null;
  const host = text.slice(0, colon);
  const port = parseDigits(text.slice(colon + 1), 5);
  return isHost(host) && port !== null && port > 0 && port <= 65_535 ? { host, port } : null;
}

/** Parses an absolute URI without angle brackets; null when it is none. RFC 3261 §25.1, RFC 3966. */
export function parseUri(text: string): Uri | null {
  const colon = text.indexOf(":");
  if (colon < 1 || !isToken(text.slice(0, colon)) || !/^[A-Za-z]/.test(text)) return null;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 127 || code === 34 || code === 60 || code === 62) return null;
  }
  const name = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon + 1);
  if (name === "sip" || name === "sips") return parseSipUri(name, rest);
  if (name !== "tel") return { scheme: "other", name, rest };
  const semi = rest.indexOf(";");
  const number = semi < 0 ? rest : rest.slice(0, semi);
  const params = semi < 0 ? noParams : parseParams(rest.slice(semi));
  return params !== null && number !== "" ? { scheme: "tel", number, params } : null;
}

function parseSipUri(scheme: "sip" | "sips", rest: string): SipUri | null {
  // "@" may not appear unescaped after the user part, so the first one ends it, whatever `;` or `?` stand before.
  const at = rest.indexOf("@");
  const userInfo = at < 0 ? null : rest.slice(0, at);
  let tail = rest.slice(at + 1);
  const question = tail.indexOf("?");
  const headers = question < 0 ? null : tail.slice(question + 1);
  if (question >= 0) tail = tail.slice(0, question);
  const semi = tail.indexOf(";");
  const hostPort = parseHostPort(semi < 0 ? tail : tail.slice(0, semi));
  const params = semi < 0 ? noParams : parseParams(tail.slice(semi));
  if (hostPort === null || params === null || userInfo === "") return null;
  const colon = userInfo === null ? -1 : userInfo.indexOf(":");
  const user = userInfo === null || colon < 0 ? userInfo : userInfo.slice(0, colon);
  const password = userInfo === null || colon < 0 ? null : userInfo.slice(colon + 1);
  return { scheme, user, password, ...hostPort, params, headers };
}

/** The inverse of {@link parseUri}. */
export function printUri(uri: Uri): string {
  if (uri.scheme === "other") return `${uri.name}:${uri.rest}`;
  if (uri.scheme === "tel") return `tel:${uri.number}${printParams(uri.params)}`;
  const password = uri.password === null ? "" : `:${uri.password}`;
  const user = uri.user === null ? "" : `${uri.user}${password}@`;
  const port = uri.port === null ? "" : `:${uri.port}`;
  const headers = uri.headers === null ? "" : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${printParams(uri.params)}${headers}`;
}

/**
 * The number or name that a URI addresses: `sip:+1%32@x;user=phone` and `tel:+1-2` both give `+12`. User parameters
 * (`sip:+12;ext=3@x`) are cut off. Null when there is none, or when an escape hides a control character.
 */
export function userText(uri: Uri): string | null {
  if (uri.scheme === "other") return null;
  if (uri.scheme === "tel") return uri.number.replace(/[-.()]/g, "");
  if (uri.user === null) return null;
  const semi = uri.user.indexOf(";");
  const user = semi < 0 ? uri.user : uri.user.slice(0, semi);
  const plain = user.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // eslint-disable-next-line no-control-regex -- exactly the characters that are looked for
  return plain === "" || /[\u0000-\u001f\u007f-\u009f]/.test(plain) ? null : plain;
}
