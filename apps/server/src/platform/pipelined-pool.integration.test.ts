import { sql } from "kysely";
import { afterAll, beforeEach, expect, test } from "vitest";
import { migratedDatabase } from "../test-database.ts";
import { sqlState, UNIQUE_VIOLATION } from "./store-errors.ts";
import { afterCommit, inTransaction, writeBehind } from "./transaction.ts";

const database = await migratedDatabase();
const { db } = database;
await sql`create table shelf (id int primary key, title text not null)`.execute(db);
beforeEach(async () => { await sql`truncate shelf`.execute(db); });
afterAll(database.close);

const put = (id: number, title: string) => sql<{ id: number }>`insert into shelf values (${id}, ${title}) returning id`;
const titles = async (): Promise<readonly string[]> => (await sql<{ title: string }>`select title from shelf order by id`.execute(db)).rows.map(({ title }) => title);
/** How an attempt failed: the SQLSTATE, or the error itself. */
const failure = (attempt: Promise<unknown>): Promise<unknown> => attempt.then(() => "no failure", (error: unknown) => sqlState(error) ?? error);

test("statements sent behind are done in their order, and their rows are there before the commit", async () => {
  const seen: string[] = [];
  await inTransaction(db, async (trx) => {
    afterCommit(trx, () => { seen.push("committed"); });
    await writeBehind(trx, put(1, "first"), (rows) => { seen.push(`row ${rows[0]?.id}`); });
    await writeBehind(trx, sql`update shelf set title = title || ${" edition"} where id = ${1}`);
    seen.push("sent");
  });
  expect(seen).toEqual(["sent", "row 1", "committed"]);
  expect(await titles()).toEqual(["first edition"]);
});

test("a statement that is waited for sees what was sent behind before it", async () => {
  const found = await inTransaction(db, async (trx) => {
    await writeBehind(trx, put(1, "first"));
    return (await sql<{ title: string }>`select title from shelf`.execute(trx)).rows;
  });
  expect(found).toEqual([{ title: "first" }]);
});

test("what fails behind fails the commit with its own error, nothing of the transaction stays, and the connection goes on", async () => {
  const told: string[] = [];
  const attempt = inTransaction(db, async (trx) => {
    afterCommit(trx, () => { told.push("committed"); });
    await writeBehind(trx, put(1, "first"));
    await writeBehind(trx, put(1, "again"), () => { told.push("rows"); });
    await writeBehind(trx, put(2, "second"), () => { told.push("rows"); });
  });
  expect(await failure(attempt)).toBe(UNIQUE_VIOLATION);
  expect([told, await titles()]).toEqual([[], []]);
  await inTransaction(db, (trx) => writeBehind(trx, put(3, "third")));
  expect(await titles()).toEqual(["third"]);
});

test("the next statement that is waited for tells what failed behind, and not that the transaction is over", async () => {
  const attempt = inTransaction(db, async (trx) => {
    await writeBehind(trx, put(1, "first"));
    await writeBehind(trx, put(1, "again"));
    await sql`select 1`.execute(trx);
  });
  expect(await failure(attempt)).toBe(UNIQUE_VIOLATION);
  expect(await titles()).toEqual([]);
});

test("what failed behind a savepoint is told by its release, and undone with it alone", async () => {
  await inTransaction(db, async (trx) => {
    await writeBehind(trx, put(1, "first"));
    await sql`savepoint here`.execute(trx);
    await writeBehind(trx, put(1, "again"));
    expect(await failure(sql`release savepoint here`.execute(trx))).toBe(UNIQUE_VIOLATION);
    await sql`rollback to savepoint here`.execute(trx);
    await writeBehind(trx, put(2, "second"));
  });
  expect(await titles()).toEqual(["first", "second"]);
});

test("what was sent behind goes when the caller gives up", async () => {
  const attempt = inTransaction(db, async (trx) => {
    await writeBehind(trx, put(1, "first"));
    await writeBehind(trx, put(1, "again"));
    throw new Error("given up");
  });
  await expect(attempt).rejects.toThrow("given up");
  expect(await titles()).toEqual([]);
});

test("a connection that dies with statements behind fails the transaction and is not used again", async () => {
  const attempt = inTransaction(db, async (trx) => {
    await writeBehind(trx, put(1, "first"));
    await writeBehind(trx, sql`select pg_terminate_backend(pg_backend_pid()) where ${1} = 1`);
    await writeBehind(trx, put(2, "second"));
  });
  await expect(attempt).rejects.toThrow();
  await inTransaction(db, (trx) => writeBehind(trx, put(3, "third")));
  expect(await titles()).toEqual(["third"]);
});
