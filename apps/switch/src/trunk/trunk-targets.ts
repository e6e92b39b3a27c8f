// The targets of the trunks: where they are, whether they take calls, and our registrations at them.
import type { SipTransport, Trunk, TrunkState, TrunkTarget } from "@ringdesk/contract/switch";
import { addMs, type Millis } from "@ringdesk/std";
import type { AccountState, Flow, UserAgentInput } from "@ringdesk/telecom/sip";
import { newHealth, stepHealth, takesCalls, type Health, type HealthEvent } from "./trunk.health.ts";
import { locate, MAX_ENDPOINTS, type Endpoint, type Resolver } from "./trunk.locate.ts";
import type { TrunkSources } from "./trunk.sources.ts";

/** Names are looked up again when what they stood for is older than this; calls do not wait for it. */
export const DNS_LIFE_MS = 60_000;
/** OPTIONS to each target, and how long an answer may take. */
export const PROBE_INTERVAL_MS = 15_000;
export const PROBE_LIMIT_MS = 4_000;
/** What we ask a registrar for. */
const REGISTRATION_SEC = 600;

export type TrunkTargets = {
  /** The endpoints of a trunk: those that take calls first, each group in its order. */
  readonly candidates: (trunk: Trunk) => Promise<readonly Endpoint[]> | readonly Endpoint[];
  /** The same list of trunks again costs nothing; another one begins and ends probing and registrations. */
  readonly follow: (trunks: readonly Trunk[]) => void;
  /** `status` null: a call got no answer from there at all. */
  readonly callFailed: (to: Flow, status: number | null, retryAfterSec: number | null) => void;
  readonly probed: (probe: string, status: number | null, retryAfterSec: number | null) => void;
  readonly account: (trunk: string, state: AccountState) => void;
  /** The name that a target was given by. */
  readonly nameOf: (to: Flow) => string | null;
  readonly states: () => readonly TrunkState[];
  readonly close: () => void;
};

export type TrunkTargetsOptions = {
  readonly family: 4 | 6;
  readonly resolver: Resolver;
  readonly random: () => number;
  readonly now: () => Millis;
  readonly sources: TrunkSources;
  readonly feed: (input: UserAgentInput) => void;
  readonly changed: (state: TrunkState) => void;
};

type Followed = {
  trunk: Trunk;
  endpoints: readonly Endpoint[];
  locatedAt: Millis;
  locating: Promise<readonly Endpoint[]> | null;
  registration: TrunkState["registration"];
  readonly probes: Map<string, NodeJS.Timeout>;
  refresh: NodeJS.Timeout | null;
  told: string;
};

export function createTrunkTargets(options: TrunkTargetsOptions): TrunkTargets {
  const { now, feed, sources } = options;
  const followed = new Map<string, Followed>();
  /** By flow: two trunks may share a target, and then share what is known of it. */
  const healths = new Map<string, Health>();
  let seen: readonly Trunk[] | null = null;

  const healthOf = (flow: Flow): Health => healths.get(keyOf(flow)) ?? newHealth;
  const isProbed = (key: string): boolean => [...followed.values()].some(({ probes }) => probes.has(key));
  const tell = (entry: Followed): void => {
    const state = stateOf(entry, healthOf);
    const text = JSON.stringify(state);
    if (text === entry.told) return;
    entry.told = text;
    options.changed(state);
  };
  const happened = (key: string, event: HealthEvent): void => {
    healths.set(key, stepHealth(healths.get(key) ?? newHealth, event));
    for (const entry of followed.values()) if (entry.endpoints.some(({ flow }) => keyOf(flow) === key)) tell(entry);
  };

  const begin = (entry: Followed): void => {
    watchTargets(entry);
    const { account, target } = entry.trunk;
    if (account?.registers !== true || target === null || entry.endpoints.length === 0) return;
    if (entry.registration === "none") entry.registration = "trying";
    const host = uriHost(target.host);
    feed({
      type: "register", peer: entry.trunk.id, targets: ranked(entry).map(({ flow }) => flow),
      registrarUri: `sip:${host}`, accountUri: `sip:${account.user}@${host}`, user: account.user, expiresSec: REGISTRATION_SEC,
    });
    tell(entry);
  };
  const ranked = ({ endpoints }: Followed): readonly Endpoint[] => {
    const able = endpoints.filter(({ flow }) => takesCalls(healthOf(flow), now()));
    return [...able, ...endpoints.filter((endpoint) => !able.includes(endpoint))];
  };

  /** Probes exactly the endpoints of this moment. */
  const watchTargets = (entry: Followed): void => {
    const { trunk, probes, endpoints } = entry;
    const wanted = trunk.probes ?? endpoints.length > 1 ? new Map(endpoints.map((endpoint) => [keyOf(endpoint.flow), endpoint])) : new Map<string, Endpoint>();
    for (const [key, timer] of probes) {
      if (wanted.has(key)) continue;
      clearTimeout(timer);
      probes.delete(key);
    }
    for (const [key, endpoint] of wanted) if (!probes.has(key)) probe(entry, key, endpoint);
  };
  const probe = (entry: Followed, key: string, { flow, name }: Endpoint): void => {
    entry.probes.set(key, setTimeout(() => probe(entry, key, { flow, name, port: null }), PROBE_INTERVAL_MS));
    feed({ type: "probe", probe: key, peer: sources.peerOf(flow.address) ?? entry.trunk.id, to: flow, requestUri: targetUri(flow, name), limitMs: PROBE_LIMIT_MS });
  };

  const refresh = (entry: Followed): Promise<readonly Endpoint[]> => {
    entry.locating ??= findAll(entry.trunk, options).then((found) => {
      entry.locating = null;
      entry.locatedAt = now();
      // Name servers that are away do not take away what they said before.
      if (found.length > 0 && followed.get(entry.trunk.id) === entry) {
        entry.endpoints = found;
        // That all is well to begin with is what everybody assumes.
        if (entry.told === "") entry.told = JSON.stringify(stateOf(entry, healthOf));
        for (const { flow } of found) sources.addResolved(entry.trunk.id, flow.address);
        begin(entry);
      }
      return ranked(entry);
    });
    return entry.locating;
  };
  /** Who is probed or registered must be found again when its name moves; others are looked up when they are called. */
  const keepFresh = (entry: Followed): void => {
    if (entry.probes.size > 0 || entry.trunk.account?.registers === true) void refresh(entry);
    entry.refresh = setTimeout(() => keepFresh(entry), DNS_LIFE_MS);
  };

  const drop = (entry: Followed): void => {
    for (const timer of entry.probes.values()) clearTimeout(timer);
    if (entry.refresh !== null) clearTimeout(entry.refresh);
    followed.delete(entry.trunk.id);
    if (entry.trunk.account?.registers === true) feed({ type: "unregister", peer: entry.trunk.id });
  };
  const follow = (trunks: readonly Trunk[]): void => {
    if (trunks === seen) return;
    seen = trunks;
    for (const entry of [...followed.values()]) {
      const same = trunks.find(({ id }) => id === entry.trunk.id);
      if (same === undefined || JSON.stringify(same) !== JSON.stringify(entry.trunk)) drop(entry);
    }
    for (const trunk of trunks) {
      if (trunk.target === null || followed.has(trunk.id)) continue;
      const entry: Followed = { trunk, endpoints: [], locatedAt: now(), locating: null, registration: "none", probes: new Map(), refresh: null, told: "" };
      followed.set(trunk.id, entry);
      void refresh(entry);
      entry.refresh = setTimeout(() => keepFresh(entry), DNS_LIFE_MS);
    }
  };

  return {
    follow,
    candidates: (trunk) => {
      const entry = followed.get(trunk.id);
      if (entry === undefined) return [];
      if (entry.endpoints.length === 0) return refresh(entry);
      if (now() >= addMs(entry.locatedAt, DNS_LIFE_MS)) void refresh(entry);
      return ranked(entry);
    },
    callFailed: (to, status, retryAfterSec) => {
      const key = keyOf(to);
      if (status === null) happened(key, { type: "call-failed", probed: isProbed(key), now: now() });
      else if (status === 503) happened(key, { type: "busy", retryAfterSec, now: now() });
    },
    probed: (key, status, retryAfterSec) => {
      if (status === 503) happened(key, { type: "busy", retryAfterSec, now: now() });
      happened(key, { type: status === null || status === 408 ? "silent" : "answered" });
    },
    account: (trunk, state) => {
      const entry = followed.get(trunk);
      if (entry === undefined) return;
      entry.registration = state;
      tell(entry);
    },
    nameOf: (to) => {
      for (const { endpoints } of followed.values()) for (const { flow, name } of endpoints) if (keyOf(flow) === keyOf(to)) return name;
      return null;
    },
    states: () => [...followed.values()].map((entry) => stateOf(entry, healthOf)),
    close: () => {
      for (const entry of [...followed.values()]) drop(entry);
    },
  };
}

async function findAll(trunk: Trunk, { family, resolver, random }: TrunkTargetsOptions): Promise<readonly Endpoint[]> {
  const targets: readonly TrunkTarget[] = trunk.target === null ? [] : [trunk.target, ...(trunk.fallbacks ?? [])];
  const found = await Promise.all(targets.map((target) => locate(target, family, resolver, random)));
  return found.flat().slice(0, MAX_ENDPOINTS);
}

const keyOf = ({ transport, address, port }: Flow): string => `${transport} ${address} ${port}`;

function stateOf({ trunk, registration, endpoints }: Followed, healthOf: (flow: Flow) => Health): TrunkState {
  return {
    trunk: trunk.id, registration,
    targets: endpoints.map(({ flow, name }) => ({ host: name, port: flow.port, transport: flow.transport satisfies SipTransport, state: healthOf(flow).state })),
  };
}

export const uriHost = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/** The URI of a target itself, or of a number at it. Without a port where SRV chose it (RFC 3263 §4.2). */
export function targetUri({ transport, port }: Flow, name: string, number: string | null = null, withPort = true): string {
  return `sip:${number === null ? "" : `${number}@`}${uriHost(name)}${withPort ? `:${port}` : ""}${transport === "udp" ? "" : `;transport=${transport}`}`;
}
