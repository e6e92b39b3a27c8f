// SIP over TCP and TLS: who may connect, connections of ours, and what runs over them (RFC 3261 §18, RFC 5922).
import { connect as connectTcp, createServer as createTcpServer, isIP, type Server, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, createServer as createTlsServer, getCACertificates, type SecureContext } from "node:tls";
import { err, ok, type Millis, type Result } from "@ringdesk/std";
import type { Flow } from "@ringdesk/telecom/sip";
import { createConnection, type Connection } from "./trunk-connection.ts";
import { codeOf, type TrunkGate } from "./trunk-gate.ts";
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_SOURCE } from "./trunk.limits.ts";
import { normaliseAddress } from "./trunk.sources.ts";
import type { TrunkStartError, TrunkTls } from "./trunk.types.ts";

/** Time for TCP and TLS to be up: as long as a target may be silent. */
export const CONNECT_LIMIT_MS = 4_000;
const TLS_VERSION = "TLSv1.2";

export type TrunkStreams = {
  /** Null when there is no certificate. */
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
  /** Nothing can be delivered there, or no longer over that connection. */
  readonly unreachable: (to: Flow) => void;
  readonly isInCall: (connection: number) => boolean;
  /** The name that the certificate of that address must be for; null: its address. */
  readonly nameOf: (to: Flow) => string | null;
};

/** Listens for TCP, and for TLS when there is a certificate. */
export async function openTrunkStreams(options: StreamOptions): Promise<Result<TrunkStreams, TrunkStartError>> {
  const streams = new Streams(options);
  const opened = await streams.open();
  return opened.ok ? ok(streams) : opened;
}

class Streams implements TrunkStreams {
  readonly #options: StreamOptions;
  readonly #servers: Server[] = [];
  readonly #connections = new Map<number, Connection>();
  /** Connections that we opened, by where they go. */
  readonly #opened = new Map<string, Connection>();
  readonly #perSource = new Map<string, number>();
  readonly #count = { received: 0, sent: 0 };
  #trusted: SecureContext | null = null;
  #nextId = 1;
  tlsPort: number | null = null;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  async open(): Promise<Result<void, TrunkStartError>> {
    const { address, port, tls } = this.#options;
    const tcp = await this.#listen(createTcpServer(), port, (socket) => this.#accept(socket, "tcp"));
    if (!tcp.ok) return tcp;
    if (tls.certificate === null) return ok(undefined);
    let decrypting: Server;
    try {
      decrypting = createTlsServer({ ...tls.certificate, minVersion: TLS_VERSION, handshakeTimeout: CONNECT_LIMIT_MS });
    } catch (error) {
      return err({ type: "certificate-refused", detail: String(error) });
    }
    // A stranger must not make us do the arithmetic of a handshake: only who may speak is handed on.
    decrypting.on("secureConnection", (socket: Socket) => this.#accept(socket, "tls"));
    decrypting.on("tlsClientError", (error: Error) => this.#options.gate.failed(codeOf(error)));
    const bound = await this.#listen(createTcpServer(), tls.port, (socket) => {
      if (this.#mayConnect(socket)) decrypting.emit("connection", socket);
    });
    if (!bound.ok) return bound;
    this.tlsPort = bound.value;
    return ok(undefined);

    async function nothing(): Promise<void> { await Promise.resolve(address); }
  }

  send(bytes: Uint8Array, to: Flow): void {
    this.#count.sent++;
    const known = (to.connection === undefined ? undefined : this.#connections.get(to.connection)) ?? this.#opened.get(keyOf(to));
    (known ?? this.#connect(to)).send(bytes);
  }

  counters(): { readonly received: number; readonly sent: number; readonly connections: number } {
    return { ...this.#count, connections: this.#connections.size };
  }

  async close(): Promise<void> {
    const closing = this.#servers.map((server) => new Promise<void>((resolve) => { server.close(() => resolve()); }));
    for (const connection of this.#connections.values()) connection.destroy();
    await Promise.all(closing);
  }
}
