// Asks targets every few seconds whether they are there (OPTIONS).
import type { UserAgentInput } from "@ringdesk/telecom/sip";
import { flowKey, targetUri, type Endpoint } from "./trunk.locate.ts";
import type { TrunkSources } from "./trunk.sources.ts";

/** OPTIONS to each target, and how long an answer may take. */
export const PROBE_INTERVAL_MS = 15_000;
export const PROBE_LIMIT_MS = 4_000;

export type TrunkProbes = {
  /** Probes exactly these endpoints of the trunk from now on; a new one at once. */
  readonly watch: (trunk: string, endpoints: readonly Endpoint[]) => void;
  readonly isWatched: (flow: string) => boolean;
  readonly isWatching: (trunk: string) => boolean;
};

/** An answer comes back as `probed` with the key of the flow. */
export function createTrunkProbes({ sources, feed }: { readonly sources: TrunkSources; readonly feed: (input: UserAgentInput) => void }): TrunkProbes {
  const timers = new Map<string, Map<string, NodeJS.Timeout>>();
  const probe = (trunk: string, running: Map<string, NodeJS.Timeout>, { flow, name, port }: Endpoint): void => {
    const key = flowKey(flow);
    running.set(key, setTimeout(() => probe(trunk, running, { flow, name, port }), PROBE_INTERVAL_MS));
    feed({ type: "probe", probe: key, peer: sources.peerOf(flow.address) ?? trunk, to: flow, requestUri: targetUri(flow, name), limitMs: PROBE_LIMIT_MS });
  };
  return {
    watch: (trunk, endpoints) => {
      const running = timers.get(trunk) ?? new Map<string, NodeJS.Timeout>();
      const wanted = new Set(endpoints.map(({ flow }) => flowKey(flow)));
      for (const [key, timer] of running) {
        if (wanted.has(key)) continue;
        clearTimeout(timer);
        running.delete(key);
      }
      if (endpoints.length === 0) timers.delete(trunk);
      else timers.set(trunk, running);
      for (const endpoint of endpoints) if (!running.has(flowKey(endpoint.flow))) probe(trunk, running, endpoint);
    },
    isWatched: (flow) => [...timers.values()].some((running) => running.has(flow)),
    isWatching: (trunk) => timers.has(trunk),
  };
}
