// A bad network in one direction: datagrams are lost and delayed as a seed says, one by one, so that they also overtake each other.
import { createSocket, type Socket } from "node:dgram";

export type Impairment = {
  readonly lossPercent: number;
  /** Normal distribution, cut at three deviations and at zero. */
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly seed: number;
};

export interface ImpairedPath {
  /** Send here what is to arrive at the target. */
  readonly port: number;
  /** From here it arrives. */
  readonly farPort: number;
  readonly taken: () => number;
  readonly delivered: () => number;
  readonly close: () => void;
}

export async function openImpairedPath(targetPort: number, impairment: Impairment): Promise<ImpairedPath> {
  const [near, far] = [await openSocket(), await openSocket()];
  const random = noise(impairment.seed);
  let taken = 0;
  let delivered = 0;
  let closed = false;
  near.on("message", (bytes) => {
    taken += 1;
    const isLost = random() * 100 < impairment.lossPercent;
    const delay = Math.max(0, impairment.delayMs + impairment.jitterMs * normal(random));
    if (isLost) return;
    setTimeout(() => {
      if (closed) return;
      delivered += 1;
      far.send(bytes, targetPort, "127.0.0.1");
    }, delay);
  });
  return {
    port: near.address().port, farPort: far.address().port, taken: () => taken, delivered: () => delivered,
    close: () => {
      closed = true;
      near.close();
      far.close();
    },
  };
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => { socket.bind(0, "127.0.0.1", resolve); });
  return socket;
}

/** Numbers from 0 to 1, always the same for a seed. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

const normal = (random: () => number): number => Math.max(-3, Math.min(3, Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));
