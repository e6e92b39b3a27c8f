// The contact centre under the generator of the wider project: prompt, key, queue, agents at SIP phones, ten seconds of talk.
// The whole product, with every fact in PostgreSQL.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { invariant } from "@ringdesk/std";
import { buildGenerator, generate, mayPin, pin, pinBesideGenerator, unpin, type Reading, type Spread } from "./load/ccload.ts";
import { cpuSeconds } from "./load/cpu.ts";
import { openDesks } from "./load/desks.ts";
import { relayFloor } from "./load/relay-floor.ts";
import { startCentreHouse } from "./profile/house.ts";
import { CENTRE } from "./profile/numbers.ts";
import type { BenchResult } from "./table.ts";

type Test = { readonly name: string; readonly agents: number; readonly number: string; readonly words: readonly string[]; readonly reach: string };
const [plain, recorded] = CENTRE.numbers;
const tests: readonly Test[] = [
  { name: "B, 4 calls/s", agents: 50, number: plain.number, words: ["--calls", "120", "--rate", "4", "--talk-ms", "10000"], reach: "≤ 45" },
  { name: "BR, recorded", agents: 50, number: recorded.number, words: ["--calls", "120", "--rate", "4", "--talk-ms", "10000"], reach: "–" },
  { name: "B2, 10 agents", agents: 10, number: plain.number, words: ["--calls", "100", "--rate", "2.2", "--poisson", "--talk-ms", "5000", "--talk-spread", "50"], reach: "–" },
  { name: "B500, 20 calls/s", agents: 500, number: plain.number, words: ["--calls", "400", "--rate", "20", "--talk-ms", "10000"], reach: "–" },
];
/**
 * Callers' numbers of each repetition begin so, that all are new customers; those that the generator makes up by itself are no
 * valid numbers, and count as withheld.
 */
const CALLERS = ["+44207", "+44161", "+44121"] as const;
/** A key whose first packet says that it is over. */
const KEY_MS = "20";
/** Of row B: four calls per second that talk for ten seconds. */
const TALK_S = 10, TALKING_IN_B = 40;
type Repetition = { readonly reading: Reading; readonly ofServer: number; readonly ofSwitch: number };
/** Code is compiled and caches are filled by these. */
const WARM_UP_CALLERS = "+44208", WARM_UP = ["--calls", "20", "--rate", "4", "--talk-ms", "1000"] as const;
/** A phone counts as there a moment after the server has started. */
const SETTLE_MS = 2_000;
const columns = ["measurement", "ms CPU per call", "range", "reach", "of it server", "switch", "PostgreSQL", "key → INVITE p50 / p99 ms", "agent free → next INVITE p50 / p99 ms", "calls"] as const;

/** Null, with the reason printed, when the generator is not there. */
export async function benchCentre(): Promise<BenchResult | null> {
  const missing = await buildGenerator();
  if (missing !== null) {
    process.stdout.write(`Skipped: ${missing}.\n`);
    return null;
  }
  const only = process.env["BENCH_ROWS"]?.split(",");
  const out = await mkdtemp(join(tmpdir(), "ringdesk-bench-out-"));
  const rows: (readonly (string | number)[])[] = [];
  try {
    if (only === undefined || only.includes("floor")) rows.push(await relayAlone(out));
    for (const test of tests) if (only === undefined || only.includes(test.name.split(",")[0] ?? "")) rows.push(await measure(test, join(out, "reading.json")));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  return {
    name: "contact centre: prompt, key, queue, agent at a SIP phone", measuredAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`, columns, rows,
    notes: [
      "CPU of server, switch and PostgreSQL with all its workers, over the whole run, divided by the calls; the launcher is in none. Every fact is in PostgreSQL.",
      "key: its first packet is its last, 20 ms long. The product acts on the first: of a key that is held for 100 ms the INVITE is out before it is let go, from where the generator counts.",
      "floor: a Node process that takes each RTP packet and sends it on, without a call, prompt, music or database.",
      `Each row is measured ${CALLERS.length} times by the same processes, as the peers were; told is the one with the median of CPU, and the range of all.`,
      "Agents are static contacts of the generator, available again at the end of each call. The caller is a new customer in every call.",
      (await mayPin()) ? "generator on processor 0, the product on processor 1, both SCHED_RR" : "processors are not fixed (no rights, or RT=0): latencies are those of a shared machine",
    ],
  };
}

/** What the ten seconds of talk of row B cost a bare relay: as many calls at once as there are in row B. */
async function relayAlone(out: string): Promise<readonly (string | number)[]> {
  const { sut_cpu_pct_of_core_per_call: percentPerCall } = await relayFloor(TALKING_IN_B, out, ["--settle", "3", "--steady", "15"]);
  const row = [`floor: a bare relay, ${TALK_S} s of talk`, percentPerCall * 10 * TALK_S, ...columns.slice(2).map(() => "–")];
  process.stdout.write(`${row.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell)).join("  ")}\n`);
  return row;
}

async function measure(test: Test, file: string): Promise<readonly (string | number)[]> {
  const profile = await startCentreHouse(test.agents);
  const { server, switch: phoneSwitch, postgres } = profile.pids;
  try {
    await new Promise((resume) => { setTimeout(resume, SETTLE_MS); });
    const desks = await openDesks(profile.origin, test.agents);
    await pinBesideGenerator([process.pid]);
    await pin([server, phoneSwitch, postgres]);
    const run = (prefix: string, words: readonly string[]): Promise<Reading> =>
      generate(["--target", profile.address, "--watch", [server, phoneSwitch, postgres].join(","), "--mode", "queue", "--prefix", prefix, "--user", test.number, "--dtmf-ms", KEY_MS, ...words], file);
    await run(WARM_UP_CALLERS, WARM_UP);
    const repetitions: Repetition[] = [];
    for (const prefix of CALLERS) {
      const before = await Promise.all([cpuSeconds(server), cpuSeconds(phoneSwitch)]);
      const reading = await run(prefix, test.words);
      const after = await Promise.all([cpuSeconds(server), cpuSeconds(phoneSwitch)]);
      const perCall = (at: 0 | 1): number => ((after[at] - before[at]) * 1_000) / reading.answered;
      repetitions.push({ reading, ofServer: perCall(0), ofSwitch: perCall(1) });
    }
    desks.close();
    const row = rowOf(test, repetitions);
    process.stdout.write(`${row.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell)).join("  ")}\n`);
    return row;
  } finally {
    await unpin(process.pid);
    await profile.stop();
  }
}

/** The repetition with the median of CPU, and the range of all. */
function rowOf(test: Test, repetitions: readonly Repetition[]): readonly (string | number)[] {
  const byCost = repetitions.toSorted((a, b) => a.reading.sut_cpu_ms_per_call - b.reading.sut_cpu_ms_per_call);
  const median = byCost[Math.floor(byCost.length / 2)];
  invariant(median !== undefined, "each row is measured at least once");
  const { reading, ofServer, ofSwitch } = median;
  const costs = byCost.map((each) => each.reading.sut_cpu_ms_per_call.toFixed(1));
  return [
    test.name, reading.sut_cpu_ms_per_call, `${costs[0]}–${costs.at(-1)}`, test.reach, ofServer, ofSwitch, reading.sut_cpu_ms_per_call - ofServer - ofSwitch,
    counted(reading.route_ms), pair(reading.agent_free_to_next_invite_ms), outcome(reading),
  ];
}

const pair = (spread: Spread): string => (spread === null ? "–" : `${spread.p50.toFixed(1)} / ${spread.p99.toFixed(1)}`);
const counted = (spread: Spread): string => (spread === null ? "–" : `${pair(spread)} (${spread.n} calls)`);
const outcome = ({ completed, started, agent_calls, rtp_lost, retransmits, double_ring }: Reading): string =>
  `${completed}/${started}, ${agent_calls} rung, ${double_ring} twice, ${rtp_lost} packets lost, ${retransmits} resent`;
