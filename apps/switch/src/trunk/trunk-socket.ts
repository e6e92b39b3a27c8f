// The UDP socket of SIP: neighbours only, within their rate, and nothing of it read before that is sure (SEC-3).
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { err, ok, type Result } from "@ringdesk/std";
import type { Flow } from "@ringdesk/telecom/sip";
import { codeOf, type TrunkGate } from "./trunk-gate.ts";
import { normaliseAddress } from "./trunk.sources.ts";
import type { TrunkStartError } from "./trunk.types.ts";

/** Room for a burst while the loop is busy; the system may give less. */
const RECEIVE_BUFFER_BYTES = 1_048_576;

export type TrunkSocket = {
  readonly port: number;
  readonly send: (bytes: Uint8Array, to: Flow) => void;
  readonly counters: () => { readonly received: number; readonly sent: number };
  readonly close: () => Promise<void>;
};

type Options = {
  readonly address: string;
  readonly port: number;
  readonly gate: TrunkGate;
  readonly receive: (bytes: Uint8Array, from: Flow, peer: string) => void;
};

/** Binds the socket. Datagrams of strangers are counted and forgotten. */
export async function openTrunkSocket(options: Options): Promise<Result<TrunkSocket, TrunkStartError>> {
  const { gate } = options;
  const isV6 = isIPv6(options.address);
  // Flows name addresses, not hosts: what would look each of them up is passed by.
  const socket = createSocket({ type: isV6 ? "udp6" : "udp4", recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: (host, _options, done) => done(null, host, isV6 ? 6 : 4) });
  const bound = await bind(socket, options);
  if (!bound.ok) return bound;
  const count = { received: 0, sent: 0 };
  socket.on("message", (bytes, info) => {
    count.received++;
    const peer = gate.admit(info.address);
    if (peer === null || !gate.mayPass(peer)) return;
    options.receive(bytes, { transport: "udp", address: normaliseAddress(info.address), port: info.port }, peer);
  });
  // An unreachable neighbour shows itself by its silence; the timers of its transactions know what to do.
  const failed = (error: Error): void => gate.failed(codeOf(error));
  socket.on("error", failed);
  return ok({
    port: bound.value,
    send: (bytes, { address, port }) => {
      count.sent++;
      // A socket of both families takes an IPv4 address only in IPv6 clothes.
      socket.send(bytes, port, isV6 && !address.includes(":") ? `::ffff:${address}` : address, (error) => {
        if (error !== null) failed(error);
      });
    },
    counters: () => count,
    close: () => new Promise<void>((resolve) => socket.close(resolve)),
  });
}

function bind(socket: Socket, { address, port }: Options): Promise<Result<number, TrunkStartError>> {
  return new Promise((resolve) => {
    const refused = (error: Error): void => {
      socket.close();
      const code = codeOf(error);
      resolve(err({ type: code === "EADDRINUSE" ? "port-in-use" : "bind-failed", detail: `UDP ${address}:${port}: ${code}` }));
    };
    socket.once("error", refused);
    socket.bind(port, address, () => {
      socket.off("error", refused);
      resolve(ok(socket.address().port));
    });
  });
}
