// Which neighbour an address belongs to. Asked for every datagram before anything is read of it (SEC-3).
import { BlockList, isIP } from "node:net";
import type { Trunk } from "@ringdesk/contract/switch";
import { readIpAddress, type NegotiationRules } from "@ringdesk/telecom/sdp";

/** Addresses that the name of a trunk's target stood for lately; providers rotate a few. */
const MAX_RESOLVED_PER_TRUNK = 16;
/** Fixed addresses that were called lately: as many as there may be phones. */
const MAX_CONTACT_ADDRESSES = 2_000;

export type TrunkSources = {
  /** Id of the first trunk that the address belongs to; null for a stranger. `address` is as the socket gives it. */
  readonly peerOf: (address: string) => string | null;
  /** The target's name stands for this address now: answers from there are expected. */
  readonly addResolved: (trunk: string, address: string) => void;
  /** A phone at a fixed address is being called: answers from there are expected. */
  readonly addContact: (trunk: string, address: string) => void;
};

type Compiled = { readonly exact: ReadonlyMap<string, string>; readonly ranges: readonly { readonly trunk: string; readonly list: BlockList }[] };

/** An IPv4 address in IPv6 clothes, as a dual-stack socket gives it, is the IPv4 address. */
export const normaliseAddress = (address: string): string => (/^::ffff:\d/i.test(address) ? address.slice("::ffff:".length) : address);

/** Watches `trunks` by identity: a new array is compiled once, the same one costs a comparison. */
export function createTrunkSources(trunks: () => readonly Trunk[]): TrunkSources {
  let seen: readonly Trunk[] | null = null;
  let compiled: Compiled = { exact: new Map(), ranges: [] };
  const resolved = new Map<string, string>();
  /** The one that was called last stands last. */
  const contacts = new Map<string, string>();

  const peerOf = (given: string): string | null => {
    const current = trunks();
    if (current !== seen) {
      seen = current;
      compiled = compile(current);
      const ids = new Set(current.map((t) => t.id));
      for (const [address, trunk] of resolved) if (!ids.has(trunk)) resolved.delete(address);
    }
    const address = normaliseAddress(given);
    const exact = compiled.exact.get(address);
    if (exact !== undefined) return exact;
    const family = address.includes(":") ? "ipv6" : "ipv4";
    for (const { trunk, list } of compiled.ranges) if (list.check(address, family)) return trunk;
    return resolved.get(address) ?? contacts.get(address) ?? null;
  };

  const addResolved = (trunk: string, address: string): void => {
    if (peerOf(address) !== null) return;
    const mine = [...resolved].filter(([, owner]) => owner === trunk);
    if (mine.length >= MAX_RESOLVED_PER_TRUNK && mine[0] !== undefined) resolved.delete(mine[0][0]);
    resolved.set(normaliseAddress(address), trunk);
  };
  const addContact = (trunk: string, given: string): void => {
    const address = normaliseAddress(given);
    contacts.delete(address);
    contacts.set(address, trunk);
    const [oldest] = contacts.keys();
    if (contacts.size > MAX_CONTACT_ADDRESSES && oldest !== undefined) contacts.delete(oldest);
  };
  return { peerOf, addResolved, addContact };
}

/** Sources that are neither an address nor a range match nothing; the server has checked what people type. */
function compile(trunks: readonly Trunk[]): Compiled {
  const exact = new Map<string, string>();
  const ranges: { trunk: string; list: BlockList }[] = [];
  for (const trunk of trunks) {
    const list = new BlockList();
    let hasRange = false;
    const targetHost = trunk.target === null ? [] : [trunk.target.host];
    for (const source of [...trunk.sources, ...targetHost]) {
      const [network = "", bits] = source.split("/", 2);
      const address = normaliseAddress(network);
      const family = isIP(address);
      if (family === 0) continue;
      if (bits === undefined) {
        if (!exact.has(address)) exact.set(address, trunk.id);
        continue;
      }
      const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
      if (prefix < 0 || prefix > (family === 4 ? 32 : 128)) continue;
      list.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
      hasRange = true;
    }
    if (hasRange) ranges.push({ trunk: trunk.id, list });
  }
  return { exact, ranges };
}

/** A neighbour may name this machine, or its link, as its media address only when it is there itself. */
export function mediaRulesFor(address: string): NegotiationRules {
  const kind = readIpAddress(address)?.kind;
  return { allowLocalAddresses: kind === "loopback" || kind === "link-local" };
}
