import { isToken, quotedEnd, skipSpace, tokenEnd, parseDigits } from "./lexical.ts";
import { MAX_CSEQ } from "./limits.ts";
import { parseParams, printParams, type Params } from "./params.ts";
import { parseHostPort } from "./uri.ts";

/** `"Name" <uri>;params` or `uri;params`: From, To, Contact, Route and the like (RFC 3261 §20.10). */
export type NameAddr = {
  /** Unquoted and unescaped; null when there is none. */
  readonly displayName: string | null;
  /** As written between the angle brackets. Parse with `parseUri` where the parts matter. */
  readonly uri: string;
  readonly params: Params;
};

/** One Via value (RFC 3261 §20.42). */
export type Via = {
  /** Upper case: UDP, TCP, TLS, or what else a peer names. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | null;
  readonly params: Params;
};

export type CSeq = { readonly number: number; readonly method: string };

const uriStart = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Parses one name-addr or addr-spec; null when it is neither. */
export function parseNameAddr(text: string): NameAddr | null {
  const value = text.trim();
  let displayName: string | null = null;
  let open: number;
  if (value.startsWith('"')) {
    const end = quotedEnd(value, 0);
    if (end < 0) return null;
    displayName = value.slice(1, end - 1).replace(/\\([\s\S])/g, "$1");
    open = skipSpace(value, end);
    if (value[open] !== "<") return null;
  } else {
    open = value.indexOf("<");
    if (open < 0) return parseAddrSpec(value);
    const words = value.slice(0, open).trim();
    if (words !== "") {
      if (!words.split(/[ \t]+/).every(isToken)) return null;
      displayName = words;
    }
  }
  const close = value.indexOf(">", open);
  if (close < 0) return null;
  const uri = value.slice(open + 1, close);
  const params = parseParams(value.slice(close + 1));
  return params !== null && uriStart.test(uri) && !/\s/.test(uri) ? { displayName, uri, params } : null;
}

/** RFC 3261 §20.10: outside angle brackets a `;` starts a header parameter, and `,` and `?` may not appear. */
function parseAddrSpec(value: string): NameAddr | null {
  const semi = value.indexOf(";");
  const uri = (semi < 0 ? value : value.slice(0, semi)).trimEnd();
  if (!uriStart.test(uri) || /[\s,?"]/.test(uri)) return null;
  const params = semi < 0 ? parseParams("") : parseParams(value.slice(semi));
  return params === null ? null : { displayName: null, uri, params };
}

/** The inverse of {@link parseNameAddr}; always with angle brackets, so that `;` cannot be misread. */
export function printNameAddr(address: NameAddr): string {
  const name = address.displayName === null ? "" : `"${quote(address.displayName)}" `;
  return `${name}<${address.uri}>${printParams(address.params)}`;
}

/** What may stand between double quotes: `"` and `\` are escaped, line breaks become spaces. */
const quote = (text: string): string => text.replace(/[\r\n]/g, " ").replace(/["\\]/g, "\\$&");

/** Parses one Via value; null when it is none. Spaces may stand around every separator (RFC 3261 §25.1). */
export function parseVia(text: string): Via | null {
  let i = tokenEnd(text, 0);
  if (text.slice(0, i).toUpperCase() !== "SIP") return null;
  i = skipSpace(text, i);
  if (text[i] !== "/") return null;
  const versionAt = skipSpace(text, i + 1);
  i = tokenEnd(text, versionAt);
  if (text.slice(versionAt, i) !== "2.0") return null;
  i = skipSpace(text, i);
  if (text[i] !== "/") return null;
  const transportAt = skipSpace(text, i + 1);
  i = tokenEnd(text, transportAt);
  const transport = text.slice(transportAt, i).toUpperCase();
  const hostAt = skipSpace(text, i);
  if (transport === "" || hostAt === i) return null;
  const semi = text.indexOf(";", hostAt);
  const hostPort = parseSentBy(semi < 0 ? text.slice(hostAt) : text.slice(hostAt, semi));
  const params = semi < 0 ? parseParams("") : parseParams(text.slice(semi));
  return hostPort === null || params === null ? null : { transport, ...hostPort, params };
}

/** `host [COLON port]`, where COLON allows spaces on both sides. */
function parseSentBy(text: string): { readonly host: string; readonly port: number | null } | null {
  const colon = text.indexOf(":", text.startsWith("[") ? text.indexOf("]") : 0);
  return parseHostPort(colon < 0 ? text.trimEnd() : `${text.slice(0, colon).trimEnd()}:${text.slice(colon + 1).trim()}`);
}

/** The inverse of {@link parseVia}. */
export function printVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${via.host}${via.port === null ? "" : `:${via.port}`}${printParams(via.params)}`;
}

/** Parses `number method`; null beyond 2^31 - 1 (RFC 3261 §8.1.1.5). */
export function parseCSeq(text: string): CSeq | null {
  let i = 0;
  while (i < text.length && text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57) i++;
  const number = parseDigits(text.slice(0, i), 15);
  const methodAt = skipSpace(text, i);
  const method = text.slice(methodAt);
  return number !== null && number <= MAX_CSEQ && methodAt > i && isToken(method) ? { number, method } : null;
}
