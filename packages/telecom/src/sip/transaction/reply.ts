import { defaultPort, type Flow, type Received } from "../flow.ts";
import { header, headerList, noBody, parseNameAddr, parseVia, printVia, type Header, type SipRequest, type SipResponse } from "../syntax/index.ts";

/**
 * Where the response to a request goes: always to the address that it came from, never to one that its Via merely names.
 * The port is the one it came from when the sender asks so (RFC 3581) or is behind a translator, and the Via's own port for
 * a sender that sends and listens on different ports (RFC 3261 §18.2.2).
 */
export function replyFlow({ envelope: { via }, from }: Received<SipRequest>): Flow {
  // Back over the connection; to where the sender listens only when it is gone.
  if (from.transport !== "udp") return { ...from, port: via.port ?? defaultPort(from.transport) };
  if (via.params.has("rport") || unbracketed(via.host) !== from.address) return from;
  return { ...from, port: via.port ?? 5060 };
}

const unbracketed = (host: string): string => (host.startsWith("[") ? host.slice(1, -1) : host);

/** What a response carries beyond the headers it repeats. */
export type ResponseParts = {
  /** Added to To when it has no tag yet; not on 100. */
  readonly toTag?: string;
  readonly reason?: string;
  readonly headers?: readonly Header[];
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
};

/** Builds a response (RFC 3261 §8.2.6). Also for requests that miss headers: those are missing in the response too. */
export function createResponse(request: SipRequest, from: Flow, status: number, parts: ResponseParts = {}): SipResponse {
  const headers: Header[] = headerList(request, "via").map((value, i) => ({ name: "via", value: i === 0 ? stampVia(value, from) : value }));
  for (const name of ["from", "to", "call-id", "cseq"]) {
    const value = header(request, name);
    if (value !== null) headers.push({ name, value: name === "to" && status > 100 ? withTag(value, parts.toTag) : value });
  }
  // §12.1.1: what builds the route set is repeated in responses that may build a dialog.
  if (status > 100 && status < 300) headers.push(...request.headers.filter((h) => h.name === "record-route"));
  headers.push(...(parts.headers ?? []));
  if (parts.body !== undefined) headers.push({ name: "content-type", value: parts.body.type });
  return { kind: "response", status, reason: parts.reason ?? reasonPhrase(status), headers, body: parts.body?.bytes ?? noBody };
}

/** RFC 3261 §18.2.1 and RFC 3581 §4: says in the top Via where the request really came from. */
function stampVia(value: string, from: Flow): string {
  const via = parseVia(value);
  if (via === null) return value;
  const wantsPort = via.params.has("rport");
  if (!wantsPort && unbracketed(via.host) === from.address) return value;
  const params = new Map(via.params).set("received", from.address);
  if (wantsPort) params.set("rport", String(from.port));
  return printVia({ ...via, params });
}

/** A To that cannot be parsed still gets its tag at the end, where every form of the header takes parameters. */
const withTag = (to: string, tag: string | undefined): string => (tag === undefined || parseNameAddr(to)?.params.has("tag") === true ? to : `${to};tag=${tag}`);

const reasons: ReadonlyMap<number, string> = new Map([
  [100, "Trying"], [180, "Ringing"], [183, "Session Progress"], [200, "OK"], [202, "Accepted"], [400, "Bad Request"],
  [401, "Unauthorized"], [403, "Forbidden"], [404, "Not Found"], [405, "Method Not Allowed"], [406, "Not Acceptable"],
  [407, "Proxy Authentication Required"], [408, "Request Timeout"], [410, "Gone"], [413, "Request Entity Too Large"],
  [414, "Request-URI Too Long"], [415, "Unsupported Media Type"], [416, "Unsupported URI Scheme"], [420, "Bad Extension"],
  [422, "Session Interval Too Small"], [423, "Interval Too Brief"], [480, "Temporarily Unavailable"], [481, "Call/Transaction Does Not Exist"],
  [482, "Loop Detected"], [483, "Too Many Hops"], [484, "Address Incomplete"], [486, "Busy Here"], [487, "Request Terminated"],
  [488, "Not Acceptable Here"], [491, "Request Pending"], [500, "Server Internal Error"], [501, "Not Implemented"],
  [503, "Service Unavailable"], [504, "Server Time-out"], [505, "Version Not Supported"], [513, "Message Too Large"],
  [600, "Busy Everywhere"], [603, "Decline"], [604, "Does Not Exist Anywhere"], [606, "Not Acceptable"],
]);

/** The customary words for a status; empty when there are none, which RFC 3261 §7.2 allows. */
export const reasonPhrase = (status: number): string => reasons.get(status) ?? "";
