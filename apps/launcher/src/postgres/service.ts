import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { err, ok, type Result } from "@ringdesk/std";
import { readPostgresLine, type OutputSink } from "../child-output.ts";
import type { ServiceSpec } from "../service.ts";
import { clearCrash, clusterUrl, ensureCluster, identity, openCluster, type Cluster } from "./cluster.ts";
import { findPrograms, runAs, type Programs, type RunAs } from "./programs.ts";

export type EmbeddedPostgres = {
  readonly spec: ServiceSpec;
  /** For the server's DATABASE_URL. */
  readonly url: string;
};

const READY_TIMEOUT_MS = 300_000; // recovery after a crash replays the log first
const STOP_TIMEOUT_MS = 30_000;
const READY_WORDS = "database system is ready to accept connections";

/** Durable on every commit (fsync and synchronous_commit stay on); small enough for a machine of its own. */
const POSTGRES_SETTINGS = {
  listen_addresses: "", shared_buffers: "128MB", max_connections: "60", max_wal_size: "1GB", wal_compression: "on",
  random_page_cost: "1.1", jit: "off", log_min_messages: "warning", log_checkpoints: "off", lc_messages: "C",
} as const;

/** The PostgreSQL from the registry as a service under supervision. Creates nothing yet; `prepare` of the service does. */
export function embeddedPostgres(dataFolder: string, output: OutputSink): Result<EmbeddedPostgres, string> {
  const who = runAs(readFileSync("/etc/passwd", "utf8"), process.getuid?.() ?? 0);
  if (!who.ok) return who;
  const cluster = openCluster(dataFolder, who.value);
  if (!cluster.ok) return cluster;
  const programs = findPrograms(cluster.value.home, who.value);
  if (!programs.ok) return err(programs.error);
  return ok({ spec: postgresService(cluster.value, programs.value, who.value, output), url: clusterUrl(cluster.value) });
}

function postgresService(cluster: Cluster, programs: Programs, who: RunAs | null, output: OutputSink): ServiceSpec {
  const settings = Object.entries({ ...POSTGRES_SETTINGS, unix_socket_directories: cluster.sockets });
  return {
    name: "postgres",
    program: cluster.data,
    stopSignal: "SIGINT", // "fast": ends sessions, writes a checkpoint
    stopTimeoutMs: STOP_TIMEOUT_MS,
    readyTimeoutMs: READY_TIMEOUT_MS,
    prepare: async () => (await ensureCluster(cluster, programs, who)) ?? (await clearCrash(cluster)),
    spawn: () => {
      const options = settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
      const child = spawn(programs.postgres, ["-D", cluster.data, ...options], {
        ...identity(who), cwd: "/", stdio: ["ignore", "ignore", "pipe"], detached: true, // a Ctrl-C is for the launcher alone
      });
      if (child.stderr !== null) output.attach(child.stderr, readPostgresLine);
      return child;
    },
    whenReady: (child) => new Promise((resolve) => {
      let said = "";
      const listen = (chunk: Buffer): void => {
        said = (said + chunk.toString()).slice(-1_000);
        if (!said.includes(READY_WORDS)) return;
        child.stderr?.off("data", listen);
        resolve({});
      };
      child.stderr?.on("data", listen);
    }),
  };
}
