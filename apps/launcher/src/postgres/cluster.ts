import { execFile, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { err, ok, type Result } from "@ringdesk/std";
import { socketFolder } from "../data-folder.ts";
import { processesIn } from "../proc.ts";
import { canReach, type Programs, type RunAs } from "./programs.ts";

export const DATABASE_USER = "ringdesk";
export const DATABASE_NAME = "ringdesk";
/** The longest name PostgreSQL makes in its socket folder. */
const SOCKET_NAME = ".s.PGSQL.5432";
const FAST_SHUTDOWN_TIMEOUT_MS = 60_000;
/** Backends notice within this time that the postmaster is gone; after it they are killed. */
const BACKENDS_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 20;
const INITDB_TIMEOUT_MS = 120_000;

/** Where the cluster lies. */
export type Cluster = { readonly home: string; readonly data: string; readonly sockets: string };

/**
 * The folders of the embedded cluster, `postgres/` in the data folder. When Ringdesk runs as root and `who`
 * cannot reach that - a checkout under /root - it is a link to a folder in `reachableFolder`.
 */
export function openCluster(dataFolder: string, who: RunAs | null, reachableFolder: string = "/var/lib/ringdesk"): Result<Cluster, string> {
  const wanted = join(dataFolder, "postgres");
  const exists = lstatSync(wanted, { throwIfNoEntry: false }) !== undefined;
  if (!exists && !canReach(dataFolder, who)) {
    const elsewhere = join(reachableFolder, createHash("sha256").update(wanted).digest("hex").slice(0, 12));
    mkdirSync(elsewhere, { recursive: true, mode: 0o711 });
    symlinkSync(elsewhere, wanted);
  }
  if (!exists) mkdirSync(wanted, { recursive: true, mode: 0o711 });
  const home = realpathSync(wanted);
  if (who !== null) chmodSync(home, 0o711);
  if (!canReach(home, who)) return err(`the user "${who?.name ?? ""}" that PostgreSQL runs as cannot reach ${home}. Set RINGDESK_DATA to a folder that every user can pass through, e.g. RINGDESK_DATA=/var/lib/ringdesk`);
  const sockets = socketFolder(join(home, "run"), SOCKET_NAME, who?.uid);
  if (!sockets.ok) return sockets;
  mkdirSync(sockets.value, { recursive: true, mode: 0o700 });
  if (who !== null) chownSync(sockets.value, who.uid, who.gid);
  return ok({ home, data: join(home, "data"), sockets: sockets.value });
}

/** The URL at which the server reaches the embedded cluster. */
export function clusterUrl(cluster: Cluster): string {
  return `postgresql://${DATABASE_USER}@localhost/${DATABASE_NAME}?host=${encodeURIComponent(cluster.sockets)}`;
}

/**
 * Makes an empty cluster with our database, unless there is one. It appears under its name when it is complete, so a
 * crash in between leaves nothing that looks like data. Answers why it could not, or null.
 */
export async function ensureCluster(cluster: Cluster, programs: Programs, who: RunAs | null): Promise<string | null> {
  if (existsSync(cluster.data)) return checkMajor(cluster, programs);
  const fresh = `${cluster.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  if (who !== null) chownSync(fresh, who.uid, who.gid);
  const as = identity(who);
  const options = ["-D", fresh, "-U", DATABASE_USER, "--auth-local=trust", "--auth-host=reject", "-E", "UTF8",
    "--locale-provider=builtin", "--locale=C.UTF-8", "--data-checksums"];
  try {
    await promisify(execFile)(programs.initdb, options, { ...as, cwd: "/", timeout: INITDB_TIMEOUT_MS });
    await createDatabase(programs, fresh, as);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    return `PostgreSQL could not create its files in ${cluster.home}: ${lastWords(error)}`;
  }
  renameSync(fresh, cluster.data);
  return null;
}

/** `createdb` is not in the package; the single-user mode needs no running server. */
function createDatabase(programs: Programs, data: string, as: ReturnType<typeof identity>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(programs.postgres, ["--single", "-D", data, "postgres"], { ...as, cwd: "/", stdio: ["pipe", "ignore", "pipe"], timeout: INITDB_TIMEOUT_MS });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2_000); });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 && !said.includes("ERROR:") ? resolve() : reject(new Error(said))));
    child.stdin.on("error", () => undefined).end(`CREATE DATABASE ${DATABASE_NAME};\n`);
  });
}

function checkMajor(cluster: Cluster, programs: Programs): string | null {
  const found = readFileSync(join(cluster.data, "PG_VERSION"), "utf8").trim();
  if (found === programs.major) return null;
  return `the data in ${cluster.home} are of PostgreSQL ${found}, this Ringdesk brings ${programs.major}. Start them with the version of Ringdesk that wrote them.`;
}

/**
 * Clears what a crash left. `postmaster.pid` may name a postmaster that still runs, a zombie, or after reuse of the pid
 * a stranger, so it is not believed: whoever works in the cluster's folder is one of PostgreSQL's processes. The file is
 * removed only when none is left; without it PostgreSQL could not tell that old processes still hold its memory.
 */
export async function clearCrash(cluster: Cluster): Promise<string | null> {
  if (!existsSync(join(cluster.data, "postmaster.pid"))) return null;
  const data = realpathSync(cluster.data);
  const postmaster = readPostmasterPid(cluster);
  if (processesIn(data).some(({ pid }) => pid === postmaster)) {
    signal([postmaster], "SIGINT");
    if (!(await isDeserted(data, FAST_SHUTDOWN_TIMEOUT_MS))) return `an earlier PostgreSQL (process ${postmaster}) does not stop. Stop it by hand: kill -QUIT ${postmaster}`;
  } else if (!(await isDeserted(data, BACKENDS_TIMEOUT_MS))) {
    signal(processesIn(data).map(({ pid }) => pid), "SIGKILL");
    await isDeserted(data, BACKENDS_TIMEOUT_MS);
  }
  rmSync(join(cluster.data, "postmaster.pid"), { force: true });
  for (const name of readdirSync(cluster.sockets)) if (name.startsWith(SOCKET_NAME)) rmSync(join(cluster.sockets, name), { force: true });
  return null;
}

function readPostmasterPid(cluster: Cluster): number {
  try {
    return Number(readFileSync(join(cluster.data, "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return 0;
  }
}

async function isDeserted(data: string, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (processesIn(data).length > 0) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return true;
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

/** The part of spawn's options that drops root. */
export const identity = (who: RunAs | null): { uid?: number; gid?: number } => (who === null ? {} : { uid: who.uid, gid: who.gid });

function lastWords(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return (stderr === "" ? String(error instanceof Error ? error.message : error) : stderr).split("\n").slice(-3).join(" ");
}
