// The contact centre under the generator of the wider project: prompt, key, queue, agents at SIP phones, ten seconds of talk.
// The whole product, with every fact in PostgreSQL.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { buildGenerator, generate, mayPin, pin, pinBesideGenerator, unpin, type Reading, type Spread } from "./load/ccload.ts";
import { cpuSeconds } from "./load/cpu.ts";
import { openDesks } from "./load/desks.ts";
import { startProfileHouse } from "./profile/house.ts";
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
/** Code is compiled and caches are filled by these. */
const WARM_UP = ["--calls", "20", "--rate", "4", "--talk-ms", "1000"] as const;
/** A phone counts as there a moment after the server has started. */
const SETTLE_MS = 2_000;
const columns = ["measurement", "ms CPU per call", "reach", "of it server", "switch", "PostgreSQL", "digit → INVITE p50 / p99 ms", "agent free → next INVITE p50 / p99 ms", "calls"] as const;

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
    for (const test of tests) if (only === undefined || only.includes(test.name.split(",")[0] ?? "")) rows.push(await measure(test, join(out, "reading.json")));
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  return {
    name: "contact centre: prompt, key, queue, agent at a SIP phone", measuredAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`, columns, rows,
    notes: [
      "CPU of server, switch and PostgreSQL with all its workers, over the whole run, divided by the calls; the launcher is in none. Every fact is in PostgreSQL.",
      "Agents are static contacts of the generator, available again at the end of each call. The caller is a new customer in every call.",
      (await mayPin()) ? "generator on processor 0, the product on processor 1, both SCHED_RR" : "without rights for fixed processors: latencies are those of a shared machine",
    ],
  };
}

async function measure(test: Test, file: string): Promise<readonly (string | number)[]> {
  const profile = await startProfileHouse({ BENCH_AGENTS: String(test.agents), RINGDESK_SANDBOX: "off", RINGDESK_TRUNK_SOURCES: "127.0.0.1" }, "centre-server.ts");
  const { server, switch: phoneSwitch, postgres } = profile.pids;
  try {
    await new Promise((resume) => { setTimeout(resume, SETTLE_MS); });
    const desks = await openDesks(profile.origin, test.agents);
    await pinBesideGenerator([process.pid]);
    await pin([server, phoneSwitch, postgres]);
    const run = (words: readonly string[]): Promise<Reading> =>
      generate(["--target", profile.address, "--watch", [server, phoneSwitch, postgres].join(","), "--mode", "queue", "--user", test.number, ...words], file);
    await run(WARM_UP);
    const before = await Promise.all([cpuSeconds(server), cpuSeconds(phoneSwitch)]);
    const reading = await run(test.words);
    desks.close();
    const after = await Promise.all([cpuSeconds(server), cpuSeconds(phoneSwitch)]);
    const perCall = (at: 0 | 1): number => ((after[at] - before[at]) * 1_000) / reading.answered;
    const [ofServer, ofSwitch] = [perCall(0), perCall(1)];
    const row = [test.name, reading.sut_cpu_ms_per_call, test.reach, ofServer, ofSwitch, reading.sut_cpu_ms_per_call - ofServer - ofSwitch, pair(reading.route_ms), pair(reading.agent_free_to_next_invite_ms), outcome(reading)];
    process.stdout.write(`${row.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell)).join("  ")}\n`);
    return row;
  } finally {
    await unpin(process.pid);
    await profile.stop();
  }
}

const pair = (spread: Spread): string => (spread === null ? "–" : `${spread.p50.toFixed(1)} / ${spread.p99.toFixed(1)}`);
const outcome = ({ completed, started, agent_calls, rtp_lost, retransmits, double_ring }: Reading): string =>
  `${completed}/${started}, ${agent_calls} rung, ${double_ring} twice, ${rtp_lost} packets lost, ${retransmits} resent`;
