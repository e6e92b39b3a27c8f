// Dialogs: RFC 3261 §12. A dialog is a value that its owner replaces; it sends and waits for nothing.
import { isHost, noBody, parseNameAddr, parseUri, printNameAddr, header, headerList, type Header, type NameAddr, type SipRequest, type SipResponse, type SipUri } from "../syntax/index.ts";
import { defaultPort, type Flow, type Received } from "../flow.ts";

export type Dialog = {
  readonly callId: string;
  readonly localTag: string;
  /** Empty when the peer sends none, as RFC 2543 allowed. */
  readonly remoteTag: string;
  /** From of our requests and To of our requests, tags included, as written. */
  readonly local: string;
  readonly remote: string;
  /** Where the peer wants our requests: its last Contact. */
  readonly target: string;
  /** URIs of the route set, first hop first. */
  readonly routes: readonly string[];
  /** Number of our last request; null before the first. */
  readonly localSeq: number | null;
  /** Number of the peer's last request; null before the first. */
  readonly remoteSeq: number | null;
  /** Where the peer was last heard from. */
  readonly flow: Flow;
  readonly peer: string;
};

/** Routes in one dialog; more than any real path has. */
export const MAX_ROUTES = 20;

/** The key by which requests of the peer find a dialog. */
export const dialogKey = (dialog: Dialog): string => keyOfDialog(dialog.peer, dialog.callId, dialog.localTag, dialog.remoteTag);
/** The same key, read off a request of the peer (RFC 3261 §12.2.2) or a response of the peer (§12.2.1.2). */
export function receivedDialogKey({ message, envelope, peer }: Received<SipRequest | SipResponse>): string {
  const { callId, fromTag, toTag } = envelope;
  return message.kind === "request" ? keyOfDialog(peer, callId, toTag, fromTag) : keyOfDialog(peer, callId, fromTag, toTag);
}
/** The key of a dialog, by its parts as we see them. */
export const keyOfDialog = (peer: string, callId: string, localTag: string, remoteTag: string): string => `${peer} ${callId} ${localTag} ${remoteTag}`;

/** RFC 3261 §12.1.1: the dialog that our 101–299 response to this INVITE creates. */
export function dialogOfServer(invite: Received<SipRequest>, localTag: string): Dialog {
  const { message, envelope, from, peer } = invite;
  return {
    callId: envelope.callId, localTag, remoteTag: envelope.fromTag,
    local: printNameAddr(withTag(envelope.to, localTag)),
    remote: header(message, "from") ?? "",
    target: firstContact(message) ?? envelope.from.uri,
    routes: routeUris(message), localSeq: null, remoteSeq: envelope.cseq.number, flow: from, peer,
  };
}

/** RFC 3261 §12.1.2: the dialog that a 101–299 response creates; its route set is that of the response reversed. */
export function dialogOfClient(invite: SipRequest, response: Received<SipResponse>): Dialog {
  const { message, envelope, from, peer } = response;
  return {
    callId: envelope.callId, localTag: envelope.fromTag, remoteTag: envelope.toTag,
    local: header(invite, "from") ?? "", remote: header(message, "to") ?? "",
    target: firstContact(message) ?? invite.uri,
    routes: routeUris(message).reverse(), localSeq: envelope.cseq.number, remoteSeq: null, flow: from, peer,
  };
}

/** RFC 3261 §12.2.1.2, §12.2.2: a target refresh (re-INVITE, UPDATE, 2xx to them) renews the target, never the routes. */
export function refreshTarget(dialog: Dialog, received: Received<SipRequest | SipResponse>): Dialog {
  return { ...dialog, target: firstContact(received.message) ?? dialog.target, flow: received.from };
}

function firstContact(message: SipRequest | SipResponse): string | null {
  const uri = parseNameAddr(headerList(message, "contact")[0] ?? "")?.uri ?? "";
  const scheme = parseUri(uri)?.scheme;
  return scheme === "sip" || scheme === "sips" ? uri : null;
}

const routeUris = (message: SipRequest | SipResponse): string[] =>
  headerList(message, "record-route").slice(0, MAX_ROUTES).flatMap((value) => parseNameAddr(value)?.uri ?? []);

const withTag = (address: NameAddr, tag: string): NameAddr => ({ ...address, params: new Map(address.params).set("tag", tag) });

/** Number of the next request in the dialog. RFC 3261 §12.2.1.1 lets the first be arbitrary. */
export const nextSeq = (dialog: Dialog): number => (dialog.localSeq ?? 0) + 1;

/**
 * A request in the dialog, without Via (RFC 3261 §12.2.1.1). When the first route is a strict router, its URI becomes the
 * Request-URI and the target comes last.
 */
export function requestIn(dialog: Dialog, method: string, seq: number, headers: readonly Header[], body: Uint8Array = noBody): SipRequest {
  const first = dialog.routes[0];
  const strict = first !== undefined && !isLooseRouter(first);
  const routes = strict ? [...dialog.routes.slice(1), dialog.target] : dialog.routes;
  return {
    kind: "request", method, uri: strict ? first : dialog.target, body,
    headers: [
      { name: "max-forwards", value: "70" },
      ...routes.map((uri) => ({ name: "route", value: `<${uri}>` })),
      { name: "from", value: dialog.local },
      { name: "to", value: dialog.remote },
      { name: "call-id", value: dialog.callId },
      { name: "cseq", value: `${seq} ${method}` },
      ...headers,
    ],
  };
}

function isLooseRouter(text: string): boolean {
  const uri = parseUri(text);
  return uri !== null && uri.scheme !== "other" && uri.params.has("lr");
}

/**
 * Where a request in the dialog is sent: to the first route, or the target without one, when that is an IP address which
 * the neighbour owns; otherwise back to where the neighbour was last heard from. So a neighbour behind a translator, or one
 * that writes its private address, is reached, and nobody can make us send to a third party.
 */
export function nextHop(dialog: Dialog, ownsAddress: (peer: string, address: string) => boolean): Flow {
  const uri = parseUri(dialog.routes[0] ?? dialog.target);
  if (uri === null || uri.scheme === "tel" || uri.scheme === "other" || !isHost(uri.host)) return dialog.flow;
  const address = uri.host.startsWith("[") ? uri.host.slice(1, -1) : uri.host;
  if (!ownsAddress(dialog.peer, address)) return dialog.flow;
  const transport = transportOf(uri, dialog.flow.transport);
  const { connection } = dialog.flow;
  const isSame = transport === dialog.flow.transport && address === dialog.flow.address;
  return { transport, address, port: uri.port ?? defaultPort(transport), ...(isSame && connection !== undefined ? { connection } : {}) };
}

/**
 * RFC 3263 §4.1. A URI that names no transport means the one that the neighbour uses already. Who uses TLS stays with it,
 * and who does not cannot make us begin it: the arithmetic of a handshake is ours to spend.
 */
function transportOf({ params }: SipUri, used: Flow["transport"]): Flow["transport"] {
  const named = params.get("transport")?.toLowerCase();
  return used !== "tls" && (named === "udp" || named === "tcp") ? named : used;
}
