import { sql } from "kysely";
import { expect, test } from "vitest";
import { migratedDatabase } from "../test-database.ts";
import { afterCommit, inTransaction } from "./transaction.ts";

test("what is put off until the commit finds what the transaction wrote, and is not done when it failed", async () => {
  const database = await migratedDatabase();
  const told: string[] = [];
  await inTransaction(database.db, async (trx) => {
    await sql`create table noted (word text)`.execute(trx);
    await sql`insert into noted values ('kept')`.execute(trx);
    afterCommit(trx, () => { told.push("kept"); });
    expect(told).toEqual([]);
  });
  await expect(inTransaction(database.db, async (trx) => {
    await sql`insert into noted values ('lost')`.execute(trx);
    afterCommit(trx, () => { told.push("lost"); });
    throw new Error("rolled back");
  })).rejects.toThrow("rolled back");
  expect(told).toEqual(["kept"]);
  expect((await sql<{ word: string }>`select word from noted`.execute(database.db)).rows).toEqual([{ word: "kept" }]);
});

test("two that wait for each other are both done in the end, each once", async () => {
  const { db, close } = await migratedDatabase();
  await sql`create table shelf (id int primary key, books int)`.execute(db);
  await sql`insert into shelf values (1, 0), (2, 0)`.execute(db);
  const told: number[] = [];
  let runs = 0;
  let met = (): void => undefined;
  const both = new Promise<void>((resolve) => { met = resolve; });
  const fill = (first: number, second: number) => inTransaction(db, async (trx) => {
    await sql`update shelf set books = books + 1 where id = ${first}`.execute(trx);
    afterCommit(trx, () => { told.push(first); });
    runs += 1;
    if (runs === 2) met();
    await both;
    await sql`update shelf set books = books + 1 where id = ${second}`.execute(trx);
  });
  await Promise.all([fill(1, 2), fill(2, 1)]);
  expect([runs, told.sort()]).toEqual([3, [1, 2]]);
  expect((await sql`select books from shelf`.execute(db)).rows).toEqual([{ books: 2 }, { books: 2 }]);
  await close();
});

test("what waits for another again and again is given up at the fourth time, with what PostgreSQL said", async () => {
  const { db, close } = await migratedDatabase();
  let runs = 0;
  await expect(inTransaction(db, async (trx) => {
    runs += 1;
    await sql`do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$`.execute(trx);
  })).rejects.toThrow("deadlock detected");
  expect(runs).toBe(4);
  await close();
});
