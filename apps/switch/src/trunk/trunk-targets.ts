// The targets of the trunks: where they are, whether they take calls, and our registrations at them.
import type { Trunk, TrunkState, TrunkTarget } from "@ringdesk/contract/switch";
import { addMs, type Millis } from "@ringdesk/std";
import type { AccountState, Flow, UserAgentInput } from "@ringdesk/telecom/sip";
import { createTrunkProbes, type TrunkProbes } from "./trunk-probes.ts";
import { newHealth, stepHealth, takesCalls, type Health, type HealthEvent } from "./trunk.health.ts";
import { atAddress, flowKey, locate, MAX_ENDPOINTS, uriHost, type Endpoint, type Resolver } from "./trunk.locate.ts";
import type { TrunkSources } from "./trunk.sources.ts";

/** Names are looked up again when what they stood for is older than this; calls do not wait for it. */
export const DNS_LIFE_MS = 60_000;
/** What we ask a registrar for. */
const REGISTRATION_SEC = 600;

export type TrunkTargets = {
  /** The endpoints of a trunk: those that take calls first, each group in its order. */
  readonly candidates: (trunk: Trunk) => Promise<readonly Endpoint[]> | readonly Endpoint[];
  /** Where a target that belongs to no trunk is; at once when it is an address. */
  readonly find: (target: TrunkTarget) => Promise<readonly Endpoint[]> | readonly Endpoint[];
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
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly now: () => Millis;
  readonly sources: TrunkSources;
  readonly feed: (input: UserAgentInput) => void;
  readonly changed: (state: TrunkState) => void;
};

/** A trunk with a target, from when it is in the list until it is not. */
type Followed = {
  readonly trunk: Trunk;
  endpoints: readonly Endpoint[];
  locatedAt: Millis;
  locating: Promise<readonly Endpoint[]> | null;
  registration: TrunkState["registration"];
  refresh: NodeJS.Timeout | null;
  /** The state that was told last. */
  told: string;
};

type Book = {
  readonly options: TrunkTargetsOptions;
  readonly followed: Map<string, Followed>;
  /** By flow: two trunks may share a target, and then share what is known of it. */
  readonly healths: Map<string, Health>;
  readonly probes: TrunkProbes;
};

export function createTrunkTargets(options: TrunkTargetsOptions): TrunkTargets {
  const { now } = options;
  const book: Book = { options, followed: new Map(), healths: new Map(), probes: createTrunkProbes(options) };
  let seen: readonly Trunk[] | null = null;
  return {
    follow: (trunks) => {
      if (trunks === seen) return;
      seen = trunks;
      followAll(book, trunks);
    },
    candidates: (trunk) => {
      const entry = book.followed.get(trunk.id);
      if (entry === undefined) return [];
      if (entry.endpoints.length === 0) return find(book, entry);
      if (now() >= addMs(entry.locatedAt, DNS_LIFE_MS)) void find(book, entry);
      return ranked(book, entry);
    },
    find: (target) => atAddress(target) ?? locate(target, options.family, options.resolver, options.random),
    callFailed: (to, status, retryAfterSec) => {
      const flow = flowKey(to);
      if (status === null) happened(book, flow, { type: "call-failed", probed: book.probes.isWatched(flow), now: now() });
      else if (status === 503) happened(book, flow, { type: "busy", retryAfterSec, now: now() });
    },
    probed: (flow, status, retryAfterSec) => {
      if (status === 503) happened(book, flow, { type: "busy", retryAfterSec, now: now() });
      happened(book, flow, { type: status === null || status === 408 ? "silent" : "answered" });
    },
    account: (trunk, state) => {
      const entry = book.followed.get(trunk);
      if (entry === undefined) return;
      entry.registration = state;
      tell(book, entry);
    },
    nameOf: (to) => {
      for (const { endpoints } of book.followed.values()) for (const { flow, name } of endpoints) if (flowKey(flow) === flowKey(to)) return name;
      return null;
    },
    states: () => [...book.followed.values()].map((entry) => stateOf(book, entry)),
    close: () => followAll(book, []),
  };
}

function followAll(book: Book, trunks: readonly Trunk[]): void {
  for (const entry of book.followed.values()) {
    const same = trunks.find(({ id }) => id === entry.trunk.id);
    if (same === undefined || JSON.stringify(same) !== JSON.stringify(entry.trunk)) drop(book, entry);
  }
  for (const trunk of trunks) {
    if (trunk.target === null || book.followed.has(trunk.id)) continue;
    const entry: Followed = { trunk, endpoints: [], locatedAt: book.options.now(), locating: null, registration: "none", refresh: null, told: "" };
    book.followed.set(trunk.id, entry);
    void find(book, entry);
    entry.refresh = setTimeout(() => keepFresh(book, entry), DNS_LIFE_MS);
  }
}

function drop({ probes, followed, options }: Book, entry: Followed): void {
  if (entry.refresh !== null) clearTimeout(entry.refresh);
  probes.watch(entry.trunk.id, []);
  followed.delete(entry.trunk.id);
  if (entry.trunk.account?.registers === true) options.feed({ type: "unregister", account: entry.trunk.id });
}

/** Who is probed or registered at must be found again when its name moves; others are looked up when they are called. */
function keepFresh(book: Book, entry: Followed): void {
  if (book.probes.isWatching(entry.trunk.id) || entry.trunk.account?.registers === true || entry.endpoints.length === 0) void find(book, entry);
  entry.refresh = setTimeout(() => keepFresh(book, entry), DNS_LIFE_MS);
}

/** Looks the targets up; one look-up at a time. Name servers that are away do not take away what they said before. */
function find(book: Book, entry: Followed): Promise<readonly Endpoint[]> {
  const { options, followed } = book;
  entry.locating ??= findAll(entry.trunk, options).then((found) => {
    entry.locating = null;
    entry.locatedAt = options.now();
    if (found.length > 0 && followed.get(entry.trunk.id) === entry) {
      entry.endpoints = found;
      // That all is well to begin with is what everybody assumes.
      if (entry.told === "") entry.told = JSON.stringify(stateOf(book, entry));
      for (const { flow } of found) options.sources.addResolved(entry.trunk.id, flow.address);
      book.probes.watch(entry.trunk.id, entry.trunk.probes ?? found.length > 1 ? found : []);
      register(book, entry);
    }
    return ranked(book, entry);
  });
  return entry.locating;
}

async function findAll(trunk: Trunk, { family, resolver, random }: TrunkTargetsOptions): Promise<readonly Endpoint[]> {
  const targets: readonly TrunkTarget[] = trunk.target === null ? [] : [trunk.target, ...(trunk.fallbacks ?? [])];
  const found = await Promise.all(targets.map((target) => locate(target, family, resolver, random)));
  return found.flat().slice(0, MAX_ENDPOINTS);
}

/** Begins our registration, or tells one that goes on where its targets are now. */
function register(book: Book, entry: Followed): void {
  const { account, target } = entry.trunk;
  if (account?.registers !== true || target === null) return;
  if (entry.registration === "none") entry.registration = "trying";
  const host = uriHost(target.host);
  book.options.feed({
    // What comes from an address is one neighbour, also where several trunks have accounts there.
    type: "register", account: entry.trunk.id, targets: ranked(book, entry).map(({ flow }) => ({ to: flow, peer: book.options.sources.peerOf(flow.address) ?? entry.trunk.id })),
    registrarUri: `sip:${host}`, accountUri: `sip:${account.user}@${host}`, user: account.user, expiresSec: REGISTRATION_SEC,
  });
  tell(book, entry);
}

function ranked({ healths, options }: Book, { endpoints }: Followed): readonly Endpoint[] {
  const able = endpoints.filter(({ flow }) => takesCalls(healths.get(flowKey(flow)) ?? newHealth, options.now()));
  return [...able, ...endpoints.filter((endpoint) => !able.includes(endpoint))];
}

function happened(book: Book, flow: string, event: HealthEvent): void {
  book.healths.set(flow, stepHealth(book.healths.get(flow) ?? newHealth, event));
  for (const entry of book.followed.values()) if (entry.endpoints.some((endpoint) => flowKey(endpoint.flow) === flow)) tell(book, entry);
}

function tell(book: Book, entry: Followed): void {
  const state = stateOf(book, entry);
  const text = JSON.stringify(state);
  if (text === entry.told) return;
  entry.told = text;
  book.options.changed(state);
}

function stateOf({ healths }: Book, { trunk, registration, endpoints }: Followed): TrunkState {
  return {
    trunk: trunk.id, registration,
    targets: endpoints.map(({ flow, name }) => ({ host: name, port: flow.port, transport: flow.transport, state: healths.get(flowKey(flow))?.state ?? "up" })),
  };
}
