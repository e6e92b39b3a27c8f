// SIP over TCP and TLS: the connections that neighbours made and those that we made, and what runs over them (RFC 3261 §18).
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { ok, type Millis, type Result } from "@ringdesk/std";
import type { Flow } from "@ringdesk/telecom/sip";
import { createConnection, type Connection } from "./trunk-connection.ts";
import type { TrunkGate } from "./trunk-gate.ts";
import { OLDEST_TLS, openListeners } from "./trunk-listeners.ts";
import { SECURE_CONNECT_LIMIT_MS } from "./trunk.limits.ts";
import { flowKey } from "./trunk.locate.ts";
import type { TrunkStartError, TrunkTls } from "./trunk.types.ts";

export type TrunkStreams = {
  /** Null without a certificate. */
  readonly tlsPort: number | null;
  readonly send: (bytes: Uint8Array, to: Flow) => void;
  readonly counters: () => { readonly received: number; readonly sent: number; readonly connections: number };
  readonly close: () => Promise<void>;
};

export type StreamOptions = {
  readonly address: string;
  readonly port: number;
  readonly tls: TrunkTls;
  readonly gate: TrunkGate;
  readonly now: () => Millis;
  readonly receive: (bytes: Uint8Array, from: Flow, peer: string) => void;
  /** Nothing can be delivered there, or no longer over that connection; `hasServed`: it worked before. */
  readonly unreachable: (to: Flow, hasServed: boolean) => void;
  readonly isInCall: (connection: number) => boolean;
  /** The name that the certificate at that address must be for; null: for the address itself. */
  readonly nameOf: (to: Flow) => string | null;
};

type Book = {
  readonly all: Map<number, Connection>;
  /** Those that we made, by where they go. */
  readonly ours: Map<string, Connection>;
  readonly count: { received: number; sent: number };
  nextId: number;
  closing: boolean;
};

/** Opens the doors; connections of ours are made when something is to be sent. */
export async function openTrunkStreams(options: StreamOptions): Promise<Result<TrunkStreams, TrunkStartError>> {
  const book: Book = { all: new Map(), ours: new Map(), count: { received: 0, sent: 0 }, nextId: 1, closing: false };
  const listeners = await openListeners({
    ...options,
    accept: ({ socket, transport, address, port }) => void addConnection(options, book, socket, { transport, address, port }),
  });
  if (!listeners.ok) return listeners;
  const trust = trustOf(options.tls);
  return ok({
    tlsPort: listeners.value.tlsPort,
    send: (bytes, to) => {
      if (book.closing) return;
      book.count.sent++;
      const known = (to.connection === undefined ? undefined : book.all.get(to.connection)) ?? book.ours.get(flowKey(to));
      (known ?? connect(options, book, trust, to)).send(bytes);
    },
    counters: () => ({ ...book.count, connections: book.all.size }),
    close: async () => {
      book.closing = true;
      for (const connection of book.all.values()) connection.destroy();
      await listeners.value.close();
    },
  });
}

function connect(options: StreamOptions, book: Book, trust: () => SecureContext, to: Flow): Connection {
  const { address: host, port } = to;
  const name = options.nameOf(to);
  const servername = name !== null && isIP(name) === 0 ? { servername: name } : {};
  const socket: Socket = to.transport === "tls"
    ? connectTls({ host, port, ...servername, secureContext: trust(), minVersion: OLDEST_TLS })
    : connectTcp({ host, port });
  const limit = setTimeout(() => socket.destroy(new Error("no connection in time")), SECURE_CONNECT_LIMIT_MS);
  socket.once(to.transport === "tls" ? "secureConnect" : "connect", () => clearTimeout(limit));
  socket.once("close", () => clearTimeout(limit));
  const connection = addConnection(options, book, socket, to);
  book.ours.set(flowKey(to), connection);
  return connection;
}

function addConnection(options: StreamOptions, book: Book, socket: Socket, { transport, address, port }: Flow): Connection {
  const { gate } = options;
  const id = book.nextId++;
  const flow: Flow = { transport, address, port, connection: id };
  const connection = createConnection({
    id, socket, flow, now: options.now,
    isInCall: () => options.isInCall(id),
    receive: (bytes) => {
      book.count.received++;
      // Asked for each message: the trunk may have been taken away since the connection was made.
      const peer = gate.admit(address);
      if (peer === null) connection.destroy();
      else if (gate.mayPass(peer)) options.receive(bytes, flow, peer);
    },
    closed: (code, hasServed) => {
      book.all.delete(id);
      if (book.ours.get(flowKey(flow)) === connection) book.ours.delete(flowKey(flow));
      if (code !== null && code !== "idle" && !book.closing) gate.failed(code);
      options.unreachable(flow, hasServed);
    },
  });
  book.all.set(id, connection);
  return connection;
}

/** Whom we believe: what Node and the machine believe, and the authority of the settings. Read once, when it is first needed. */
function trustOf({ authority }: TrunkTls): () => SecureContext {
  let context: SecureContext | null = null;
  return () => (context ??= createSecureContext({
    ca: [...new Set([...getCACertificates("default"), ...getCACertificates("system"), ...(authority === null ? [] : [authority])])],
    minVersion: OLDEST_TLS,
  }));
}
