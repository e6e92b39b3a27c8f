import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Millis, UserId } from "@ringdesk/std";
import { createFakeClock } from "./kernel/clock.fake.ts";
import { newId } from "./kernel/index.ts";
import { customersOver } from "./customers/customers.fake.ts";
import { insertCustomer } from "./customers/wiring.ts";
import { parseNumber } from "./numbers/index.ts";
import { createNumbers, insertNumber, selectNumbers } from "./numbers/wiring.ts";
import type { SetupMade } from "./organisation/index.ts";
import { seedQueue } from "./routing/wiring.ts";
import { seedStandardSearch } from "./searches/wiring.ts";
import { createWorkspaceSeed, greetingOf } from "./sample.ts";
import { createTeamsStore, insertTeam } from "./teams/wiring.ts";
import { migratedDatabase } from "./test-database.ts";

const owner = { id: "owner" as UserId, name: "Olga Owner", email: "ana@smithsons.example", role: "admin" } as const;
const seed = createWorkspaceSeed({ queue: seedQueue, team: insertTeam, number: insertNumber, customer: insertCustomer, search: seedStandardSearch });
let database: Awaited<ReturnType<typeof migratedDatabase>>;
beforeAll(async () => { database = await migratedDatabase(); });
afterAll(() => database.close());

/** The first start in a transaction that is undone at the end. */
async function firstStart<T>(change: { readonly sample: boolean; readonly country?: "US" | "CA" }, look: (trx: Parameters<typeof seed>[0], made: Awaited<ReturnType<typeof seed>>) => Promise<T>): Promise<T> {
  class Undo extends Error {}
  let seen: T | undefined;
  await database.db.transaction().execute(async (trx) => {
    const addUser = async (u: { readonly id: UserId; readonly name: string; readonly email: string; readonly role: string }) => {
      await sql`insert into users (id, name, email, role, password_hash, created_at) values (${u.id}, ${u.name}, ${u.email}, ${u.role}, '-', 1)`.execute(trx);
    };
    await addUser(owner);
    const made: SetupMade = {
      organisation: { name: "Smith & Sons", timeZone: "UTC", country: change.country ?? "US" }, owner, now: 1_000 as Millis, sample: change.sample,
      createUser: async ({ name, email, role }) => {
        const user = { id: newId<UserId>(), name, email, role };
        await addUser(user);
        return { user, password: "generated" };
      },
    };
    seen = await look(trx, await seed(trx, made));
    throw new Undo();
  }).catch((error: unknown) => { if (!(error instanceof Undo)) throw error; });
  return seen as T;
}

test("ORG-1 the sample workspace has all that a first call needs", async () => {
  await firstStart({ sample: true }, async (trx, made) => {
    expect(made.supportNumber).toBe("+12025550100");
    expect(made.sampleUsers.map((u) => [u.name, u.email])).toEqual([["Ana Silva", "ana.agent@smithsons.example"], ["Ben Okafor", "ben@smithsons.example"]]);
    const numbers = await createNumbers(() => selectNumbers(trx));
    const number = numbers.standard();
    expect(number).toMatchObject({ number: "+12025550100", carrier: "sandbox", recording: true, greeting: greetingOf("Smith & Sons") });
    const [team] = await createTeamsStore(trx).teams();
    expect(team).toMatchObject({ displayName: "Support", routingEnabled: true, queues: [number?.queueId] });
    expect(team?.members).toHaveLength(3);
    expect(team?.members).toContain(owner.id);
    const queues = await sql<{ display_name: string; voice_enabled: boolean; is_default: boolean }>`select display_name, voice_enabled, is_default from queues order by is_default`.execute(trx);
    expect(queues.rows).toEqual([{ display_name: "Support", voice_enabled: true, is_default: false }, { display_name: "Default queue", voice_enabled: false, is_default: true }]);
    const customers = await customersOver(trx, createFakeClock()).search({ limit: 10 });
    expect(customers).toMatchObject({ ok: true, value: { items: [{ vip: expect.any(Boolean) }, {}, {}] } });
    for (const c of customers.ok ? customers.value.items : []) for (const n of c.numbers) expect(parseNumber(n, "US")).toEqual({ ok: true, value: n });
  });
});

test("ORG-1 in Canada the number is a Canadian one", async () => {
  await firstStart({ sample: true, country: "CA" }, async (_, made) => expect(made.supportNumber).toBe("+16135550100"));
});

test("ORG-1 without the sample there is the default queue and nothing else", async () => {
  await firstStart({ sample: false }, async (trx, made) => {
    expect(made).toEqual({ sampleUsers: [], supportNumber: null });
    expect((await sql`select 1 from queues where is_default`.execute(trx)).rows).toHaveLength(1);
    for (const table of ["teams", "customers", "support_numbers"]) expect((await sql`select 1 from ${sql.table(table)}`.execute(trx)).rows, table).toHaveLength(0);
  });
});
