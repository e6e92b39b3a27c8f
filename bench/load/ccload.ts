// The load generator of the wider project: built from its source when that is beside the checkout, never copied.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const CHECKOUT = join(import.meta.dirname, "../..");
const SOURCE = join(CHECKOUT, "../shared/bench/ccload.c");
const BIN = join(CHECKOUT, "bench/bin");
const PROGRAM = join(BIN, "ccload");
/** One processor speaks and measures, the other belongs to what is measured; both before anything else on the machine. */
const GENERATOR_CPU = "0", SUBJECT_CPU = "1";
const GENERATOR_PRIORITY = "11", SUBJECT_PRIORITY = "10";

const execute = promisify(execFile);

const spread = z.object({ p50: z.number(), p99: z.number() }).nullable();
const reading = z.object({
  started: z.number(), answered: z.number(), failed: z.number(), retransmits: z.number(),
  invite_to_200_ms: spread, route_ms: spread, latency_caller_to_agent_us: spread, latency_agent_to_caller_us: spread, generator_late_us: spread,
  rtp_rx: z.number(), rtp_lost: z.number(),
  window_s: z.number(), sut_cpu_s: z.number(), sut_cpu_ms_per_call: z.number(), sut_cpu_pct_of_core_per_call: z.number(), sut_us_per_rtp_packet: z.number(), sut_rss_mb: z.number(),
});
/** What one run of the generator measured, in its own names. */
export type Reading = z.output<typeof reading>;

/** Builds the generator when its source is newer. The value is null when it is ready, or why there is none. */
export async function buildGenerator(): Promise<string | null> {
  if (!existsSync(SOURCE)) return `the load generator is not beside the checkout (${SOURCE})`;
  const built = await stat(PROGRAM).catch(() => null);
  if (built !== null && built.mtimeMs > (await stat(SOURCE)).mtimeMs) return null;
  await mkdir(BIN, { recursive: true });
  return execute("cc", ["-O2", "-o", PROGRAM, SOURCE, "-lcrypto", "-lm"]).then(() => null, (error: unknown) => `the load generator does not build: ${String(error)}`);
}

/** Runs the generator; throws when it says nothing that can be read. */
export async function generate(words: readonly string[], outFile: string): Promise<Reading> {
  const own = [PROGRAM, ...words, "--out", outFile];
  const [program = "", ...args] = (await mayPin()) ? ["chrt", "-r", GENERATOR_PRIORITY, "taskset", "-c", GENERATOR_CPU, ...own] : own;
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  await new Promise((resolve) => { child.once("exit", resolve); });
  return reading.parse(JSON.parse(await readFile(outFile, "utf8")));
}

/** Puts processes on a processor of their own, in front of whatever else runs. Without the rights they stay where they are. */
export async function pin(pids: readonly number[]): Promise<void> {
  if (!(await mayPin())) return;
  for (const pid of pids) {
    await execute("taskset", ["-acp", SUBJECT_CPU, String(pid)]);
    await execute("chrt", ["-a", "-r", "-p", SUBJECT_PRIORITY, String(pid)]);
  }
}

let rights: boolean | null = null;
/** Fixed processors and real-time order need two processors and root; without them latencies are those of a shared machine. */
export async function mayPin(): Promise<boolean> {
  rights ??= await execute("chrt", ["-r", "1", "taskset", "-c", SUBJECT_CPU, "true"]).then(() => true, () => false);
  return rights;
}
