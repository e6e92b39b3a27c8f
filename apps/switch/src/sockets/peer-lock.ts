/** A peer behind a NAT sends from elsewhere than its SDP says. It is believed after this many packets in a row. */
export const LEARN_PACKETS = 5;
/** Only this soon after the SDP exchange, so that a leg whose peer is silent cannot be taken over later. */
export const LEARN_WINDOW_MS = 10_000;

export type PeerAddress = { readonly address: string; readonly port: number };

export interface PeerLock {
  /** The SDP exchange named where the peer is. Naming the same place again keeps what was learned and reopens the window. */
  readonly negotiate: (peer: PeerAddress, nowMs: number) => void;
  /** Whether a datagram from there is the peer's. May lock. */
  readonly judge: (address: string, port: number, nowMs: number) => boolean;
  /** Where to send, or null before any SDP. */
  readonly target: () => PeerAddress | null;
  readonly locked: () => boolean;
}

/**
 * Decides whose RTP a leg hears. The first packet from the negotiated place settles it. Otherwise a single other source may,
 * within {@link LEARN_WINDOW_MS} and while the negotiated peer has not been heard. After that every stranger is ignored.
 */
export function createPeerLock(): PeerLock {
  let negotiated: PeerAddress | null = null;
  let locked: PeerAddress | null = null;
  let candidate: PeerAddress | null = null;
  let candidatePackets = 0;
  let windowEnd = 0;
  return {
    negotiate: (peer, nowMs) => {
      if (negotiated === null || !isAt(negotiated, peer.address, peer.port)) locked = null;
      negotiated = peer;
      candidate = null;
      candidatePackets = 0;
      windowEnd = nowMs + LEARN_WINDOW_MS;
    },
    judge: (address, port, nowMs) => {
      if (locked !== null) return isAt(locked, address, port);
      if (negotiated === null) return false;
      if (isAt(negotiated, address, port)) {
        locked = negotiated;
        return true;
      }
      if (nowMs >= windowEnd) return false;
      candidatePackets = candidate !== null && isAt(candidate, address, port) ? candidatePackets + 1 : 1;
      candidate = { address, port };
      if (candidatePackets < LEARN_PACKETS) return false;
      locked = candidate;
      return true;
    },
    target: () => locked ?? negotiated,
    locked: () => locked !== null,
  };
}

const isAt = (peer: PeerAddress, address: string, port: number): boolean => peer.port === port && peer.address === address;
