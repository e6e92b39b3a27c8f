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
