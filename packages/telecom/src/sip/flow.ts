import type { Envelope, SipMessage } from "./syntax/index.ts";

/** How and where a message travels: the other end of a datagram exchange or of a connection. `address` is an IP address. */
export type Flow = { readonly transport: "udp" | "tcp" | "tls"; readonly address: string; readonly port: number };

/** Reliable transports need no retransmission (RFC 3261 §17). */
export const isReliable = (flow: Flow): boolean => flow.transport !== "udp";

/** A message with where it came from. `peer` names the neighbour (a trunk) whose address it was. */
export type Received<M extends SipMessage> = { readonly message: M; readonly envelope: Envelope; readonly from: Flow; readonly peer: string };
