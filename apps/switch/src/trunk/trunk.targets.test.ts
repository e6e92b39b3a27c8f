// Health, location and choice of a trunk's targets, without a socket.
import type { Trunk } from "@ringdesk/contract/switch";
import type { Millis } from "@ringdesk/std";
import type { Flow, UserAgentInput } from "@ringdesk/telecom/sip";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTrunkTargets, DNS_LIFE_MS } from "./trunk-targets.ts";
import { PROBE_INTERVAL_MS } from "./trunk-probes.ts";
import { BUSY_PAUSE_MS, newHealth, stepHealth, takesCalls, UNPROBED_PAUSE_MS, type HealthEvent } from "./trunk.health.ts";
import { flowKey, locate, MAX_ENDPOINTS, orderSrv, targetUri, type Resolver, type SrvRecord } from "./trunk.locate.ts";
import { createTrunkSources } from "./trunk.sources.ts";

const at = (ms: number): Millis => ms as Millis;
const after = (...events: HealthEvent[]) => events.reduce(stepHealth, newHealth);
const silent: HealthEvent = { type: "silent" };
const answered: HealthEvent = { type: "answered" };

describe("health of a target", () => {
  test("two probes without an answer: down; three with one: up", () => {
    const states = [silent, silent, answered, answered, silent, answered, answered, answered].map((_, i, all) => after(...all.slice(0, i + 1)).state);
    expect(states).toEqual(["up", "down", "down", "down", "down", "down", "down", "up"]);
  });
  test("misses must come in a row", () => expect(after(silent, answered, silent).state).toBe("up"));
  test("a call that found nobody: down when probes will tell of its return, else a pause", () => {
    expect(after({ type: "call-failed", probed: true, now: at(5) }).state).toBe("down");
    const paused = after({ type: "call-failed", probed: false, now: at(5) });
    expect([paused.state, takesCalls(paused, at(5 + UNPROBED_PAUSE_MS - 1)), takesCalls(paused, at(5 + UNPROBED_PAUSE_MS))]).toEqual(["up", false, true]);
  });
  test("503 is believed for as long as it says, and a shorter one does not shorten it", () => {
    const busy = after({ type: "busy", retryAfterSec: 60, now: at(0) }, { type: "busy", retryAfterSec: null, now: at(1) });
    expect([takesCalls(busy, at(BUSY_PAUSE_MS + 1)), takesCalls(busy, at(60_000))]).toEqual([false, true]);
  });
});

const none: Resolver = { srv: () => Promise.resolve([]), addresses: () => Promise.resolve([]) };
const srv = (name: string, priority: number, weight: number, port = 5060): SrvRecord => ({ name, priority, weight, port });

describe("RFC 3263 where a target is", () => {
  const dns: Resolver = {
    srv: (name) => Promise.resolve(name === "_sip._udp.carrier.example" ? [srv("b.example", 20, 0, 5070), srv("a.example", 10, 0)] : []),
    addresses: (host, family) => Promise.resolve(family === 6 ? ["2001:db8::1"] : host === "a.example" ? ["192.0.2.1", "192.0.2.2"] : host === "gone" ? [] : ["192.0.2.9"]),
  };
  const where = async (target: Parameters<typeof locate>[0], family: 4 | 6 = 4) => (await locate(target, family, dns, () => 0)).map(({ flow }) => flowKey(flow));
  test("an address is itself; the default port is the transport's", async () => {
    expect(await where({ host: "192.0.2.7", port: null })).toEqual(["udp 192.0.2.7 5060"]);
    expect(await where({ host: "2001:db8::7", port: null, transport: "tls" })).toEqual(["tls 2001:db8::7 5061"]);
  });
  test("SRV when there is no port, by priority, each name with all its addresses", async () =>
    expect(await where({ host: "carrier.example", port: null })).toEqual(["udp 192.0.2.1 5060", "udp 192.0.2.2 5060", "udp 192.0.2.9 5070"]));
  test("with a port, or without SRV, the name's own addresses", async () => {
    expect(await where({ host: "carrier.example", port: 5080 })).toEqual(["udp 192.0.2.9 5080"]);
    expect(await where({ host: "carrier.example", port: null, transport: "tcp" })).toEqual(["tcp 192.0.2.9 5060"]);
    expect(await where({ host: "carrier.example", port: 5080 }, 6)).toEqual(["udp 2001:db8::1 5080"]);
    expect(await where({ host: "gone", port: null })).toEqual([]);
  });
  test("never more than the limit", async () => {
    const many: Resolver = { srv: () => Promise.resolve(Array.from({ length: 50 }, (_, i) => srv(`h${i}`, 1, 1))), addresses: () => Promise.resolve(Array.from({ length: 50 }, (_, i) => `192.0.2.${i}`)) };
    expect((await locate({ host: "x", port: null }, 4, many, Math.random)).length).toBe(MAX_ENDPOINTS);
  });
  test("property: an order of SRV records has each once, and priorities never fall", () => {
    const record = fc.record({ name: fc.constantFrom("a", "b", "c"), port: fc.nat(9), priority: fc.nat(3), weight: fc.nat(100) });
    fc.assert(fc.property(fc.array(record, { maxLength: 12 }), fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 12, maxLength: 12 }), (records, draws) => {
      let i = 0;
      const ordered = orderSrv(records, () => draws[i++ % draws.length] ?? 0);
      expect(ordered.map((r) => r.priority)).toEqual(ordered.map((r) => r.priority).toSorted((a, b) => a - b));
      const texts = (list: readonly SrvRecord[]): string[] => list.map((r) => JSON.stringify(r)).sort();
      expect(texts(ordered)).toEqual(texts(records));
    }));
  });
  test("weights are obeyed: 3 to 1 gives three quarters", () => {
    let first = 0;
    for (let i = 0; i < 1_000; i++) if (orderSrv([srv("a", 1, 75), srv("b", 1, 25)], () => (i * 0.618_034) % 1)[0]?.name === "a") first++;
    expect(first).toBeGreaterThan(700);
    expect(first).toBeLessThan(800);
  });
  test("URIs name the transport, and no port that SRV chose", () => {
    const flow: Flow = { transport: "tls", address: "192.0.2.1", port: 5061 };
    expect([targetUri(flow, "c.example"), targetUri(flow, "2001:db8::1", "+1555"), targetUri({ ...flow, transport: "udp" }, "c.example", "+1555", false)])
      .toEqual(["sip:c.example:5061;transport=tls", "sip:+1555@[2001:db8::1]:5061;transport=tls", "sip:+1555@c.example"]);
  });
});

describe("targets of trunks", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const trunk = (given: Partial<Trunk> = {}): Trunk => ({ id: "sip", sources: [], target: { host: "192.0.2.1", port: 5060 }, fallbacks: [{ host: "192.0.2.2", port: 5060 }], registers: false, ...given });
  function targets(resolver: Resolver = none) {
    const fed: UserAgentInput[] = [];
    const told: string[] = [];
    const made = createTrunkTargets({
      family: 4, resolver, random: () => 0, now: () => at(Date.now()), sources: createTrunkSources(() => []), feed: (input) => void fed.push(input),
      changed: ({ registration, targets: list }) => void told.push(`${registration} ${list.map(({ state }) => state).join()}`),
    });
    const order = async (of: Trunk) => (await made.candidates(of)).map(({ flow }) => flow.address);
    return { made, fed, told, order, probes: () => fed.filter(({ type }) => type === "probe").length };
  }
  const flow = (address: string): Flow => ({ transport: "udp", address, port: 5060 });

  test("the order of the settings, until one fails; all fail: still all are tried", async () => {
    const t = targets();
    const it = trunk({ probes: false });
    t.made.follow([it]);
    expect(await t.order(it)).toEqual(["192.0.2.1", "192.0.2.2"]);
    t.made.callFailed(flow("192.0.2.1"), null, null);
    expect(await t.order(it)).toEqual(["192.0.2.2", "192.0.2.1"]);
    t.made.callFailed(flow("192.0.2.2"), 503, 120);
    expect(await t.order(it)).toEqual(["192.0.2.1", "192.0.2.2"]);
    t.made.callFailed(flow("192.0.2.1"), 486, null);
    vi.advanceTimersByTime(UNPROBED_PAUSE_MS);
    expect(await t.order(it)).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(t.probes()).toBe(0);
  });

  test("several targets are probed at once and then every 15 s; their state is told when it changes", async () => {
    const t = targets();
    const list = [trunk()];
    t.made.follow(list);
    await t.order(list[0] as Trunk);
    expect(t.probes()).toBe(2);
    vi.advanceTimersByTime(PROBE_INTERVAL_MS);
    expect(t.probes()).toBe(4);
    for (let i = 0; i < 2; i++) t.made.probed(flowKey(flow("192.0.2.1")), null, null);
    t.made.probed(flowKey(flow("192.0.2.2")), 405, null);
    expect(t.told).toEqual(["none down,up"]);
    t.made.follow([]);
    vi.advanceTimersByTime(10 * PROBE_INTERVAL_MS);
    expect(t.probes()).toBe(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("an account registers, and is given up with its trunk", async () => {
    const t = targets();
    const it = trunk({ account: { user: "u", password: "p", realm: null, registers: true, demanded: false }, probes: false });
    t.made.follow([it]);
    await t.order(it);
    expect(t.fed).toMatchObject([{ type: "register", account: "sip", registrarUri: "sip:192.0.2.1", accountUri: "sip:u@192.0.2.1", targets: [{ to: flow("192.0.2.1"), peer: "sip" }, { to: flow("192.0.2.2"), peer: "sip" }] }]);
    t.made.account("sip", "registered");
    expect(t.told).toEqual(["trying up,up", "registered up,up"]);
    t.made.close();
    expect(t.fed.at(-1)).toEqual({ type: "unregister", account: "sip" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a name that moves is found again; name servers that are away change nothing", async () => {
    let addresses: string[] = ["192.0.2.1"];
    const t = targets({ ...none, addresses: () => Promise.resolve(addresses) });
    const it = trunk({ target: { host: "carrier.example", port: 5060 }, fallbacks: [] });
    t.made.follow([it]);
    expect(await t.order(it)).toEqual(["192.0.2.1"]);
    addresses = ["192.0.2.5"];
    vi.advanceTimersByTime(DNS_LIFE_MS);
    expect(await t.order(it)).toEqual(["192.0.2.1"]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await t.order(it)).toEqual(["192.0.2.5"]);
    expect(t.made.nameOf(flow("192.0.2.5"))).toBe("carrier.example");
    addresses = [];
    vi.advanceTimersByTime(DNS_LIFE_MS);
    await t.order(it);
    await vi.advanceTimersByTimeAsync(0);
    expect(await t.order(it)).toEqual(["192.0.2.5"]);
    t.made.close();
  });
});
