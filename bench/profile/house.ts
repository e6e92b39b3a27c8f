// Starts the bench profile the way the product starts: PostgreSQL, switch and server under the launcher's supervision.
import { readFile } from "node:fs/promises";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeProblem, parseConfig } from "@ringdesk/contract/config";
import { openDataFolder } from "../../apps/launcher/src/data-folder.ts";
import { createHouse } from "../../apps/launcher/src/house.ts";
import { clusterUrl, openCluster } from "../../apps/launcher/src/postgres/cluster.ts";
import { runAs } from "../../apps/launcher/src/postgres/programs.ts";
import { createTerminal } from "../../apps/launcher/src/terminal.ts";

/**
 * Away from the product's own, so that both can run. RTP stays below the ephemeral range of Linux (32768) and off the
 * generator's ports.
 */
const PORTS = { RINGDESK_SIP_PORT: "15060", RINGDESK_WEBRTC_PORT: "15443", RINGDESK_HTTP_PORT: "15880", RINGDESK_RTP_PORTS: "24000-32767" } as const;

export type Profile = {
  readonly address: string;
  /** Where its pages are. */
  readonly origin: string;
  readonly data: string;
  /** Of its own PostgreSQL; null when another was given. */
  readonly databaseUrl: string | null;
  readonly pids: { readonly switch: number; readonly server: number; /** Its workers are its children. */ readonly postgres: number };
  readonly stop: () => Promise<void>;
};

/** A started profile with an empty data folder of its own, which goes when it stops. Throws when something does not start. */
export async function startProfileHouse(extra: Readonly<Record<string, string>> = {}, server = "server.ts"): Promise<Profile> {
  const given = process.env["RINGDESK_DATA"];
  const data = given ?? mkdtempSync(join(tmpdir(), "ringdesk-bench-"));
  const env = { ...process.env, ...portsOf(process.env), RINGDESK_DATA: data, RINGDESK_LOG_LEVEL: process.env["RINGDESK_LOG_LEVEL"] ?? "warn", ...extra };
  const config = parseConfig(env);
  if (!config.ok) throw new Error(config.error.map(describeProblem).join("\n"));
  const folder = openDataFolder(data);
  if (!folder.ok) throw new Error(`${folder.error.path}: ${folder.error.reason}`);
  const app = (name: string): string => join(import.meta.dirname, "../../apps", name, "src/main.ts");
  const programs = { switch: app("switch"), speech: app("speech"), server: join(import.meta.dirname, server) };
  const house = createHouse(config.value, folder.value, programs, env, createTerminal(process.stderr, process.env, () => new Date()), () => Promise.resolve(null));
  if (!house.ok) throw new Error(house.error);
  const stop = async (): Promise<void> => {
    await house.value.stop();
    if (given === undefined) rmSync(data, { recursive: true, force: true });
  };
  const ready = await house.value.start();
  if (!ready.ok) {
    await stop();
    throw new Error(ready.error);
  }
  const pid = async (name: string): Promise<number> => Number.parseInt(await readFile(join(folder.value.run, `${name}.pid`), "utf8"), 10);
  const postgres = async (): Promise<number> => Number.parseInt(await readFile(join(data, "postgres/data/postmaster.pid"), "utf8"), 10);
  return { address: `${config.value.address}:${config.value.sipPort}`, origin: `http://${config.value.address}:${config.value.httpPort}`, data, databaseUrl: config.value.databaseUrl === null ? urlOf(folder.value.root) : null, pids: { switch: await pid("switch"), server: await pid("server"), postgres: await postgres() }, stop };
}

function urlOf(folder: string): string | null {
  const who = runAs(readFileSync("/etc/passwd", "utf8"), process.getuid?.() ?? 0);
  const cluster = who.ok ? openCluster(folder, who.value) : who;
  return cluster.ok ? clusterUrl(cluster.value) : null;
}

/** The contact centre with so many agents: the whole product. Its agents' desks are part of the load. */
export const startCentreHouse = (agents: number): Promise<Profile> =>
  startProfileHouse({ BENCH_AGENTS: String(agents), RINGDESK_SANDBOX: "off", RINGDESK_TRUNK_SOURCES: "127.0.0.1" }, "centre-server.ts");

/** What is set already stays. */
const portsOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(PORTS).map(([name, port]) => [name, env[name] ?? port]));
