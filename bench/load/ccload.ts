// The load generator of the wider project: built from its source when that is beside the checkout, never copied.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const CHECKOUT = join(import.meta.dirname, "../..");
const SOURCE = join(CHECKOUT, "../shared/bench/ccload.c");
const BIN = join(CHECKOUT, "bench/bin");
const PROGRAM = join(BIN, "ccload");
/** One processor speaks and measures, the other belongs to what is measured; both before anything else on the machine. */
const GENERATOR_CPU = "0", SUBJECT_CPU = "1";
const GENERATOR_PRIORITY = "11", SUBJECT_PRIORITY = "10";

const execute = promisify(execFile);

export type Spread = { readonly n: number; readonly p50: number; readonly p99: number } | null;
/** What one run of the generator measured, in its own names. */
export type Reading = {
  readonly started: number; readonly answered: number; readonly failed: number; readonly retransmits: number;
  /** How often each status was the answer to a call that failed. */
  readonly fail_codes: Readonly<Record<string, number>>;
  readonly invite_to_200_ms: Spread; readonly latency_caller_to_agent_us: Spread; readonly latency_agent_to_caller_us: Spread;
  /** From the end of the digit to INVITE at the agent, where that comes later. 0 where the INVITE does not show the caller's number. */
  readonly route_ms: Spread;
  /** From an agent's end of a call to the next INVITE there. */
  readonly agent_free_to_next_invite_ms: Spread;
  readonly completed: number; readonly agent_calls: number; readonly double_ring: number; readonly generator_late_us: Spread;
  readonly rtp_rx: number; readonly rtp_lost: number;
  readonly sut_cpu_ms_per_call: number; readonly sut_cpu_pct_of_core_per_call: number;
};

/** Builds the generator when its source is newer. The value is null when it is ready, or why there is none. */
export async function buildGenerator(): Promise<string | null> {
  if (!existsSync(SOURCE)) return `the load generator is not beside the checkout (${SOURCE})`;
  const built = await stat(PROGRAM).catch(() => null);
  if (built !== null && built.mtimeMs > (await stat(SOURCE)).mtimeMs) return null;
  await mkdir(BIN, { recursive: true });
  return execute("cc", ["-O2", "-o", PROGRAM, SOURCE, "-lcrypto", "-lm"]).then(() => null, (error: unknown) => `the load generator does not build: ${String(error)}`);
}

/** Runs the generator; throws when it wrote nothing. */
export async function generate(words: readonly string[], outFile: string): Promise<Reading> {
  const own = [PROGRAM, ...words, "--out", outFile];
  const [program = "", ...args] = (await mayPin()) ? ["chrt", "-r", GENERATOR_PRIORITY, "taskset", "-c", GENERATOR_CPU, ...own] : own;
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  await new Promise((resolve) => { child.once("exit", resolve); });
  return JSON.parse(await readFile(outFile, "utf8")) as Reading;
}

/** Puts processes on the processor of what is measured, in front of whatever else runs. Without the rights they stay where they are. */
export const pin = (pids: readonly number[]): Promise<void> => pinTo(SUBJECT_CPU, SUBJECT_PRIORITY, pids);
/** Puts processes that belong to the load beside the generator, which goes before them. */
export const pinBesideGenerator = (pids: readonly number[]): Promise<void> => pinTo(GENERATOR_CPU, SUBJECT_PRIORITY, pids);

/** What is started from now on goes where it likes, again. */
export async function unpin(pid: number): Promise<void> {
  if (!(await mayPin())) return;
  await execute("chrt", ["-a", "-o", "-p", "0", String(pid)]);
  await execute("taskset", ["-acp", `0-${cpus().length - 1}`, String(pid)]);
}

async function pinTo(cpu: string, priority: string, pids: readonly number[]): Promise<void> {
  if (!(await mayPin())) return;
  for (const pid of pids) {
    await execute("taskset", ["-acp", cpu, String(pid)]);
    await execute("chrt", ["-a", "-r", "-p", priority, String(pid)]);
  }
}

let rights: boolean | null = null;
/** Fixed processors and real-time order need two processors and root; without them, and with RT=0, latencies are those of a shared machine. */
export async function mayPin(): Promise<boolean> {
  if (process.env["RT"] === "0") return false;
  rights ??= await execute("chrt", ["-r", "1", "taskset", "-c", SUBJECT_CPU, "true"]).then(() => true, () => false);
  return rights;
}
