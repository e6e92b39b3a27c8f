// Where a trunk's target is (RFC 3263): an address, a name, or what DNS SRV says. The transport is configured, so NAPTR is not asked.
import { isIP } from "node:net";
import type { SipTransport, TrunkTarget } from "@ringdesk/contract/switch";
import type { Flow } from "@ringdesk/telecom/sip";

/** One address that takes a trunk's calls. `name` is what its certificate must be for; `port` null when SRV chose it. */
export type Endpoint = { readonly flow: Flow; readonly name: string; readonly port: number | null };

export type SrvRecord = { readonly name: string; readonly port: number; readonly priority: number; readonly weight: number };

/** Names a flow in tables. */
export const flowKey = ({ transport, address, port }: Flow): string => `${transport} ${address} ${port}`;

export const uriHost = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/** The URI of a target itself, or of a number at it. Without a port where SRV chose it (RFC 3263 §4.2). */
export function targetUri({ transport, port }: Flow, name: string, number: string | null = null, withPort = true): string {
  return `sip:${number === null ? "" : `${number}@`}${uriHost(name)}${withPort ? `:${port}` : ""}${transport === "udp" ? "" : `;transport=${transport}`}`;
}

/** What DNS knows. Both give nothing for a name that is not there, and throw nothing. */
export type Resolver = {
  readonly srv: (name: string) => Promise<readonly SrvRecord[]>;
  /** IP addresses of the family, in the order in which they should be tried. */
  readonly addresses: (host: string, family: 4 | 6) => Promise<readonly string[]>;
};

/** More of what one name stands for is not used. */
const MAX_SRV_RECORDS = 8;
const MAX_ADDRESSES = 4;
/** Addresses of one trunk. */
export const MAX_ENDPOINTS = 16;

const services = { udp: "_sip._udp", tcp: "_sip._tcp", tls: "_sips._tcp" } as const satisfies Record<SipTransport, string>;
const defaultPorts = { udp: 5060, tcp: 5060, tls: 5061 } as const satisfies Record<SipTransport, number>;

/** The endpoint of a target that is given by its address; null for a name. */
export function atAddress({ host, port, transport = "udp" }: TrunkTarget): readonly Endpoint[] | null {
  return isIP(host) === 0 ? null : [{ flow: { transport, address: host, port: port ?? defaultPorts[transport] }, name: host, port }];
}

/** The endpoints of a target, best first. `random` gives numbers from 0 to below 1. */
export async function locate(target: TrunkTarget, family: 4 | 6, resolver: Resolver, random: () => number): Promise<readonly Endpoint[]> {
  const known = atAddress(target);
  if (known !== null) return known;
  const { host, port } = target;
  const transport = target.transport ?? "udp";
  const at = (address: string, on: number): Endpoint => ({ flow: { transport, address, port: on }, name: host, port });
  const records = port === null ? orderSrv(await resolver.srv(`${services[transport]}.${host}`), random).slice(0, MAX_SRV_RECORDS) : [];
  const places = records.length > 0 ? records : [{ name: host, port: port ?? defaultPorts[transport] }];
  const found = await Promise.all(places.map(async (place) => (await resolver.addresses(place.name, family)).slice(0, MAX_ADDRESSES).map((address) => at(address, place.port))));
  return found.flat().slice(0, MAX_ENDPOINTS);
}

/** RFC 2782: by priority, and within one priority drawn by weight. A single record "." means that there is no such service. */
export function orderSrv(records: readonly SrvRecord[], random: () => number): readonly SrvRecord[] {
  const ordered: SrvRecord[] = [];
  for (const priority of [...new Set(records.map((r) => r.priority))].sort((a, b) => a - b)) {
    // Those without weight come first in the draw, so that they have a small chance at all.
    const left = records.filter((r) => r.priority === priority && r.name !== "" && r.name !== ".").sort((a, b) => a.weight - b.weight);
    while (left.length > 0) {
      let draw = random() * (left.reduce((sum, r) => sum + r.weight, 0) + 1);
      const chosen = left.findIndex((r) => (draw -= r.weight) < 1);
      ordered.push(...left.splice(Math.max(0, chosen), 1));
    }
  }
  return ordered;
}
