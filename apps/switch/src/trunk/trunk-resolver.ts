// DNS by the platform: addresses as the machine resolves them (its hosts file included), SRV from its name servers.
import { lookup, Resolver as DnsResolver } from "node:dns/promises";
import type { Resolver } from "./trunk.locate.ts";

/** A call waits for this at most once per name. */
const DNS_TIMEOUT_MS = 1_500;
const DNS_TRIES = 2;

export function createResolver(): Resolver {
  const dns = new DnsResolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  return {
    srv: (name) => dns.resolveSrv(name).catch(() => []),
    addresses: (host, family) => lookup(host, { all: true, family }).then((found) => found.map(({ address }) => address), () => []),
  };
}
