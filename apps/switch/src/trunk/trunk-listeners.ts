// The doors for SIP over TCP and TLS. A stranger is turned away before a byte of his is read, or a handshake begun (SEC-3).
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { err, ok, type Result } from "@ringdesk/std";
import { codeOf, type TrunkGate } from "./trunk-gate.ts";
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_SOURCE, SECURE_CONNECT_LIMIT_MS } from "./trunk.limits.ts";
import { normaliseAddress } from "./trunk.sources.ts";
import type { TrunkStartError, TrunkTls } from "./trunk.types.ts";

/** RFC 9325 §3.1.1: nothing older. */
export const OLDEST_TLS = "TLSv1.2";

/** A neighbour that has connected; for TLS the handshake is done. */
export type Caller = { readonly socket: Socket; readonly transport: "tcp" | "tls"; readonly address: string; readonly port: number; readonly peer: string };

export type Listeners = {
  /** Null without a certificate. */
  readonly tlsPort: number | null;
  readonly close: () => Promise<void>;
};

type Options = {
  readonly address: string;
  readonly port: number;
  readonly tls: TrunkTls;
  readonly gate: TrunkGate;
  readonly accept: (caller: Caller) => void;
};

/** Listens on the port for TCP, and on the other for TLS when there is a certificate. */
export async function openListeners({ address, port, tls, gate, accept }: Options): Promise<Result<Listeners, TrunkStartError>> {
  const door = createDoor(gate);
  const tcp = createTcpServer((socket) => {
    const who = door(socket);
    if (who !== null) accept({ socket, transport: "tcp", ...who });
  });
  const bound = await listen(tcp, address, port);
  if (!bound.ok) return bound;
  if (tls.certificate === null) return ok({ tlsPort: null, close: () => closeServer(tcp) });
  let decrypting: Server;
  try {
    decrypting = createTlsServer({ ...tls.certificate, minVersion: OLDEST_TLS, handshakeTimeout: SECURE_CONNECT_LIMIT_MS });
  } catch (error) {
    await closeServer(tcp);
    return err({ type: "certificate-refused", detail: String(error) });
  }
  decrypting.on("secureConnection", (socket: Socket) => {
    const address = normaliseAddress(socket.remoteAddress ?? "");
    const peer = gate.admit(address);
    if (peer === null) socket.destroy();
    else accept({ socket, transport: "tls", address, port: socket.remotePort ?? 0, peer });
  });
  decrypting.on("tlsClientError", (error: Error, socket: Socket) => {
    gate.failed(codeOf(error));
    socket.destroy();
  });
  const outer = createTcpServer((socket) => {
    if (door(socket) !== null) decrypting.emit("connection", socket);
  });
  const secure = await listen(outer, address, tls.port);
  if (!secure.ok) {
    await closeServer(tcp);
    return secure;
  }
  return ok({ tlsPort: secure.value, close: async () => void (await Promise.all([closeServer(tcp), closeServer(outer)])) });
}

/** Counts who is inside. Gives the neighbour, or closes the connection of a stranger and of one who has too many. */
function createDoor(gate: TrunkGate): (socket: Socket) => { readonly address: string; readonly port: number; readonly peer: string } | null {
  const perSource = new Map<string, number>();
  let total = 0;
  return (socket) => {
    // A connection that is reset at once has no address any more.
    const address = normaliseAddress(socket.remoteAddress ?? "");
    const peer = address === "" ? null : gate.admit(address);
    const held = perSource.get(address) ?? 0;
    if (peer === null || held >= MAX_CONNECTIONS_PER_SOURCE || total >= MAX_CONNECTIONS) {
      if (peer !== null) gate.failed("too-many-connections");
      socket.resetAndDestroy();
      return null;
    }
    perSource.set(address, held + 1);
    total++;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      total--;
      const left = (perSource.get(address) ?? 1) - 1;
      if (left === 0) perSource.delete(address);
      else perSource.set(address, left);
    });
    return { address, port: socket.remotePort ?? 0, peer };
  };
}

function listen(server: Server, address: string, port: number): Promise<Result<number, TrunkStartError>> {
  return new Promise((resolve) => {
    const refused = (error: Error): void => {
      const code = codeOf(error);
      resolve(err({ type: code === "EADDRINUSE" ? "port-in-use" : "bind-failed", detail: `TCP ${address}:${port}: ${code}` }));
    };
    server.once("error", refused);
    server.listen(port, address, () => {
      server.off("error", refused);
      const bound = server.address();
      resolve(ok(bound !== null && typeof bound === "object" ? bound.port : port));
    });
  });
}

const closeServer = (server: Server): Promise<void> => new Promise((resolve) => { server.close(() => resolve()); });
