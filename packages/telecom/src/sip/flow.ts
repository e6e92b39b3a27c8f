import type { Envelope, SipMessage } from "./syntax/index.ts";

/** How and where a message travels: the other end of a datagram exchange or of a connection. `address` is an IP address. */
export type Flow = {
  readonly transport: "udp" | "tcp" | "tls";
  readonly address: string;
  readonly port: number;
  /** The connection that a message came by; what goes back takes it while it is open (RFC 3261 §18.2.2), else a new one to `port`. */
  readonly connection?: number;
};

/** RFC 3261 §19.1.2. */
export const defaultPort = (transport: Flow["transport"]): number => (transport === "tls" ? 5061 : 5060);

/** Reliable transports need no retransmission (RFC 3261 §17). */
export const isReliable = (flow: Flow): boolean => flow.transport !== "udp";

/** A message with where it came from. `peer` names the neighbour (a trunk) whose address it was. */
export type Received<M extends SipMessage> = { readonly message: M; readonly envelope: Envelope; readonly from: Flow; readonly peer: string };
