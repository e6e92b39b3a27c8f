import { createSocket, type Socket } from "node:dgram";
import { isIPv6, SocketAddress } from "node:net";
import { err, ok, type Result } from "@ringdesk/std";
import { createPeerLock, type PeerAddress, type PeerLock } from "./peer-lock.ts";

/** Enough for 200 ms of audio while the loop is busy, small enough that nothing old piles up. */
const RECEIVE_BUFFER_BYTES = 262_144;

export interface RtpSocket {
  readonly port: number;
  /** Where the peer is, from SDP. Nothing is heard and nothing sent before. */
  readonly setPeer: (peer: PeerAddress) => void;
  /** Where datagrams are sent; null before {@link setPeer}. */
  readonly target: () => PeerAddress | null;
  /** Sends one datagram to the peer. Loss is the network's affair: nothing is reported. */
  readonly send: (packet: Uint8Array) => void;
  readonly close: () => void;
}

export type RtpSocketError = { readonly type: "address-in-use" } | { readonly type: "socket-failed"; readonly detail: string };

export type RtpSocketOptions = {
  readonly bindAddress: string;
  readonly port: number;
  readonly nowMs: () => number;
  /** Takes a datagram of anybody's out of its protection; null when it is not authentic, and then nobody's. */
  readonly open?: (packet: Uint8Array) => Uint8Array | null;
  /** A datagram of the peer. The bytes are the receiver's to change. */
  readonly onPacket: (packet: Uint8Array) => void;
};

/** Opens the UDP socket of one SIP leg. Once the peer is known the kernel itself keeps strangers out (a connected socket). */
export function openRtpSocket(options: RtpSocketOptions): Promise<Result<RtpSocket, RtpSocketError>> {
  // Addresses are literals: looking them up would cost a trip through the thread pool per packet.
  const family = isIPv6(options.bindAddress) ? 6 : 4;
  const socket = createSocket({ type: `udp${family}`, recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: (host, _options, done) => done(null, host, family) });
  return new Promise((resolve) => {
    socket.once("error", (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(err(error.code === "EADDRINUSE" ? { type: "address-in-use" } : { type: "socket-failed", detail: error.message }));
    });
    socket.bind({ address: options.bindAddress, port: options.port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      resolve(ok(serve(socket, options)));
    });
  });
}

function serve(socket: Socket, options: RtpSocketOptions): RtpSocket {
  const lock: PeerLock = createPeerLock();
  const { open } = options;
  let connected: PeerAddress | null = null;
  let closed = false;

  // A peer that is gone answers with ICMP errors, which end nothing here: signalling or silence does.
  socket.on("error", () => {});
  socket.on("message", (packet, from) => {
    if (closed) return;
    // Who cannot protect a packet cannot become the peer either.
    const plain = open === undefined ? packet : open(packet);
    if (plain === null || !lock.judge(from.address, from.port, options.nowMs())) return;
    if (connected === null) connect();
    options.onPacket(plain);
  });

  const connect = (): void => {
    const target = lock.target();
    if (target === null) return;
    connected = target;
    socket.connect(target.port, target.address);
  };
  const disconnect = (): void => {
    if (connected === null) return;
    connected = null;
    try {
      socket.disconnect();
    } catch {
      // Not connected yet: nothing to undo.
    }
  };

  return {
    port: options.port,
    setPeer: (peer) => {
      lock.negotiate({ address: asReported(peer.address), port: peer.port }, options.nowMs());
      if (!lock.locked()) disconnect();
    },
    send: (packet) => {
      const target = lock.target();
      if (closed || target === null) return;
      try {
        if (connected === null) socket.send(packet, 0, packet.length, target.port, target.address);
        else socket.send(packet);
      } catch {
        // The socket is between two states (connecting, closing): one packet is lost.
      }
    },
    target: lock.target,
    close: () => {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}

/** An IPv6 address in the one spelling that the system tells of it. */
const asReported = (address: string): string => (isIPv6(address) ? new SocketAddress({ address, family: "ipv6" }).address : address);
