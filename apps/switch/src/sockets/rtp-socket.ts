import { createSocket, type Socket } from "node:dgram";
import { err, ok, type Result } from "@ringdesk/std";
import { createPeerLock, type PeerAddress, type PeerLock } from "./peer-lock.ts";

/** Enough for 200 ms of audio while the loop is busy, small enough that nothing old piles up. */
const RECEIVE_BUFFER_BYTES = 262_144;

export interface RtpSocket {
  readonly port: number;
  /** Where the peer is, from SDP. Nothing is heard and nothing sent before. */
  readonly setPeer: (peer: PeerAddress) => void;
  /** Sends one datagram to the peer. Loss is the network's affair: nothing is reported. */
  readonly send: (packet: Uint8Array) => void;
  readonly close: () => void;
}

export type RtpSocketError = { readonly type: "address-in-use" } | { readonly type: "socket-failed"; readonly detail: string };

export type RtpSocketOptions = {
  readonly bindAddress: string;
  readonly port: number;
  readonly nowMs: () => number;
  /** A datagram of the peer. The bytes are the receiver's to change. */
  readonly onPacket: (packet: Uint8Array) => void;
};

/** Opens the UDP socket of one SIP leg. Once the peer is known the kernel itself keeps strangers out (a connected socket). */
export function openRtpSocket(options: RtpSocketOptions): Promise<Result<RtpSocket, RtpSocketError>> {
  // Addresses are literals: looking them up would cost a trip through the thread pool per packet.
  const socket = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: (host, _options, done) => done(null, host, 4) });
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
  let connected: PeerAddress | null = null;
  let closed = false;

  // A peer that is gone answers with ICMP errors, which end nothing here: signalling or silence does.
  socket.on("error", () => {});
  socket.on("message", (packet, from) => {
    if (closed || !lock.judge(from.address, from.port, options.nowMs())) return;
    if (connected === null) connect();
    options.onPacket(packet);
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
      lock.negotiate(peer, options.nowMs());
      if (!lock.locked()) disconnect();
    },
    send: (packet) => {
      const target = lock.target();
      if (closed || target === null) return;
      try {
        if (connected === null) socket.send(packet, 0, packet.length, target.port, target.address);
        else socket.send(packet, 0, packet.length);
      } catch {
        // The socket is between two states (connecting, closing): one packet is lost.
      }
    },
    close: () => {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}
