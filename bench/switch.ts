// The switch under the generator of the wider project, through the bench profile: set-up, bridges, recorded bridges, added
// latency; bridges to browsers and conferences with the generator of this folder. Beside the floor of the same run.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { bridged, conference } from "./bridge.ts";
import { buildGenerator, generate, mayPin, pin, type Reading, type Spread } from "./load/ccload.ts";
import { cpuSeconds } from "./load/cpu.ts";
import { relayFloor } from "./load/relay-floor.ts";
import { startProfileHouse, type Profile } from "./profile/house.ts";
import type { BenchResult } from "./table.ts";

const BRIDGES = [50, 100, 200] as const;
const RECORDED = [100, 200] as const;
const BROWSERS = 200;
const ROOMS = 30;
const RATE_PER_S = 20, SETTLE_S = 3, WINDOW_S = 15;
const SETUP_RATE_PER_S = 100, SETUP_CALLS = 1_000, WARM_UP_CALLS = 1_000;

type Row = readonly (string | number)[];
const none = "–";
const columns = ["measurement", "switch", "reach", "server", "floor (bare relay in Node)", "× floor", "added latency p50 / p99 µs", "floor's p50 / p99 µs", "set-up p50 / p99 ms", "calls"] as const;

/** Null, with the reason printed, when the generator is not there. */
export async function benchSwitch(): Promise<BenchResult | null> {
  const missing = await buildGenerator();
  if (missing !== null) {
    process.stdout.write(`Skipped: ${missing}.\n`);
    return null;
  }
  const out = await mkdtemp(join(tmpdir(), "ringdesk-bench-out-"));
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    process.stdout.write(`${row.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell)).join("  ")}\n`);
  };
  try {
    const profile = await startProfileHouse();
    try {
      await measureProfile(profile, out, add);
    } finally {
      await profile.stop();
    }
    const srtp = await bridged(BROWSERS, "srtp");
    add([`RTP↔SRTP, ${BROWSERS} calls, % of a core per call`, srtp.percentPerCall, "≤ 0.25", none, none, none, none, none, none, delivered(srtp.delivered)]);
    const rooms = await conference(ROOMS);
    add([`conference of 3, ${ROOMS} rooms, % of a core per room`, rooms.percentPerCall, none, none, none, none, none, none, none, delivered(rooms.delivered)]);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  return {
    name: "switch: cost of a call through trunk, switch, control protocol and facts", measuredAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`,
    columns, rows,
    notes: [
      "switch: CPU of the switch alone, all its threads; server: the server's in the same time. PostgreSQL is in neither.",
      `bridges: the window is ${WINDOW_S} s after all calls are up, 50 packets/s each way per call. Set-up: ${SETUP_CALLS} calls at ${SETUP_RATE_PER_S}/s after a warm-up of ${WARM_UP_CALLS}.`,
      (await mayPin()) ? "generator on processor 0, switch and relay on processor 1, both SCHED_RR; the server runs where it likes" : "without rights for fixed processors: latencies are those of a shared machine",
    ],
  };
}

async function measureProfile(profile: Profile, out: string, add: (row: Row) => void): Promise<void> {
  await pin([profile.pids.switch]);
  const run = (words: readonly string[]): Promise<Reading> =>
    generate(["--target", profile.address, "--watch", String(profile.pids.switch), "--mode", "direct", ...words], join(out, "reading.json"));
  const setUp = (calls: number): Promise<Reading> => run(["--user", "100", "--calls", String(calls), "--rate", String(SETUP_RATE_PER_S), "--talk-ms", "0", "--no-media"]);
  await setUp(WARM_UP_CALLS);
  const serverBefore = await cpuSeconds(profile.pids.server);
  const first = await setUp(SETUP_CALLS);
  const serverMs = ((await cpuSeconds(profile.pids.server)) - serverBefore) * 1_000 / SETUP_CALLS;
  add(["set-up only, ms CPU per call", first.sut_cpu_ms_per_call, "≤ 1.0", serverMs, none, none, none, none, pair(first.invite_to_200_ms), outcome(first)]);

  for (const [user, what, sizes, reach] of [["300", "bridge", BRIDGES, "≤ 0.15"], ["301", "recorded bridge", RECORDED, "≤ 0.20"]] as const) {
    for (const calls of sizes) {
      const floor = await relayFloor(calls, out, ["--settle", String(SETTLE_S), "--steady", String(WINDOW_S)]);
      const server = watchServer(profile.pids.server, calls);
      const reading = await run(["--user", user, "--calls", String(calls), "--rate", String(RATE_PER_S), "--settle", String(SETTLE_S), "--steady", String(WINDOW_S)]);
      const percent = reading.sut_cpu_pct_of_core_per_call;
      add([`${what}, ${calls} calls, % of a core per call`, percent, calls === 200 ? reach : none, await server, floor.sut_cpu_pct_of_core_per_call, percent / floor.sut_cpu_pct_of_core_per_call,
        latency(reading), latency(floor), pair(reading.invite_to_200_ms), outcome(reading)]);
    }
  }
}

/** The server's share of a core per call in a time that lies within the generator's window. */
async function watchServer(pid: number, calls: number): Promise<number> {
  const second = 1_000;
  await pause((calls / RATE_PER_S + SETTLE_S + 1) * second);
  const before = await cpuSeconds(pid);
  const watched = WINDOW_S - 3;
  await pause(watched * second);
  return ((await cpuSeconds(pid)) - before) * 100 / watched / calls;
}

const pair = (spread: Spread): string => (spread === null ? none : `${spread.p50.toFixed(1)} / ${spread.p99.toFixed(1)}`);
const outcome = ({ answered, started, rtp_lost, retransmits }: Reading): string => `${answered}/${started}, ${rtp_lost} packets lost, ${retransmits} resent`;
const delivered = (share: number): string => `${(share * 100).toFixed(2)} % delivered`;
const pause = (ms: number): Promise<void> => new Promise((resume) => { setTimeout(resume, ms); });

/** The slower of the two directions. */
function latency({ latency_caller_to_agent_us: there, latency_agent_to_caller_us: back }: Reading): string {
  const worst = (read: (spread: NonNullable<Spread>) => number): string => Math.max(...[there, back].flatMap((spread) => (spread === null ? [] : [read(spread)]))).toFixed(0);
  return `${worst((spread) => spread.p50)} / ${worst((spread) => spread.p99)}`;
}
