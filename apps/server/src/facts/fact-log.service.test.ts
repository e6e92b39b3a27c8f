import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { fact, factLogContract } from "./fact-log.contract.ts";
import { openFactLog, SLOW_WRITE_MS, type FactLogService } from "./fact-log.service.ts";
import type { FactStore, WriteOutcome } from "./facts.pg.ts";
import type { LogHealth, StoredFact } from "./facts.ports.ts";
import { stored, type Append } from "./facts.rules.ts";
import type { Journal } from "./journal.fs.ts";

/** A database that can be taken away, and a journal on no disk. */
function world() {
  const clock = createFakeClock();
  const rows: StoredFact[] = [];
  const lines: Append[] = [];
  const alarms: LogHealth[] = [];
  const how = { database: "there" as "there" | "away" | "hangs", disk: "there" as "there" | "full" };
  let release: (() => void)[] = [];
  const put = (appends: readonly Append[]): WriteOutcome => {
    const refused = appends.filter((append) => append.facts.some((f) => rows.some((r) => r.stream === f.stream && r.seq === f.seq) && !known.has(f.id)));
    for (const f of appends.filter((append) => !refused.includes(append)).flatMap((append) => append.facts)) {
      if (known.has(f.id)) continue;
      known.add(f.id);
      rows.push(stored(f));
    }
    return { type: "stored", refused };
  };
  const known = new Set<string>();
  const store: FactStore = {
    write: async (appends) => {
      if (how.database === "away") return { type: "away", detail: "gone" };
      if (how.database === "hangs") await new Promise<void>((resolve) => { release.push(resolve); });
      return put(appends);
    },
    read: async (stream) => rows.filter((row) => row.stream === stream),
    openStreams: async () => [],
  };
  const journal: Journal = {
    write: async (appends) => {
      if (how.disk === "full") throw new Error("ENOSPC");
      lines.push(...appends);
    },
    clear: async () => { lines.length = 0; },
    setAside: async () => {},
  };
  const start = (): Promise<FactLogService> =>
    openFactLog({ store, journal, left: { appends: [...lines], damaged: 0 }, clock, log: pino({ level: "silent" }), alarm: (health) => { alarms.push(health); } });
  return { clock, rows, lines, alarms, how, start, release: () => { how.database = "there"; for (const go of release) go(); release = []; } };
}

describe("the log of facts", () => {
  const w = world();
  let log: FactLogService;
  test("opens", async () => { log = await w.start(); });
  factLogContract(() => log);
});

const types = (facts: readonly StoredFact[]): string[] => facts.map((f) => `${f.seq} ${f.type}`);

describe("while the database is away", () => {
  test("facts are accepted by the journal, readable at once, and in the database in order when it is back", async () => {
    const w = world();
    const log = await w.start();
    await log.append("call:a", [fact("call.arrived")]);
    w.how.database = "away";
    expect(await log.append("call:a", [fact("call.answered")])).toMatchObject({ ok: true });
    await log.append("call:a", [fact("call.held"), fact("call.resumed")]);
    expect([log.health(), w.rows.length, w.lines.length]).toEqual([{ mode: "journal", waiting: 3 }, 1, 2]);
    expect(types(await log.read("call:a"))).toEqual(["1 call.arrived", "2 call.answered", "3 call.held", "4 call.resumed"]);
    w.how.database = "there";
    await w.clock.advance(5_000);
    expect(log.health()).toEqual({ mode: "database", waiting: 0 });
    expect([types(w.rows), w.lines.length]).toEqual([["1 call.arrived", "2 call.answered", "3 call.held", "4 call.resumed"], 0]);
  });

  test("a database that hangs holds an append up for 250 ms, and stores nothing twice when it goes on", async () => {
    const w = world();
    const log = await w.start();
    w.how.database = "hangs";
    let taken = false;
    const append = log.append("call:a", [fact("call.arrived")]).then(() => { taken = true; });
    await w.clock.advance(SLOW_WRITE_MS - 1);
    expect(taken).toBe(false);
    await w.clock.advance(1);
    await append;
    await log.append("call:a", [fact("call.ended")], { closes: true });
    w.release();
    await w.clock.advance(5_000);
    expect(types(w.rows)).toEqual(["1 call.arrived", "2 call.ended"]);
    expect(log.health()).toEqual({ mode: "database", waiting: 0 });
  });

  test("what the journal holds at a start is in the database before anything is read", async () => {
    const w = world();
    w.how.database = "away";
    const first = await w.start();
    await first.append("call:a", [fact("call.arrived")]);
    w.how.database = "there";
    const again = await w.start();
    expect(types(await again.read("call:a"))).toEqual(["1 call.arrived"]);
    expect(again.health()).toEqual({ mode: "database", waiting: 0 });
  });

  test("with a full disk as well, facts are refused and leave no gap", async () => {
    const w = world();
    const log = await w.start();
    w.how.database = "away";
    w.how.disk = "full";
    expect(await log.append("call:a", [fact("call.arrived")])).toMatchObject({ ok: false, error: { type: "journal-failed" } });
    w.how.database = "there";
    expect(await log.append("call:a", [fact("call.arrived")])).toMatchObject({ ok: true, value: [{ seq: 1 }] });
    expect(types(w.rows)).toEqual(["1 call.arrived"]);
  });

  test("100,000 facts wait at most; at 80 % the alarm rings once", async () => {
    const w = world();
    const log = await w.start();
    w.how.database = "away";
    const thousand = Array.from({ length: 1_000 }, () => fact("call.digits"));
    for (let n = 0; n < 100; n += 1) expect((await log.append(`call:${n}`, thousand)).ok).toBe(true);
    expect(await log.append("call:x", [fact("call.digits")])).toEqual({ ok: false, error: { type: "log-full", waiting: 100_000 } });
    expect(w.alarms).toEqual([{ mode: "journal", waiting: 80_000 }]);
  });
});

test("a listener that fails disturbs nobody", async () => {
  const log = await world().start();
  const heard: string[] = [];
  log.onAppended(() => { throw new Error("bug"); });
  const stop = log.onAppended((f) => { heard.push(f.type); });
  await log.append("call:a", [fact("call.arrived")]);
  stop();
  await log.append("call:a", [fact("call.ended")]);
  expect(heard).toEqual(["call.arrived"]);
});
