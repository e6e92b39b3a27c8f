// The UDP socket of SIP: neighbours only, within their rate, and nothing of it read before that is sure (SEC-3).
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { err, ok, type Millis, type Result } from "@ringdesk/std";
import type { Flow } from "@ringdesk/telecom/sip";
import { createTokenBuckets, MAX_DATAGRAM_BURST, MAX_DATAGRAMS_PER_SECOND } from "./trunk.limits.ts";
import { normaliseAddress, type TrunkSources } from "./trunk.sources.ts";
import type { TrunkLog, TrunkStartError } from "./trunk.types.ts";

/** Room for a burst while the loop is busy; the system may give less. */
const RECEIVE_BUFFER_BYTES = 1_048_576;
/** What was dropped, and what could not be sent, is logged at most this often. */
export const DROP_REPORT_INTERVAL_MS = 60_000;

export type TrunkSocket = {
  readonly port: number;
  readonly send: (bytes: Uint8Array, to: Flow) => void;
  readonly counters: () => { readonly received: number; readonly sent: number; readonly strangers: number; readonly throttled: number };
  readonly close: () => Promise<void>;
};

type Options = {
  readonly address: string;
  readonly port: number;
  readonly sources: TrunkSources;
  readonly receive: (bytes: Uint8Array, from: Flow, peer: string) => void;
  readonly now: () => Millis;
  readonly log: TrunkLog;
};

/** Binds the socket. Datagrams of strangers are counted and forgotten. */
export async function openTrunkSocket(options: Options): Promise<Result<TrunkSocket, TrunkStartError>> {
  const { sources, now, log } = options;
  const family = isIPv6(options.address) ? 6 : 4;
  // Flows name addresses, not hosts: what would look each of them up is passed by.
  const socket = createSocket({ type: `udp${family}`, recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: (host, _options, done) => done(null, host, family) });
  const bound = await bind(socket, options);
  if (!bound.ok) return bound;
  const count = { received: 0, sent: 0, strangers: 0, throttled: 0 };
  const reported = { strangers: 0, throttled: 0 };
  /** Failures to send since the last report, by the system's word for them. */
  const failures = new Map<string, number>();
  const mayPass = createTokenBuckets(MAX_DATAGRAMS_PER_SECOND, MAX_DATAGRAM_BURST, now);
  socket.on("message", (bytes, info) => {
    count.received++;
    const peer = sources.peerOf(info.address);
    if (peer === null) count.strangers++;
    else if (!mayPass(peer)) count.throttled++;
    else options.receive(bytes, { transport: "udp", address: normaliseAddress(info.address), port: info.port }, peer);
  });
  // An unreachable neighbour shows itself by its silence; the timers of its transactions know what to do.
  const failed = (error: Error): void => void failures.set(codeOf(error), (failures.get(codeOf(error)) ?? 0) + 1);
  socket.on("error", failed);

  const report = setInterval(() => {
    const strangers = count.strangers - reported.strangers;
    const throttled = count.throttled - reported.throttled;
    reported.strangers = count.strangers;
    reported.throttled = count.throttled;
    if (failures.size > 0) log.warn({ failures: Object.fromEntries(failures) }, "SIP datagrams could not be sent");
    failures.clear();
    if (strangers + throttled > 0) log.warn({ strangers, throttled }, "dropped SIP datagrams: unknown senders, trunks beyond their rate");
  }, DROP_REPORT_INTERVAL_MS);
  report.unref();

  return ok({
    port: bound.value,
    send: (bytes, to) => {
      count.sent++;
      socket.send(bytes, to.port, to.address, (error) => {
        if (error !== null) failed(error);
      });
    },
    counters: () => count,
    close: () => new Promise<void>((resolve) => {
      clearInterval(report);
      socket.close(resolve);
    }),
  });
}

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : error.name);

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
