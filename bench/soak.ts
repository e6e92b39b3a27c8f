// Calls that come and go for a long time: what the processes hold must not grow.
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { buildGenerator, generate, type Reading } from "./load/ccload.ts";
import { cpuSeconds, openDescriptors, residentMb } from "./load/cpu.ts";
import { heldBy } from "./load/resources.ts";
import { startProfileHouse, type Profile } from "./profile/house.ts";
import type { BenchResult } from "./table.ts";

/** How long, in minutes, is for the environment to shorten. */
const MINUTES = Number(process.env["BENCH_SOAK_MINUTES"] ?? 20);
/** Calls at a time: new ones per second times how long each lasts. */
const CALLS = 100, TALK_S = 20;
const SAMPLE_MS = 15_000;
/** After the last call: ended transactions linger 32 s (RFC 3261 timer H), ports and facts a little longer. */
const QUIET_MS = 75_000;
const IDLE_MS = 10_000;
const USERS = ["300", "301"] as const;

type Sample = { readonly atMinutes: number; readonly rss: { readonly switch: number; readonly server: number }; readonly descriptors: { readonly switch: number; readonly server: number } };

/** Null, with the reason printed, when the generator is not there. */
export async function benchSoak(): Promise<BenchResult | null> {
  const missing = await buildGenerator();
  if (missing !== null) {
    process.stdout.write(`Skipped: ${missing}.\n`);
    return null;
  }
  const out = await mkdtemp(join(tmpdir(), "ringdesk-bench-out-"));
  const profile = await startProfileHouse();
  const startedAt = performance.now();
  const samples: Sample[] = [];
  const look = async (): Promise<void> => {
    const sample = await sampleOf(profile, (performance.now() - startedAt) / 60_000);
    samples.push(sample);
    process.stdout.write(`${line(sample).join("  ")}\n`);
  };
  try {
    // First, since the inspector that it opens has descriptors of its own.
    const heldBefore = await heldBy(profile.pids.switch);
    await look();
    const timer = setInterval(() => void look(), SAMPLE_MS);
    const readings: Reading[] = [];
    // In rounds, since the generator remembers every call that it made.
    for (let round = 0; performance.now() - startedAt < MINUTES * 60_000; round++) {
      const seconds = Math.min(120, Math.max(30, MINUTES * 60 - (performance.now() - startedAt) / 1_000));
      const rate = CALLS / TALK_S;
      readings.push(await generate(["--target", profile.address, "--watch", String(profile.pids.switch), "--mode", "direct", "--user", USERS[round % USERS.length] ?? "300",
        "--calls", String(Math.ceil(rate * seconds)), "--rate", String(rate), "--talk-ms", String(TALK_S * 1_000), "--talk-spread", "50"], join(out, "reading.json")));
    }
    clearInterval(timer);
    await new Promise((resume) => { setTimeout(resume, QUIET_MS); });
    await look();
    const idle = await idleCpu(profile);
    const heldAfter = await heldBy(profile.pids.switch);
    const total = (read: (r: Reading) => number): number => readings.reduce((sum, r) => sum + read(r), 0);
    return {
      name: `soak: ${MINUTES} minutes at ${CALLS} bridged calls, half of them recorded`, measuredAt: new Date().toISOString(),
      machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`,
      columns: ["minute", "switch MB", "server MB", "switch descriptors", "server descriptors"], rows: samples.map(line),
      notes: [
        `${total((r) => r.answered)} of ${total((r) => r.started)} calls answered, ${total((r) => r.failed)} failed${statuses(readings)}, ${total((r) => r.rtp_lost)} of ${total((r) => r.rtp_rx)} packets lost`,
        `idle after that: ${idle} % of a core (switch, server): a paced task that was left behind would show`,
        `the switch before the first call: heap ${heldBefore.heapMb} MB, ${JSON.stringify(heldBefore.resources)}; at the end: heap ${heldAfter.heapMb} MB, ${JSON.stringify(heldAfter.resources)} (heap: after a collection)`,
        `the last row: ${QUIET_MS / 1_000} s after the last call; its descriptors are to be those of the first`,
      ],
    };
  } finally {
    await profile.stop();
    await rm(out, { recursive: true, force: true });
  }
}

/** What the calls that failed were answered with. */
function statuses(readings: readonly Reading[]): string {
  const told = readings.flatMap(({ fail_codes: codes }) => Object.entries(codes)).map(([status, times]) => `${times} × ${status}`);
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}

async function idleCpu({ pids }: Profile): Promise<string> {
  const used = async (): Promise<readonly number[]> => [await cpuSeconds(pids.switch), await cpuSeconds(pids.server)];
  const before = await used();
  await new Promise((resume) => { setTimeout(resume, IDLE_MS); });
  const after = await used();
  return after.map((seconds, n) => ((seconds - (before[n] ?? 0)) * 100_000 / IDLE_MS).toFixed(2)).join(", ");
}

async function sampleOf({ pids }: Profile, atMinutes: number): Promise<Sample> {
  const of = async (read: (pid: number) => Promise<number>) => ({ switch: await read(pids.switch), server: await read(pids.server) });
  return { atMinutes, rss: await of(residentMb), descriptors: await of(openDescriptors) };
}

const line = ({ atMinutes, rss, descriptors }: Sample): readonly string[] =>
  [atMinutes.toFixed(2), rss.switch.toFixed(0), rss.server.toFixed(0), String(descriptors.switch), String(descriptors.server)];
