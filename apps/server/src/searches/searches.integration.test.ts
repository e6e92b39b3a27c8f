import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everything, type Criteria } from "@ringdesk/contract/criteria";
import { BULK_UNDO_MS, conversationLine, permissionsOf, usualColumns, usualSort, type Conversation, type ConversationLine, type SearchSort } from "@ringdesk/contract/http";
import { err, ok, type ConversationId, type Millis, type QueueId, type SearchId, type UserId } from "@ringdesk/std";
import type { ConversationBefore } from "../conversations/index.ts";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { inTransaction } from "../platform/index.ts";
import { migratedDatabase } from "../test-database.ts";
import type { ConversationDesk, NewSearch, Searcher } from "./searches.ports.ts";
import { createBulk, createSearches, searchExportRoute, searchRoutes, seedStandardSearch } from "./wiring.ts";

const CONVERSATIONS = 30;
const clock = createFakeClock();
const audited: string[] = [];
const audit = { record: async (_: UserId | null, what: string) => { audited.push(what); } };
const directory = { permissions: (id: UserId) => permissionsOf(id === "mona" ? "manager" : "agent", null) };
const mona: Searcher = { id: "mona" as UserId, name: "Mona", permissions: directory.permissions("mona" as UserId) };
const ana: Searcher = { id: "ana" as UserId, name: "Ana", permissions: directory.permissions("ana" as UserId) };
const standardId = "default-queue-calls" as SearchId;
const open: Criteria = { match: "all", items: [{ field: "conversation.status", operator: "is", value: "open" }] };
const given = (name: string, more: Partial<NewSearch> = {}): NewSearch => ({ name, criteria: open, sort: usualSort, columns: usualColumns, shared: false, ...more });

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let searches: Awaited<ReturnType<typeof createSearches>>;
beforeAll(async () => {
  database = await migratedDatabase();
  await inTransaction(database.db, async (trx) => {
    for (const id of ["mona", "ana"]) await sql`insert into users (id, name, email, role, password_hash, created_at) values (${id}, ${id}, ${`${id}@a.example`}, 'agent', '-', 1)`.execute(trx);
    for (const id of ["default", "support"]) await sql`insert into queues (id, name, display_name, is_default, created_at) values (${id}, ${id}, ${id}, ${id === "default"}, 1)`.execute(trx);
    await seedStandardSearch(trx, "default" as QueueId, 1 as Millis);
    for (let i = 0; i < CONVERSATIONS; i += 1) {
      await sql`insert into customers (id, name, created_at, last_activity_at) values (${`c${i}`}, ${i % 3 === 0 ? null : `Name ${i % 5}`}, 1, 1)`.execute(trx);
      await sql`insert into conversations (id, customer_id, channel, status, queue_id, created_at, last_activity_at)
        values (${`v${i}`}, ${`c${i}`}, ${i % 2 === 0 ? "voice" : "email"}, 'open', ${i < 10 ? "default" : "support"}, ${i % 7}, ${i % 4})`.execute(trx);
    }
  });
  searches = await createSearches({ db: database.db, clock, audit, changed: () => undefined });
});
afterAll(() => database.close());

const saved = async (who: Searcher, search: NewSearch) => {
  const made = await searches.create(who, search);
  if (!made.ok) throw new Error(made.error.type);
  return made.value;
};

describe("saved searches", () => {
  test("CRM-4 QUE-5 calls in the default queue are found from the start, and stay", async () => {
    expect(searches.list(ana)[0]).toMatchObject({ id: standardId, name: "Calls in the default queue", shared: true, isStandard: true, mayChange: false });
    expect(await searches.counts(ana)).toMatchObject({ ok: true, value: { [standardId]: 5 } });
    expect(await searches.remove(mona, standardId)).toMatchObject({ error: { type: "search-fixed", why: "standard" } });
    expect(await searches.change(mona, standardId, { name: "Mine" })).toMatchObject({ error: { type: "search-fixed", why: "standard" } });
  });
  test("one's own are nobody else's; shared ones are changed by who may manage searches", async () => {
    const own = await saved(ana, given("Ana's"));
    const shared = await saved(mona, given("Team's", { shared: true }));
    expect(searches.list(mona).map((s) => s.name)).not.toContain("Ana's");
    expect(await searches.run(mona, own.id, { limit: 1 })).toMatchObject({ error: { type: "search-missing" } });
    expect(searches.list(ana).find((s) => s.id === shared.id)).toMatchObject({ mayChange: false });
    for (const refused of [await searches.create(ana, given("x", { shared: true })), await searches.change(ana, shared.id, { name: "x" }), await searches.change(ana, own.id, { shared: true }), await searches.remove(ana, shared.id)]) {
      expect(refused).toEqual({ ok: false, error: { type: "search-fixed", why: "permission" } });
    }
    expect(await searches.create(mona, given("TEAM'S", { shared: true }))).toEqual({ ok: false, error: { type: "search-name-taken" } });
    expect(await searches.change(mona, shared.id, { name: "Ours", criteria: everything })).toMatchObject({ value: { name: "Ours", criteria: everything } });
    expect(await searches.remove(ana, own.id)).toEqual({ ok: true, value: undefined });
    expect(audited).toEqual(["search.shared", "search.changed"]);
  });
  test("are the same after a restart", async () => {
    const again = await createSearches({ db: database.db, clock, audit, changed: () => undefined });
    expect(again.list(mona)).toEqual(searches.list(mona));
  });
});

describe("results", () => {
  const sorts: readonly SearchSort[] = (["created", "last-activity", "customer-name"] as const).flatMap((by) => (["asc", "desc"] as const).map((direction) => ({ by, direction })));
  test.each(sorts)("API-1 pages hold every conversation once, by $by $direction", async (sort) => {
    const seen: { id: string; key: string | number }[] = [];
    let cursor: string | undefined;
    do {
      const page = await searches.preview(mona, everything, sort, { cursor, limit: 7 });
      if (!page.ok) throw new Error(page.error.type);
      expect(page.value.count).toBe(cursor === undefined ? CONVERSATIONS : null);
      conversationLine.array().parse(page.value.items);
      seen.push(...page.value.items.map((c) => ({ id: c.id, key: sort.by === "created" ? c.createdAt : sort.by === "last-activity" ? c.lastActivityAt : (c.customerName ?? "").toLowerCase() })));
      cursor = page.value.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen.map((s) => s.id)).size).toBe(CONVERSATIONS);
    const keys = seen.map((s) => s.key);
    const rising = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sort.direction === "asc" ? rising : rising.reverse());
  });
  test("“me” is whoever looks", async () => {
    const mine = await saved(mona, given("Mine", { shared: true, criteria: { match: "all", items: [{ field: "conversation.assignedTo", operator: "is", value: "me" }] } }));
    await sql`update conversations set assigned_to = 'ana' where id in ('v1', 'v2')`.execute(database.db);
    expect([await searches.counts(ana), await searches.counts(mona)]).toMatchObject([{ value: { [mine.id]: 2 } }, { value: { [mine.id]: 0 } }]);
    expect(await searches.run(ana, mine.id, { limit: 5 })).toMatchObject({ value: { items: [{ assignedTo: "ana" }, { assignedTo: "ana" }] } });
  });
  test("a cursor that is not ours is refused", async () => {
    expect(await searches.preview(mona, everything, usualSort, { cursor: "' or true", limit: 1 })).toEqual({ ok: false, error: { type: "cursor-invalid" } });
  });
  test("CRM-4 are exported whole, however many pages they have", async () => {
    const search = await saved(mona, given("All", { criteria: everything }));
    const names = { queue: (id: string) => id, user: () => null, team: () => null, time: String };
    const route = searchExportRoute({ searches, audit, directory, names });
    expect(route).toMatchObject({ permission: "export" });
    const answer = await route.handle({ params: { id: search.id }, query: {}, range: null }, { user: { id: mona.id, name: "Mona" } } as never);
    if (!answer.ok || answer.value.body === null) throw new Error("no export");
    let text = "";
    for await (const chunk of answer.value.body as AsyncIterable<Buffer | string>) text += String(chunk);
    expect(text.trimEnd().split("\r\n")).toHaveLength(CONVERSATIONS + 1);
    expect(audited.at(-1)).toBe("search.exported");
  });
});

describe("CRM-4 a change of many", () => {
  const changes: [ConversationId, string][] = [];
  const before = (id: ConversationId): ConversationBefore => ({ status: "open", queueId: null, priority: 0, skills: [], assignedTo: ana.id, teamId: null, tags: [id], snoozedUntil: null, waitingSince: null });
  const desk: ConversationDesk = {
    get: async (id) => ok({ id, tags: ["old"], version: 1 } as unknown as ConversationLine),
    change: async (id, command, _, version) => {
      changes.push([id, JSON.stringify(command)]);
      return version === 7 ? err({ type: "conversation-changed", what: "Ana has snoozed it meanwhile." }) : ok({ id } as Conversation);
    },
    changeKeeping: async (id, command) => {
      changes.push([id, JSON.stringify(command)]);
      if (id === "v3") return err({ type: "conversation-refused", why: "A call about it is going on." });
      return ok({ now: { id, version: id === "v7" ? 7 : 2 } as Conversation, before: id === "v4" ? null : before(id) });
    },
  };
  const bulk = () => createBulk({ db: database.db, clock, desk, audit });
  const ids = (...numbers: number[]) => ({ ids: numbers.map((n) => `v${n}` as ConversationId) });

  test("QUE-5 what fails for one does not undo the others", async () => {
    expect(await bulk().run(mona, { do: "assign", userId: ana.id }, ids(1, 2, 3, 3))).toEqual(ok({ changed: 2, failed: [{ id: "v3", reason: "A call about it is going on." }], undo: { id: expect.any(String) as unknown, until: clock.now() + BULK_UNDO_MS } }));
    expect(changes.splice(0).map(([id]) => id).sort()).toEqual(["v1", "v2", "v3"]);
  });
  test("reaches all results", async () => {
    expect(await bulk().run(mona, { do: "tag", add: ["new"], remove: ["old"] }, { criteria: { match: "all", items: [{ field: "conversation.queue", operator: "is", value: "default" }] } })).toMatchObject({ value: { changed: 9 } });
    expect(new Set(changes.splice(0).map(([, command]) => command))).toEqual(new Set(['{"do":"describe","tags":["new"]}']));
  });
  test("one at a time for each user", async () => {
    const one = bulk();
    const [first, second] = await Promise.all([one.run(mona, { do: "done" }, ids(1)), one.run(mona, { do: "done" }, ids(2))]);
    expect([first.ok, second]).toEqual([true, err({ type: "bulk-running" })]);
  });
  test("CRM-4 ORG-4 is undone with one step: what has changed since is left alone and told; both are audited", async () => {
    const one = bulk();
    const done = await one.run(mona, { do: "done" }, ids(1, 2, 4, 7));
    if (!done.ok || done.value.undo === null) throw new Error("nothing to undo");
    changes.length = 0;
    const { id } = done.value.undo;
    expect(await one.undo(ana, id)).toEqual(err({ type: "undo-gone" }));
    expect(await one.undo(mona, id)).toEqual(ok({ changed: 2, failed: [{ id: "v7", reason: "Ana has snoozed it meanwhile." }] }));
    expect(new Map(changes.splice(0))).toEqual(new Map(["v1", "v2", "v7"].map((each) => [each, JSON.stringify({ do: "restore", before: before(each as ConversationId) })])));
    expect(audited.slice(-2)).toEqual(["conversations.changed", "conversations.change-undone"]);
    expect(await one.undo(mona, id)).toEqual(err({ type: "undo-gone" }));
  });
  test("only the last can be undone, and not for long; what was as it should be is nothing to undo", async () => {
    const one = bulk();
    const ticket = async (...numbers: number[]) => {
      const done = await one.run(mona, { do: "done" }, ids(...numbers));
      return done.ok ? done.value.undo?.id ?? null : null;
    };
    const [first, second] = [await ticket(1), await ticket(2)];
    expect(await one.undo(mona, first ?? "")).toEqual(err({ type: "undo-gone" }));
    await clock.advance(BULK_UNDO_MS);
    expect(await one.undo(mona, second ?? "")).toEqual(err({ type: "undo-gone" }));
    expect(await ticket(4)).toBeNull();
  });
  test("its routes are all there", () => {
    const routes = searchRoutes({ searches, bulk: bulk(), directory, teams: () => [] });
    expect(Object.keys(routes).sort()).toEqual(["changeConversations", "createSearch", "deleteSearch", "getSearchChoices", "listSearches", "previewSearch", "runSearch", "undoConversationsChange", "updateSearch"]);
  });
});
