// Two or more user agents on a network without a socket or a clock: datagrams are late, lost or doubled as a seed says.
import type { Millis } from "@ringdesk/std";
import type { Flow } from "../flow.ts";
import { decodeUtf8 } from "../syntax/index.ts";
import { createUserAgent, type UserAgent } from "./user-agent.ts";
import type { UserAgentConfig, UserAgentInput, UserAgentOutput } from "./user-agent.types.ts";

export type Weather = { readonly seed: number; readonly lossPercent: number; readonly doublePercent: number; readonly maxDelayMs: number };
export const fair: Weather = { seed: 1, lossPercent: 0, doublePercent: 0, maxDelayMs: 0 };

export type Told = Exclude<UserAgentOutput, { type: "send" }>;
export type Station = {
  readonly address: string;
  readonly agent: UserAgent;
  /** Events, as they came. */
  readonly told: Told[];
  /** Method or status of each message that was sent. */
  readonly sent: string[];
  /** The same messages whole, and where they went. */
  readonly posted: { readonly to: Flow; readonly text: string }[];
  readonly command: (input: UserAgentInput) => void;
  /** What the station does by itself on an event. */
  react: (told: Told) => void;
};

type Arrival = { readonly at: number; readonly order: number; readonly from: string; readonly to: string; readonly bytes: Uint8Array };

export const flowOf = (address: string): Flow => ({ transport: "udp", address, port: 5060 });

export class SimulatedNetwork {
  readonly #weather: Weather;
  readonly #travelMs: number;
  #tokens = 0;
  readonly #stations = new Map<string, Station>();
  #arrivals: Arrival[] = [];
  readonly #cutOff = new Set<string>();
  #order = 0;
  #seed: number;
  now = 0;

  /** Every datagram takes at least `travelMs`. */
  constructor(weather: Weather = fair, travelMs = 0) {
    this.#weather = weather;
    this.#seed = weather.seed;
    this.#travelMs = travelMs;
  }

  /** Makes the next tokens of all stations other ones. */
  drawToken(): void {
    this.#tokens++;
  }

  station(address: string, config: Partial<UserAgentConfig> = {}): Station {
    let tokens = 0;
    const agent = createUserAgent({
      host: address, port: 5060, product: "test", newToken: () => `${address.replaceAll(".", "-")}-${++tokens + this.#tokens}`, newCall: () => `in-${++tokens}`,
      ownsAddress: (peer, other) => peer === other, admitsCall: () => true, registrar: null, maxCalls: 100, maxTransactions: 1_000, ...config,
    });
    const station: Station = { address, agent, told: [], sent: [], posted: [], react: () => {}, command: (input) => this.#feed(station, input) };
    this.#stations.set(address, station);
    return station;
  }

  /** From now on nothing reaches the station, and nothing of it reaches anybody. */
  cutOff(address: string): void {
    this.#cutOff.add(address);
  }

  /** Brings bytes of nobody's making to a station. */
  inject(to: Station, from: string, bytes: Uint8Array): void {
    this.#feed(to, { type: "datagram", peer: from, from: flowOf(from), bytes });
  }

  /** Lets time pass until `end`, or for ever quiet. */
  runUntil(end: number): void {
    for (;;) {
      const next = this.#arrivals.reduce<Arrival | null>((best, a) => (best === null || a.at < best.at || (a.at === best.at && a.order < best.order) ? a : best), null);
      const timers = [...this.#stations.values()].map((s) => s.agent.deadline() ?? Infinity);
      const at = Math.min(next?.at ?? Infinity, ...timers);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      if (next !== null && next.at <= at) {
        this.#arrivals = this.#arrivals.filter((a) => a !== next);
        const to = this.#stations.get(next.to);
        if (to !== undefined) this.inject(to, next.from, next.bytes);
      } else for (const station of this.#stations.values()) this.#feed(station, { type: "tick" });
    }
    this.now = end;
  }

  #feed(station: Station, input: UserAgentInput): void {
    station.agent.handle(input, this.now as Millis);
    for (let out = station.agent.poll(); out !== null; out = station.agent.poll()) {
      if (out.type === "send") this.#post(station, out.to, out.bytes);
      else {
        station.told.push(out);
        station.react(out);
      }
    }
  }

  #post(station: Station, to: Flow, bytes: Uint8Array): void {
    const text = decodeUtf8(bytes);
    const words = (text.split("\r\n", 1)[0] ?? "").split(" ");
    station.posted.push({ to, text });
    station.sent.push((words[0] === "SIP/2.0" ? words[1] : words[0]) ?? "");
    if (this.#cutOff.has(station.address) || this.#cutOff.has(to.address) || this.#random(100) < this.#weather.lossPercent) return;
    const copies = this.#random(100) < this.#weather.doublePercent ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      this.#arrivals.push({ at: this.now + this.#travelMs + this.#random(this.#weather.maxDelayMs + 1), order: this.#order++, from: station.address, to: to.address, bytes });
    }
  }

  #random(below: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * below);
  }
}
