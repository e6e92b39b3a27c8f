import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OutputSink } from "../child-output.ts";
import { readProcess } from "../proc.ts";
import { createService, type Service, type ServiceReport } from "../service.ts";
import { embeddedPostgres } from "./service.ts";

const quiet: OutputSink = { attach: (stream) => void stream.resume() };
let folder: string;
let service: Service | null;
let reports: ServiceReport[];
let onReport: (report: ServiceReport) => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringdesk-pg-"));
  chmodSync(folder, 0o711);
  service = null;
  reports = [];
  onReport = () => undefined;
});
afterEach(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const postgres = embeddedPostgres(folder, quiet);
  if (!postgres.ok) throw new Error(postgres.error);
  service = createService(postgres.value.spec, join(folder, "postgres.pid"), (report) => {
    reports.push(report);
    onReport(report);
  });
  const started = await service.start();
  if (!started.ok) throw new Error(started.error.reason);
  return postgres.value.url;
}

async function query<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

const postmasterPid = (): number => Number(readFileSync(join(folder, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
const isUp = (): Promise<void> => new Promise((resolve) => {
  onReport = (report) => { if (report.what === "up") resolve(); };
});

test("OPS-1 starts from nothing, stops cleanly, and starts again on the same data", async () => {
  const url = await start();
  await query(url, "create table kept (word text); insert into kept values ('yes')");
  await service?.stop();
  expect(existsSync(join(folder, "postgres/data/postmaster.pid"))).toBe(false);
  expect(await query(await start(), "select word, current_database() as db from kept")).toEqual([{ word: "yes", db: "ringdesk" }]);
});

test("kill -9 of PostgreSQL: it is restarted and committed rows are there", async () => {
  const url = await start();
  await query(url, "create table kept (n int); insert into kept values (7)");
  const back = isUp();
  process.kill(postmasterPid(), "SIGKILL");
  await back;
  expect(await query(url, "select n from kept")).toEqual([{ n: 7 }]);
  expect(reports.map((report) => report.what)).toEqual(["up", "ended", "up"]);
  expect(reports.at(-1)).toMatchObject({ again: true });
});

/** Runs a launcher's part in a process of its own, so that it can be killed; resolves when its PostgreSQL is ready. */
function startInOtherProcess(): Promise<ChildProcess> {
  const at = (file: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);
  const script = `
    const { embeddedPostgres } = await import(${at("service.ts")});
    const { createService } = await import(${at("../service.ts")});
    const postgres = embeddedPostgres(${JSON.stringify(folder)}, { attach: (stream) => stream.resume() });
    await createService(postgres.value.spec, ${JSON.stringify(join(folder, "postgres.pid"))}, () => {}).start();
    process.send("ready");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  return new Promise((resolve) => child.once("message", () => resolve(child)));
}

test("a start after kill -9 of the launcher stops the PostgreSQL it left and takes over its data", async () => {
  const launcher = await startInOtherProcess();
  const orphan = postmasterPid();
  launcher.kill("SIGKILL");
  await new Promise((resolve) => launcher.once("exit", resolve));
  expect(readProcess(orphan)).not.toBeNull();
  const url = await start();
  expect(readProcess(orphan)).toBeNull();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a postmaster.pid that names a stranger is not believed", async () => {
  await start();
  await service?.stop();
  writeFileSync(join(folder, "postgres/data/postmaster.pid"), `${process.pid}\n${folder}\n0\n5432\n\n\n\nready\n`);
  await start();
  expect(readProcess(process.pid)).not.toBeNull();
  expect(postmasterPid()).not.toBe(process.pid);
});

test("data of another major version are refused with both versions", async () => {
  await start();
  await service?.stop();
  writeFileSync(join(folder, "postgres/data/PG_VERSION"), "15\n");
  await expect(start()).rejects.toThrow(/are of PostgreSQL 15, this Ringdesk brings 18/);
});
