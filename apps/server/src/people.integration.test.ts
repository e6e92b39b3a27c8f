// Users, permission sets, teams, sub-statuses and the audit log by their routes, on a real PostgreSQL.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { API_BASE, api, type Account, type OperationId, type Route, type SubStatus, type TeamView, type UserLink } from "@ringdesk/contract/http";
import type { QueueId, UserId } from "@ringdesk/std";
import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFactLog, type FactLogService } from "./facts/wiring.ts";
import { createSystemClock } from "./kernel/index.ts";
import {
  auditProjection, createAccounts, createAccountStore, createAudit, createAuditReader, createEntrance, createOrganisationStore, createPasswords, createPermissionSets, createSetup,
  createThrottle, openDirectory, openSessions, organisationRoutes, peopleRoutes,
} from "./organisation/wiring.ts";
import type { Handlers } from "./platform/http.ports.ts";
import { createHttpServer } from "./platform/wiring.ts";
import { createAgents, createStatusHistory, createSubStatusStore, createTeamSettings, createTeamsStore, openSubStatuses, statusHistoryProjection, teamsRoutes } from "./teams/wiring.ts";
import { migratedDatabase } from "./test-database.ts";

const log = pino({ level: "silent" });
const OWNER = { name: "Olga Owner", email: "olga@acme.example", password: "quiet river under bridges" };
const queue = "q1" as QueueId;
const waiting = new Map<QueueId, number>();
const onCall = new Set<UserId>();
const left: UserId[] = [];
const told: UserId[] = [];
const changed = (user: UserId): void => { told.push(user); };

let database: Awaited<ReturnType<typeof migratedDatabase>>;
let facts: FactLogService;
let app: FastifyInstance;
let house: Awaited<ReturnType<typeof build>>;
let owner = "";

async function build() {
  const { db } = database;
  const clock = createSystemClock();
  const store = createOrganisationStore(db);
  const accountStore = createAccountStore(db);
  const directory = await openDirectory(store, accountStore);
  const audit = createAudit({ facts, clock, log });
  const passwords = createPasswords();
  const throttle = createThrottle(clock);
  const isOnCall = (user: UserId): boolean => onCall.has(user);
  const sessions = await openSessions({ store, directory, passwords, throttle, audit, clock, log, isOnCall });
  const agents = await createAgents({ clock, facts, log, store: createTeamsStore(db), surroundings: { isOnCall, isVoiceQueue: (id) => id === queue, isActive: directory.isActive } });
  directory.onChanged(agents.usersChanged);
  const statuses = await openSubStatuses({ store: createSubStatusStore(db), audit, clock });
  const teams = createTeamSettings({ db, agents, directory, audit, clock, changed: () => undefined, queue: (id) => (id === queue ? { name: "Support", waiting: waiting.get(id) ?? 0 } : null) });
  const setUp = createSetup({ store, directory, sessions, passwords, audit, clock, seed: async () => ({ sampleUsers: [], supportNumber: null }), afterSetup: () => agents.reload() });
  const accounts = createAccounts({ store: accountStore, directory, sessions, audit, clock, isOnCall, changed, transaction: store.transaction, left: (user) => { left.push(user); agents.setStatus(user, "unavailable", "deactivated"); } });
  const entrance = createEntrance({ store: accountStore, directory, sessions, passwords, throttle, audit, clock, transaction: store.transaction });
  const handlers = {
    ...organisationRoutes({ directory, sessions, setUp, sandbox: true }),
    ...peopleRoutes({ directory, accounts, entrance, sessions, auditReader: createAuditReader(db), sets: createPermissionSets({ store: accountStore, directory, audit, clock, changed }), sandbox: true }),
    ...teamsRoutes({ teams, statuses, history: createStatusHistory(db) }),
  } as unknown as Handlers;
  const server = await createHttpServer({
    log, handlers, webFolder: await mkdtemp(join(tmpdir(), "rd-web-")), version: "1", publicUrl: "http://127.0.0.1", tls: null, nowMs: clock.now, findSession: sessions.find,
    rawRoutes: [], operations: { checks: async () => ({}), gauges: () => ({}) },
  });
  return { server, agents, statuses, sessions, directory };
}

type Ask = { readonly as?: string; readonly params?: Readonly<Record<string, string>>; readonly query?: string; readonly body?: unknown };
type Reply = { readonly status: number; readonly json: Record<string, unknown>; readonly cookie: string };
async function ask(operation: OperationId, { as = owner, params = {}, query = "", body }: Ask = {}): Promise<Reply> {
  const { method, path }: Route = api[operation];
  const url = API_BASE + path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? "") + query;
  const reply = await app.inject({ method, url, headers: { host: "127.0.0.1", ...(as === "" ? {} : { cookie: as }) }, ...(body === undefined ? {} : { payload: body as object }) });
  return { status: reply.statusCode, json: reply.json(), cookie: String(reply.headers["set-cookie"] ?? "").split(";")[0] ?? "" };
}
const tokenOf = (link: UserLink): string => link.path.split("/").at(-1) ?? "";
const fields = ({ json }: Reply): unknown => (json["errors"] as { pointer: string }[] | undefined)?.map((each) => each.pointer);

/** Somebody who was invited and has come. */
async function newcomer(name: string, role = "agent"): Promise<{ id: UserId; cookie: string; email: string; password: string }> {
  const email = `${name.toLowerCase()}@acme.example`;
  const password = `${name} walks over seven hills`;
  const { account, link } = (await ask("inviteUser", { body: { email, name, role } })).json as unknown as { account: Account; link: UserLink };
  const came = await ask("acceptInvitation", { as: "", params: { token: tokenOf(link) }, body: { password } });
  expect(came.status).toBe(200);
  return { id: account.id, cookie: came.cookie, email, password };
}
const auditOf = async (what: string) => (await ask("listAuditEntries", { query: `?what=${what}` })).json["items"] as { what: string; whoName: string; before: unknown; after: unknown }[];

beforeAll(async () => {
  database = await migratedDatabase();
  facts = await createFactLog({ db: database.db, journalFolder: await mkdtemp(join(tmpdir(), "rd-people-")), projections: [auditProjection, statusHistoryProjection], clock: createSystemClock(), log, alarm: () => undefined });
  await sql`insert into queues (id, name, display_name, voice_enabled, created_at) values (${queue}, 'support', 'Support', true, 1)`.execute(database.db);
  house = await build();
  app = house.server;
  await app.ready();
  owner = (await ask("runSetup", { as: "", body: { organisation: { name: "Acme", timeZone: "UTC", country: "US" }, owner: OWNER, sample: false } })).cookie;
});
afterAll(async () => {
  house.sessions.stop();
  house.agents.stop();
  await app.close();
  await house.agents.settled();
  await facts.close();
  await database.close();
});

describe("ORG-2 users", () => {
  test("an invitation lets in once, sets the password and signs in; its secret is nowhere in the database", async () => {
    const invited = await ask("inviteUser", { body: { email: "Ana@acme.example", name: "Ana", role: "agent" } });
    const { account, link } = invited.json as unknown as { account: Account; link: UserLink };
    expect(account).toMatchObject({ state: "invited", role: "agent", linkExpiresAt: link.expiresAt });
    expect(link.expiresAt - account.createdAt).toBe(7 * 86_400_000);
    const token = tokenOf(link);
    expect((await sql<{ token_hash: string }>`select token_hash from user_links`.execute(database.db)).rows.some((row) => row.token_hash === token)).toBe(false);
    expect((await ask("getInvitation", { as: "", params: { token } })).json).toEqual({ purpose: "invitation", name: "Ana", email: "Ana@acme.example", organisation: "Acme" });
    expect((await ask("signIn", { as: "", body: { email: "ana@acme.example", password: "whatever it may be" } })).json["code"]).toBe("credentials-wrong");

    expect(fields(await ask("acceptInvitation", { as: "", params: { token }, body: { password: "aaaaaaaaaaaaaaaaaaaa" } }))).toEqual(["/password"]);
    const both = await Promise.all([1, 2].map(() => ask("acceptInvitation", { as: "", params: { token }, body: { name: "Ana Silva", password: "seven boats on a lake" } })));
    expect(both.map((each) => each.status).sort()).toEqual([200, 404]);
    const came = both.find((each) => each.status === 200);
    expect(came?.json).toMatchObject({ user: { name: "Ana Silva", role: "agent" }, permissions: ["listen-recordings"] });
    expect((await ask("getSession", { as: came?.cookie ?? "" })).status).toBe(200);
    expect((await ask("getInvitation", { as: "", params: { token } })).json["code"]).toBe("link-over");
    expect((await ask("signIn", { as: "", body: { email: "ana@acme.example", password: "seven boats on a lake" } })).status).toBe(200);
  });

  test("an address is invited once; a newer link replaces the older; an old one is over; a withdrawn one too", async () => {
    const { account, link } = (await ask("inviteUser", { body: { email: "bo@acme.example", name: "Bo", role: "agent" } })).json as unknown as { account: Account; link: UserLink };
    expect(fields(await ask("inviteUser", { body: { email: "BO@acme.example", name: "Bo", role: "agent" } }))).toEqual(["/email"]);
    const { link: newer } = (await ask("issueLink", { params: { id: account.id } })).json as unknown as { link: UserLink };
    const works = async (each: UserLink) => (await ask("getInvitation", { as: "", params: { token: tokenOf(each) } })).status;
    expect([await works(link), await works(newer)]).toEqual([404, 200]);
    await sql`update user_links set expires_at = ${Date.now() - 1}`.execute(database.db);
    expect(await works(newer)).toBe(404);
    expect((await ask("acceptInvitation", { as: "", params: { token: tokenOf(newer) }, body: { password: "seven boats on a lake" } })).json["code"]).toBe("link-over");
    expect((await ask("withdrawInvitation", { params: { id: account.id } })).status).toBe(200);
    expect(((await ask("listAccounts")).json["items"] as Account[]).some((each) => each.id === account.id)).toBe(false);
  });

  test("role and name change at once, also for who is signed in; the owner stays an admin; nobody changes their own role", async () => {
    const dana = await newcomer("Dana");
    expect((await ask("listAccounts", { as: dana.cookie })).status).toBe(403);
    expect((await ask("updateAccount", { params: { id: dana.id }, body: { role: "admin", name: "Dana D." } })).json).toMatchObject({ role: "admin", name: "Dana D." });
    expect((await ask("listAccounts", { as: dana.cookie })).status).toBe(200);
    expect((await ask("updateAccount", { as: dana.cookie, params: { id: dana.id }, body: { role: "agent" } })).json["code"]).toBe("not-yourself");
    const { user } = (await ask("getSession")).json as { user: { id: string } };
    expect((await ask("updateAccount", { as: dana.cookie, params: { id: user.id }, body: { role: "agent" } })).json["code"]).toBe("owner-stays");
    expect((await ask("deactivateUser", { as: dana.cookie, params: { id: user.id } })).json["code"]).toBe("owner-stays");
    expect((await ask("deactivateUser", { as: dana.cookie, params: { id: dana.id } })).json["code"]).toBe("not-yourself");
    await expect(sql`update users set role = 'agent' where is_owner`.execute(database.db)).rejects.toThrow(/check/);
    expect(await auditOf("user.changed")).toMatchObject([{ whoName: OWNER.name, before: { role: "agent", name: "Dana" }, after: { role: "admin", name: "Dana D." } }]);
  });

  test("who is deactivated is out at once and takes no calls, but not in the middle of one; reactivated they sign in again", async () => {
    const eve = await newcomer("Eve");
    house.agents.setStatus(eve.id, "available", "chosen");
    onCall.add(eve.id);
    expect((await ask("deactivateUser", { params: { id: eve.id } })).json).toMatchObject({ code: "on-call", title: "Eve is on a call" });
    onCall.delete(eve.id);
    expect((await ask("deactivateUser", { params: { id: eve.id } })).json).toMatchObject({ state: "deactivated" });
    expect(left).toEqual([eve.id]);
    expect(house.agents.status(eve.id).value).toBe("unavailable");
    expect((await ask("getSession", { as: eve.cookie })).status).toBe(401);
    expect((await ask("signIn", { as: "", body: { email: eve.email, password: eve.password } })).json["code"]).toBe("credentials-wrong");
    expect(house.directory.users().some((user) => user.id === eve.id)).toBe(false);
    expect((await ask("listUsers")).json["items"]).toContainEqual(expect.objectContaining({ id: eve.id, name: "Eve", active: false }));
    expect((await ask("issueLink", { params: { id: eve.id } })).status).toBe(409);
    await ask("reactivateUser", { params: { id: eve.id } });
    expect((await ask("signIn", { as: "", body: { email: eve.email, password: eve.password } })).status).toBe(200);
  });

  test("a password: changed by its owner, other sessions end; set anew by a link from an admin", async () => {
    const finn = await newcomer("Finn");
    const second = (await ask("signIn", { as: "", body: { email: finn.email, password: finn.password } })).cookie;
    expect(fields(await ask("changePassword", { as: second, body: { current: "not this one", password: "eleven geese fly south" } }))).toEqual(["/current"]);
    expect((await ask("changePassword", { as: second, body: { current: finn.password, password: "eleven geese fly south" } })).status).toBe(200);
    expect([(await ask("getSession", { as: finn.cookie })).status, (await ask("getSession", { as: second })).status]).toEqual([401, 200]);
    const { link } = (await ask("issueLink", { params: { id: finn.id } })).json as unknown as { link: UserLink };
    expect((await ask("getInvitation", { as: "", params: { token: tokenOf(link) } })).json["purpose"]).toBe("new-password");
    expect((await ask("acceptInvitation", { as: "", params: { token: tokenOf(link) }, body: { name: "Somebody else", password: "four clouds in a row" } })).json).toMatchObject({ user: { name: "Finn" } });
    expect((await ask("getSession", { as: second })).status).toBe(401);
    expect((await ask("signIn", { as: "", body: { email: finn.email, password: "four clouds in a row" } })).status).toBe(200);
  });

  test("a permission set grants an agent what their role does not, at once; one in use stays", async () => {
    const gus = await newcomer("Gus");
    const history = () => ask("getStatusHistory", { as: gus.cookie, params: { id: gus.id } });
    expect((await history()).json["code"]).toBe("forbidden");
    const set = (await ask("createPermissionSet", { body: { name: "Reporters", permissions: ["reporting"] } })).json;
    expect(fields(await ask("createPermissionSet", { body: { name: "reporters", permissions: [] } }))).toEqual(["/name"]);
    await ask("updateAccount", { params: { id: gus.id }, body: { permissionSetId: set["id"] } });
    expect((await history()).status).toBe(200);
    expect((await ask("getSession", { as: gus.cookie })).json["permissions"]).toEqual(["reporting"]);
    expect((await ask("deletePermissionSet", { params: { id: String(set["id"]) } })).json).toMatchObject({ code: "set-in-use", detail: "Give another one to Gus first." });
    await ask("updatePermissionSet", { params: { id: String(set["id"]) }, body: { permissions: ["export"] } });
    expect(told.slice(-2)).toEqual([gus.id, gus.id]); // their pages hear of both
    expect((await history()).status).toBe(403);
    await ask("updateAccount", { params: { id: gus.id }, body: { permissionSetId: null } });
    expect((await ask("deletePermissionSet", { params: { id: String(set["id"]) } })).status).toBe(200);
    expect((await auditOf("permission-set")).map((entry) => entry.what)).toEqual(["permission-set.deleted", "permission-set.changed", "permission-set.created"]);
  });
});

describe("teams", () => {
  test("TEAM-1 TEAM-2 TEAM-3 a team is made, filled and routed; its members get the dialer at once", async () => {
    const hal = await newcomer("Hal");
    const made = (await ask("createTeam", { body: { name: "support", displayName: "Support" } })).json as unknown as TeamView;
    expect(made).toMatchObject({ routingEnabled: false, members: [], queues: [], routeWhenOverCapacity: false, capacity: { sms: 5, email: 5, chat: 3, total: 10 } });
    expect(fields(await ask("createTeam", { body: { name: "SUPPORT", displayName: "Other" } }))).toEqual(["/name"]);
    const change = (body: unknown) => ask("updateTeam", { params: { id: made.id }, body });
    expect((await change({ members: [hal.id] })).json["withoutDialer"]).toEqual([{ userId: hal.id, why: expect.stringContaining("Routing is turned off") as string }]);
    expect((await change({ routingEnabled: true })).json["withoutDialer"]).toEqual([{ userId: hal.id, why: expect.stringContaining("no queue that accepts voice") as string }]);
    expect(house.agents.dialer(hal.id).allowed).toBe(false);
    expect((await change({ queues: [queue], capacity: { sms: 1, email: 2, chat: 3, total: 4 }, routeWhenOverCapacity: true })).json["withoutDialer"]).toEqual([]);
    expect(house.agents.dialer(hal.id).allowed).toBe(true);
    expect(house.agents.profiles(hal.id, queue)).toMatchObject([{ routeWhenOverCapacity: true, capacity: { sms: 1, email: 2, chat: 3, total: 4 } }]);
    expect(fields(await change({ queues: ["nowhere"] }))).toEqual(["/queues"]);
    expect(fields(await change({ members: ["nobody"] }))).toEqual(["/members"]);
    expect(fields(await change({ capacity: { sms: 1, email: 2, chat: 3, total: 0 } }))).toEqual(["/capacity/total"]);
    expect((await auditOf("team.changed"))[0]).toMatchObject({ before: { routeWhenOverCapacity: false, queues: [] }, after: { routeWhenOverCapacity: true, queues: [queue] } });
    const entries = await auditOf("team.changed");
    await change({ queues: [queue], members: [hal.id] });
    expect(await auditOf("team.changed")).toHaveLength(entries.length); // nothing has changed
  });

  test("two profiles that contradict each other for the same people are pointed out; who is deactivated serves no queue", async () => {
    const ida = await newcomer("Ida");
    const first = (await ask("listTeams")).json["items"] as TeamView[];
    const support = first.find((team) => team.name === "support");
    await ask("updateTeam", { params: { id: support?.id ?? "" }, body: { members: [...support?.members ?? [], ida.id] } });
    const other = (await ask("createTeam", { body: { name: "night", displayName: "Night shift" } })).json as unknown as TeamView;
    const both = await ask("updateTeam", { params: { id: other.id }, body: { members: [ida.id], queues: [queue], routingEnabled: true } });
    expect(both.json["warnings"]).toEqual(["Support has another profile for Support, where Ida is in both teams. They get a conversation when either profile has room."]);
    expect(house.agents.profiles(ida.id, queue)).toHaveLength(2);
    expect(house.agents.eligibleFor(queue)).toContain(ida.id);
    await ask("deactivateUser", { params: { id: ida.id } });
    expect(house.agents.eligibleFor(queue)).not.toContain(ida.id);
    expect(((await ask("listTeams")).json["items"] as TeamView[]).find((team) => team.id === other.id)?.members).toEqual([ida.id]); // still a member, for when they come back
  });

  test("deleting the last team of a queue in which calls wait asks first", async () => {
    const teams = (await ask("listTeams")).json["items"] as TeamView[];
    waiting.set(queue, 2);
    const remove = (name: string, query = "") => ask("deleteTeam", { params: { id: teams.find((team) => team.name === name)?.id ?? "" }, query });
    expect((await remove("night")).status).toBe(200);
    expect((await remove("support")).json).toMatchObject({ code: "calls-would-strand", detail: "2 in Support. Without the team they wait until they time out." });
    expect((await remove("support", "?confirm=true")).status).toBe(200);
    expect(house.agents.eligibleFor(queue)).toEqual([]);
    waiting.clear();
  });
});

describe("statuses", () => {
  test("STAT-1 STAT-6 sub-statuses are made, ordered and retired; the history keeps their names", async () => {
    const make = async (status: string, name: string) => (await ask("createSubStatus", { body: { status, name } })).json as unknown as SubStatus;
    const [lunch, coffee, training] = [await make("unavailable", "Lunch"), await make("unavailable", "Coffee"), await make("busy", "Training")];
    expect(fields(await ask("createSubStatus", { body: { status: "unavailable", name: "lunch" } }))).toEqual(["/name"]);
    expect(fields(await ask("createSubStatus", { body: { status: "available", name: "Keen" } }))).toEqual(["/status"]);
    await ask("updateSubStatus", { params: { id: coffee.id }, body: { move: -1 } });
    const names = async () => ((await ask("listSubStatuses")).json["items"] as SubStatus[]).map((each) => each.name);
    expect(await names()).toEqual(["Training", "Coffee", "Lunch"]);
    expect([house.statuses.choose("unavailable", lunch.id).ok, house.statuses.choose("busy", lunch.id).ok, house.statuses.choose("busy", training.id).ok]).toEqual([true, false, true]);

    const jo = await newcomer("Jo");
    house.agents.setStatus(jo.id, "unavailable", "chosen", { id: lunch.id, name: "Lunch" });
    house.agents.setStatus(jo.id, "busy", "chosen", { id: training.id, name: "Training" });
    await house.agents.settled();
    await ask("updateSubStatus", { params: { id: lunch.id }, body: { name: "Meal", retired: true } });
    expect(house.statuses.choose("unavailable", lunch.id).ok).toBe(false);
    const { items, nextCursor } = (await ask("getStatusHistory", { params: { id: jo.id }, query: "?limit=1" })).json as { items: unknown[]; nextCursor: string };
    expect(items).toMatchObject([{ status: "busy", subStatusName: "Training", why: null }]);
    expect((await ask("getStatusHistory", { params: { id: jo.id }, query: `?cursor=${nextCursor}` })).json).toMatchObject({ items: [{ status: "unavailable", subStatusName: "Lunch" }], nextCursor: null });
    expect(await createTeamsStore(database.db).statuses()).toContainEqual(expect.objectContaining({ user: jo.id, status: "busy", subStatus: { id: training.id, name: "Training" } }));
  });
});

describe("ORG-4 the audit log", () => {
  test("is read newest first, page by page, by person, kind and time; only by admins", async () => {
    const page = (await ask("listAuditEntries", { query: "?limit=2" })).json as { items: { seq: number }[]; nextCursor: string };
    const next = (await ask("listAuditEntries", { query: `?limit=2&cursor=${page.nextCursor}` })).json as { items: { seq: number }[] };
    const seqs = [...page.items, ...next.items].map((entry) => entry.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    expect(new Set(seqs).size).toBe(4);
    const { user } = (await ask("getSession")).json as { user: { id: string } };
    const mine = (await ask("listAuditEntries", { query: `?who=${user.id}&what=team&limit=200` })).json["items"] as { who: string; what: string }[];
    expect(mine.length).toBeGreaterThan(3);
    expect(mine.every((entry) => entry.who === user.id && entry.what.startsWith("team"))).toBe(true);
    expect((await ask("listAuditEntries", { query: `?from=${Date.now() + 60_000}` })).json["items"]).toEqual([]);
    const kay = await newcomer("Kay", "manager");
    expect((await ask("listAuditEntries", { as: kay.cookie })).status).toBe(403);
  });

  test("holds no secrets", async () => {
    const { rows } = await sql<{ all: string }>`select string_agg(coalesce(before::text, '') || coalesce(after::text, ''), ' ') as all from audit_log`.execute(database.db);
    expect(rows[0]?.all).not.toMatch(/argon2|seven boats|geese|invitation\//);
  });
});
