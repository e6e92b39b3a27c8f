// The network between one peer and a UDP port of the product: it can be cut, as when a laptop leaves its Wi-Fi.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export interface UdpPath {
  /** What the peer sends here arrives at the product. */
  readonly port: number;
  /** From now on nothing passes, in either direction. */
  readonly cut: () => void;
  readonly close: () => void;
}

/** A path of loopback to `target`; every peer that sends into it gets a socket of its own towards the product. */
export async function openUdpPath(target: number): Promise<UdpPath> {
  const near = createSocket("udp4");
  near.bind(0, "127.0.0.1");
  await once(near, "listening");
  const far = new Map<number, Socket>();
  let whole = true;
  near.on("message", (datagram, from) => {
    if (!whole) return;
    let socket = far.get(from.port);
    if (socket === undefined) {
      socket = createSocket("udp4");
      socket.on("message", (answer) => { if (whole) near.send(answer, from.port, from.address); });
      far.set(from.port, socket);
    }
    socket.send(datagram, target, "127.0.0.1");
  });
  return {
    port: near.address().port,
    cut: () => { whole = false; },
    close: () => {
      near.close();
      for (const socket of far.values()) socket.close();
    },
  };
}
