import { appendFile, copyFile, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "../../../../tools/test-postgres.ts";
import { createSystemClock } from "../kernel/index.ts";
import { openDatabase, runMigrations, type OpenDatabase } from "../platform/wiring.ts";
import { fact, factLogContract, someStream } from "./fact-log.contract.ts";
import type { Projection } from "./facts.ports.ts";
import { createFactLog, type FactLogService } from "./wiring.ts";

const log = pino({ level: "silent" });
const clock = createSystemClock();
const MIGRATIONS = join(import.meta.dirname, "../../migrations");
let postgres: TestPostgres;
let open: OpenDatabase;
let journalFolder: string;
let facts: FactLogService;

/** Counts each fact, so that one applied twice is seen; fails where a test says so. */
const counting: Projection = {
  name: "counting", kinds: ["call"],
  apply: async (trx, f) => {
    if (f.type === "call.poison") throw new Error("cannot take this in");
    await sql`insert into seen (stream, seq) values (${f.stream}, ${f.seq}) on conflict (stream, seq) do update set times = seen.times + 1`.execute(trx);
  },
};
const start = (): Promise<FactLogService> => createFactLog({ db: open.db, journalFolder, projections: [counting], clock, log, alarm: () => undefined });
const rows = async (stream: string): Promise<number[]> => (await sql<{ seq: number }>`select seq from facts where stream = ${stream} order by position`.execute(open.db)).rows.map((r) => r.seq);
const times = async (stream: string): Promise<number[]> => (await sql<{ times: number }>`select times from seen where stream = ${stream} order by seq`.execute(open.db)).rows.map((r) => r.times);
const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); };
const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

beforeAll(async () => {
  postgres = await startPostgres();
  open = openDatabase({ url: postgres.url, log, maxConnections: 3 });
  await runMigrations(open.db, MIGRATIONS, log);
  await sql`create table seen (stream text, seq int, times int not null default 1, primary key (stream, seq))`.execute(open.db);
  journalFolder = await mkdtemp(join(tmpdir(), "rd-journal-"));
  facts = await start();
});
afterAll(async () => {
  await facts.close();
  await open.close();
  await postgres.stop();
});

describe("the log of facts on PostgreSQL", () => {
  factLogContract(() => facts);

  test("open streams and places are known again after a restart", async () => {
    const stream = someStream("agent");
    await facts.append(stream, [fact("agent.status-changed")]);
    const again = await start();
    expect(await again.openStreams("agent")).toContain(stream);
    expect(await again.append(stream, [fact("agent.status-changed")])).toMatchObject({ ok: true, value: [{ seq: 2 }] });
    facts = again;
  });

  test("a projection that fails stops neither the facts nor the other projections of the batch", async () => {
    const [good, bad] = [someStream(), someStream()];
    await Promise.all([facts.append(good, [fact("call.arrived")]), facts.append(bad, [fact("call.poison"), fact("call.ended")]), facts.append(good, [fact("call.ended")])]);
    expect([await rows(good), await rows(bad), await times(good), await times(bad)]).toEqual([[1, 2], [1, 2], [1, 1], [1]]);
    const noted = await sql<{ seq: number }>`select seq from projection_failures where stream = ${bad}`.execute(open.db);
    expect(noted.rows).toEqual([{ seq: 1 }]);
  });
});

describe("kill -9 of PostgreSQL under load", () => {
  test("CALL-13 every accepted fact is stored once and in order, projections included", { timeout: 60_000 }, async () => {
    const streams = count(20).map(() => someStream());
    const accepted = new Map(streams.map((stream) => [stream, 0]));
    let slowest = 0;
    let writing = true;
    const writers = streams.map(async (stream) => {
      while (writing) {
        const began = performance.now();
        const result = await facts.append(stream, [fact("call.digits")]);
        slowest = Math.max(slowest, performance.now() - began);
        if (result.ok) accepted.set(stream, (accepted.get(stream) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    for (let kill = 0; kill < 3; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300 + kill * 37));
      await postgres.kill();
      await new Promise((resolve) => setTimeout(resolve, 400));
      await postgres.restart();
    }
    await until(() => facts.health().mode === "database");
    writing = false;
    await Promise.all(writers);
    for (const stream of streams) {
      const n = accepted.get(stream) ?? 0;
      expect(n).toBeGreaterThan(20);
      expect(await rows(stream)).toEqual(count(n));
      expect(await times(stream)).toEqual(count(n).map(() => 1));
    }
    expect(slowest).toBeLessThan(3_000);
    expect((await readdir(journalFolder)).filter((name) => name.endsWith(".ndjson"))).toEqual([]);
  });

  test("a database that hangs holds nobody up for long, and nothing is stored twice", { timeout: 60_000 }, async () => {
    const stream = someStream();
    await facts.append(stream, [fact("call.arrived")]);
    await postgres.freeze();
    const began = performance.now();
    await facts.append(stream, [fact("call.answered")]);
    await facts.append(stream, [fact("call.held")]);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(facts.health().mode).toBe("journal");
    await postgres.thaw();
    await until(() => facts.health().mode === "database");
    expect([await rows(stream), await times(stream)]).toEqual([[1, 2, 3], [1, 1, 1]]);
  });

  test("a server that dies with the database away finds its facts again, and passes over a line that was cut short", { timeout: 60_000 }, async () => {
    const stream = someStream();
    await postgres.kill();
    await facts.append(stream, [fact("call.arrived"), fact("call.answered")]);
    await facts.append(stream, [fact("call.ended")]);
    const file = (await readdir(journalFolder)).find((name) => name.endsWith(".ndjson")) ?? "";
    await appendFile(join(journalFolder, file), '{"stream":"call:x","facts":[{"strea');
    // The dead server's memory is gone; a new one starts on a copy of what it left on disk.
    const left = await mkdtemp(join(tmpdir(), "rd-journal-"));
    await copyFile(join(journalFolder, file), join(left, file));
    await postgres.restart();
    const again = await createFactLog({ db: open.db, journalFolder: left, projections: [counting], clock, log, alarm: () => undefined });
    expect((await again.read(stream)).map((f) => f.type)).toEqual(["call.arrived", "call.answered", "call.ended"]);
    await until(() => facts.health().mode === "database");
    expect([await rows(stream), await times(stream)]).toEqual([[1, 2, 3], [1, 1, 1]]);
  });
});
