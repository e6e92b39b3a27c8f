import fc from "fast-check";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ok, type CustomerId, type E164, type Millis, type UserId } from "@ringdesk/std";
import { callBelongings } from "../calls/wiring.ts";
import { conversationBelongings, createTimeline } from "../conversations/wiring.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { newId } from "../kernel/index.ts";
import { inTransaction } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import { customersOver } from "./customers.fake.ts";
import type { Customers } from "./index.ts";

/** Histories; RUNS=200 for many. */
const HISTORIES = Number(process.env["RUNS"] ?? 8);
const PEOPLE = 5;
const admin = "admin" as UserId;
let database: Awaited<ReturnType<typeof migratedDatabase>>;
let customers: Customers;
let timeline: ReturnType<typeof createTimeline>;
beforeAll(async () => {
  database = await migratedDatabase();
  timeline = createTimeline({ db: database.db, log: pino({ level: "silent" }), changed: () => undefined });
  customers = customersOver(database.db, createFakeClock(), { belongings: [conversationBelongings({ changed: () => undefined }), callBelongings], readNumber: (text) => ok(text as E164) });
});
afterAll(() => database.close());

type Step = { readonly do: "merge"; readonly kept: number; readonly other: number } | { readonly do: "note" | "remove"; readonly who: number };
const who = fc.nat(PEOPLE - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("merge" as const), kept: who, other: who }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("note" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), who }) },
);

/** What should be: who each person is by now, with what was written about them. */
function createModel(people: readonly CustomerId[]) {
  const owner: (CustomerId | null)[] = [...people];
  const notes = new Map<CustomerId, string[]>(people.map((id) => [id, []]));
  const notesOf = (id: CustomerId): string[] => notes.get(id) ?? [];
  return {
    owner, notesOf,
    merge: (kept: CustomerId, other: CustomerId) => {
      notesOf(kept).push(...notesOf(other).splice(0));
      owner.forEach((id, at) => { if (id === other) owner[at] = kept; });
    },
    remove: (gone: CustomerId) => { owner.forEach((id, at) => { if (id === gone) owner[at] = null; }); },
  };
}

let next = 0;
async function play(steps: readonly Step[]): Promise<void> {
  const people: CustomerId[] = [];
  const numbers: E164[] = [];
  for (let at = 0; at < PEOPLE; at += 1) {
    next += 1;
    numbers.push(`+1303${5_000_000 + next}` as E164);
    const made = await customers.create({ name: `P${at}`, numbers: [{ number: numbers[at] ?? "" }] });
    if (!made.ok) throw new Error(made.error.type);
    people.push(made.value.id);
  }
  const model = createModel(people);
  // Everybody goes on using the first id they knew, as calls and bookmarks do.
  const first = (at: number): CustomerId => people[at] as CustomerId;
  for (const each of steps) {
    if (each.do === "merge") {
      const [kept, other] = [model.owner[each.kept] ?? null, model.owner[each.other] ?? null];
      const merged = await customers.merge(first(each.kept), first(each.other), [], admin);
      expect(merged.ok).toBe(kept !== null && other !== null && kept !== other);
      if (kept !== null && other !== null && kept !== other) model.merge(kept, other);
    } else if (each.do === "note") {
      const id = newId<string & never>();
      await inTransaction(database.db, (trx) => timeline.put(trx, first(each.who), { id, kind: "note", at: 1 as Millis, conversationId: null, author: "Ana", text: id }));
      const owner = model.owner[each.who] ?? null;
      if (owner !== null) model.notesOf(owner).push(id);
    } else {
      const owner = model.owner[each.who] ?? null;
      expect((await customers.remove(first(each.who), admin)).ok).toBe(owner !== null);
      if (owner !== null) model.remove(owner);
    }
  }
  for (const [at, id] of people.entries()) {
    const owner = model.owner[at] ?? null;
    expect(await customers.get(id)).toMatchObject(owner === null ? { ok: false } : { value: { id: owner, numbers: expect.arrayContaining([numbers[at]]) } });
    const page = await timeline.page(id, undefined, 200);
    expect(page.ok && page.value.items.map((entry) => entry.id).sort()).toEqual(owner === null ? [] : [...model.notesOf(owner)].sort());
  }
}

test("CRM-1 after any history of merging, writing and deleting, every id leads to the right customer, with all that was written", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), play), { numRuns: HISTORIES });
  const chains = await sql`select 1 from customers a join customers b on b.id = a.merged_into where b.merged_into is not null`.execute(database.db);
  expect(chains.rows).toEqual([]);
});
