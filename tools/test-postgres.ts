// PostgreSQL for tests: one cluster for a whole vitest run, an empty database for each test file, or a cluster of one's own to kill.
import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { embeddedPostgres } from "../apps/launcher/src/postgres/service.ts";

const START_TIMEOUT_MS = 60_000;

/** A running PostgreSQL whose data go away with it. */
export interface TestPostgres {
  /** Of the database `ringdesk`, which is empty at first. */
  readonly url: string;
  /** kill -9 of the postmaster; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP and SIGCONT of the postmaster and its children: a database that hangs. */
  readonly freeze: () => Promise<void>;
  readonly thaw: () => Promise<void>;
  /** Starts it again on the same data. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a PostgreSQL of the caller's own. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "rdpg-"));
  chmodSync(folder, 0o711); // the user that PostgreSQL runs as passes through
  const made = embeddedPostgres(folder, { attach: (stream) => { stream.resume(); } });
  if (!made.ok) throw new Error(made.error);
  const { spec, url } = made.value;
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const refused = await spec.prepare();
    if (refused !== null) throw new Error(refused);
    const started = spec.spawn();
    child = started;
    await Promise.race([spec.whenReady(started), failure(started)]);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGCONT");
    running.kill(signal);
    await gone;
  };
  const backends: number[] = [];
  const tell = (signal: NodeJS.Signals): void => { for (const pid of [child?.pid ?? 0, ...backends]) signalQuietly(pid, signal); };
  await start();
  return {
    url,
    kill: () => end("SIGKILL"),
    freeze: async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const rows = await client.query<{ pid: number }>("select pid from pg_stat_activity where pid <> pg_backend_pid()");
      await client.end();
      backends.splice(0, backends.length, ...rows.rows.map((row) => row.pid));
      tell("SIGSTOP");
    },
    thaw: async () => { tell("SIGCONT"); },
    restart: start,
    stop: async () => {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function failure(child: ChildProcess): Promise<never> {
  return new Promise((_resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`PostgreSQL ended while starting: ${signal ?? code}`)));
    setTimeout(() => reject(new Error("PostgreSQL does not get ready")), START_TIMEOUT_MS).unref();
  });
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

/**
 * An empty database in the run's shared cluster. Call it once per test file, and `drop` at its end.
 * @example const database = await freshDatabase(); afterAll(database.drop);
 */
export async function freshDatabase(): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const shared = inject("postgresUrl");
  const name = `t_${process.pid}_${Date.now().toString(36)}_${Math.floor(Math.random() * 1e6).toString(36)}`;
  const admin = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: shared });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await admin(`create database ${name}`);
  const url = new URL(shared);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database if exists ${name} with (force)`) };
}

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}
