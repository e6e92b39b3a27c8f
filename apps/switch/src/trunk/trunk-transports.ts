// All transports of SIP on this machine: UDP and TCP on one port, TLS on another when there is a certificate.
import { ok, type Millis, type Result } from "@ringdesk/std";
import type { Flow } from "@ringdesk/telecom/sip";
import { createTrunkGate } from "./trunk-gate.ts";
import { openTrunkSocket } from "./trunk-socket.ts";
import { openTrunkStreams } from "./trunk-streams.ts";
import type { TrunkSources } from "./trunk.sources.ts";
import type { TrunkCounters, TrunkLog, TrunkStartError, TrunkTls } from "./trunk.types.ts";

export type TrunkTransports = {
  /** Of UDP and TCP. */
  readonly port: number;
  readonly tlsPort: number | null;
  readonly send: (bytes: Uint8Array, to: Flow) => void;
  readonly counters: () => Pick<TrunkCounters, "received" | "sent" | "strangers" | "throttled" | "connections">;
  readonly close: () => Promise<void>;
};

export type TransportOptions = {
  readonly address: string;
  readonly port: number;
  readonly tls: TrunkTls;
  readonly sources: TrunkSources;
  readonly now: () => Millis;
  readonly log: TrunkLog;
  readonly receive: (bytes: Uint8Array, from: Flow, peer: string) => void;
  readonly unreachable: (to: Flow, hasServed: boolean) => void;
  readonly isInCall: (connection: number) => boolean;
  readonly nameOf: (to: Flow) => string | null;
};

export async function openTransports(options: TransportOptions): Promise<Result<TrunkTransports, TrunkStartError>> {
  const gate = createTrunkGate(options);
  const udp = await openTrunkSocket({ ...options, gate });
  if (!udp.ok) {
    gate.close();
    return udp;
  }
  const socket = udp.value;
  const streams = await openTrunkStreams({ ...options, port: socket.port, gate });
  if (!streams.ok) {
    gate.close();
    await socket.close();
    return streams;
  }
  const { tlsPort, ...stream } = streams.value;
  return ok({
    port: socket.port, tlsPort,
    send: (bytes, to) => (to.transport === "udp" ? socket : stream).send(bytes, to),
    counters: () => {
      const [a, b] = [socket.counters(), stream.counters()];
      return { received: a.received + b.received, sent: a.sent + b.sent, connections: b.connections, ...gate.counters() };
    },
    close: async () => {
      gate.close();
      await Promise.all([socket.close(), stream.close()]);
    },
  });
}
