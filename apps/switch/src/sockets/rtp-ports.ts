/** A port that was released is not given out again for this long: packets of the old call may still arrive. */
export const QUARANTINE_MS = 10_000;

export interface RtpPorts {
  /** An even port that is free and out of quarantine, or null when there is none. */
  readonly take: () => number | null;
  readonly release: (port: number) => void;
  readonly taken: () => number;
}

/** Gives out the even ports of a range (RFC 3550 §11 leaves the odd ones to RTCP), the longest unused first. */
export function createRtpPorts(range: { readonly first: number; readonly last: number }, nowMs: () => number): RtpPorts {
  const waiting: { readonly port: number; readonly freeAt: number }[] = [];
  for (let port = range.first + (range.first % 2); port <= range.last; port += 2) waiting.push({ port, freeAt: Number.NEGATIVE_INFINITY });
  const taken = new Set<number>();
  return {
    take: () => {
      const next = waiting[0];
      if (next === undefined || next.freeAt > nowMs()) return null;
      waiting.shift();
      taken.add(next.port);
      return next.port;
    },
    release: (port) => {
      if (taken.delete(port)) waiting.push({ port, freeAt: nowMs() + QUARANTINE_MS });
    },
    taken: () => taken.size,
  };
}
