// kill -9 of the server at random moments while callers wait, ring, talk, leave messages and are called back. Judged by the
// facts of the calls, as they stand in the database afterwards. RUNS=30 for many kills.
import { randomInt } from "node:crypto";
import type { Desk } from "@ringdesk/contract/http";
import { LIVE_PATH, serverMessage, type ClientMessage } from "@ringdesk/contract/live";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "../../tools/test-postgres.ts";
import { openPhoneBank, type PhoneBank, type Ringing } from "../support/phone-bank.ts";
import { startProduct, until, type ApiClient, type Login, type Product } from "../support/product.ts";
import { wait } from "../support/wait.ts";

const KILLS = Number(process.env["RUNS"] ?? 3);
const CALLS = 20, CALLED_BACK = 2;
/** The first agents answer at phones, the others decline or give up at their desks. */
const PHONES = 4, DESKS = 2;
/** Then all agents go home, and who still waits is to reach the voicemail. */
const SERVED = 8;
/** The shortest that the settings take. */
const UNANSWERED_MS = 30_000;
/** The instants of the switch and of the server, set side by side. */
const SKEW_MS = 50;
/** No phone rings longer for an offer (RTE-2), nor after a server has come back that knows nothing of it. */
const RING_MS = 30_000;
/** For whatever is awaited: a machine may be busy. */
const PATIENCE_MS = 120_000;

type Fact = { readonly stream: string; readonly seq: number; readonly type: string; readonly at: number; readonly data: Record<string, unknown> };
type Agent = { readonly id: string; readonly api: ApiClient; readonly close: () => void };

let postgres: TestPostgres, product: Product, admin: ApiClient, bank: PhoneBank, database: pg.Client;
const agents: Agent[] = [];
/** When each server was dead: what is older is of that server or of one before it. */
const kills: number[] = [];
const soon = (least: number, most: number): Promise<void> => wait(randomInt(least, most));
let atWork = false;

/** Another agent, by invitation. */
async function hire(name: string): Promise<Login> {
  const login = { name, email: `${name.toLowerCase()}@example.com`, password: "seven boats on a lake" };
  const { link } = await admin.send<{ link: { path: string } }>("POST", "/settings/users", { name, email: login.email, role: "agent" });
  const came = await fetch(`${product.baseUrl}/api/v1/invitations/${link.path.split("/").at(-1) ?? ""}`, {
    method: "POST", headers: { "content-type": "application/json", origin: product.baseUrl }, body: JSON.stringify({ password: login.password }),
  });
  expect(came.status).toBe(200);
  return login;
}

const gaveUp = new Set<ApiClient>();
/** What an agent does with what the desk shows; what fails because there is no server is done when the desk is shown again. */
async function work(api: ApiClient, atPhone: boolean, desk: Desk): Promise<void> {
  if (!atWork) return void (desk.status.value === "unavailable" || desk.call !== null || await api.send("PUT", "/desk/status", { status: "unavailable" }));
  if (desk.offer !== null && !atPhone) {
    await soon(100, 600);
    if (gaveUp.has(api) || randomInt(2) > 0) return void await api.send("POST", `/offers/${desk.offer.id}/decline`, {});
    gaveUp.add(api); // once: the caller waits anew after it
    const { callId } = await api.send<{ callId: string }>("POST", `/offers/${desk.offer.id}/accept`, {});
    await soon(100, 1_000);
    await api.send("POST", `/calls/${callId}/hangup`, {}); // before a word: the call is the next in line again
  }
  if (desk.offer !== null || desk.call !== null) return;
  for (const id of new Set([desk.lastCall?.conversationId, desk.status.openConversation?.id])) if (id != null) await api.send("POST", `/conversations/${id}/done`, {}).catch(() => undefined);
  if (desk.status.value !== "available") await api.send("PUT", "/desk/status", { status: "available" });
}

/** A desktop page without a browser; it comes back whenever the server does. */
function openDesk(id: string, api: ApiClient, atPhone: boolean): Agent {
  let closed = false;
  let latest: Desk | null = null;
  let busy = false;
  const tend = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (latest !== null && !closed) {
      const desk = latest;
      latest = null;
      await work(api, atPhone, desk).catch(() => undefined);
    }
    busy = false;
  };
  let socket: WebSocket;
  const connect = (): void => {
    // Node's WebSocket takes headers, which browsers' do not.
    socket = new WebSocket(product.baseUrl.replace("http", "ws") + LIVE_PATH, { headers: { cookie: api.cookie, origin: product.baseUrl } } as unknown as string[]);
    const say = (message: ClientMessage): void => { socket.send(JSON.stringify(message)); };
    socket.addEventListener("open", () => {
      say({ type: "hello", seen: null, tab: id.slice(0, 20) });
      if (!atPhone) say({ type: "desktop", open: true });
    });
    socket.addEventListener("message", ({ data }) => {
      const message = serverMessage.parse(JSON.parse(String(data)));
      if (message.type === "beat") say({ type: "alive" });
      if (message.type !== "update" || message.update.type !== "desk") return;
      latest = message.update.desk;
      void tend();
    });
    socket.addEventListener("error", () => undefined);
    socket.addEventListener("close", () => { if (!closed) setTimeout(connect, 100); });
  };
  connect();
  return { id, api, close: () => { closed = true; socket.close(); } };
}

/** What an agent's phone did, as somebody beside it sees it. */
type PhoneRing = { readonly user: string; readonly from: number; to: number; how: "rings" | "silenced" | "declined" | "answered" };
const phoneRings: PhoneRing[] = [];
/** While the server is being killed nobody touches a phone: what rings then rings for an offer that is gone. */
let handsOff = false;

/** The phones of agents answer most calls and talk a while; those of customers are called back. */
async function rung({ user, answer, decline, silenced }: Ringing): Promise<void> {
  const ring: PhoneRing = { user, from: Date.now(), to: Infinity, how: "rings" };
  const isAgent = user.startsWith("agent");
  if (isAgent) phoneRings.push(ring);
  const become = (how: PhoneRing["how"]): void => { Object.assign(ring, { how, to: Date.now() }); };
  void silenced.then(() => { if (ring.how === "rings") become("silenced"); });
  await soon(100, 800);
  while (isAgent && handsOff && ring.how === "rings") await wait(20);
  if (ring.how !== "rings" || (isAgent && (!atWork || kills.some((kill) => kill > ring.from)))) return;
  if (isAgent && randomInt(5) === 0) {
    become("declined");
    return decline();
  }
  become("answered");
  const call = answer();
  if (!isAgent) return;
  await soon(800, 2_500);
  if (randomInt(2) === 0) await soon(3_000, 5_000); // mostly the caller is sooner
  call.hangUp();
}

/** The facts as they were a moment ago. */
let known: readonly Fact[] = [];
let isOver = false;
let watching: Promise<void> = Promise.resolve();
async function watch(): Promise<void> {
  for (; !isOver; await wait(200)) known = await factsOf();
}
const factsOf = async (): Promise<Fact[]> => (await database.query<Fact>("select stream, seq, type, at::float8 as at, data from facts where stream like 'call:%' order by stream, seq")).rows;
function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}
function streamOf(number: string): readonly Fact[] {
  const stream = known.find((fact) => fact.type === "call.arrived" && fact.data["from"] === number)?.stream;
  return known.filter((fact) => fact.stream === stream);
}
const has = (number: string, type: string): Promise<true> =>
  until(`${type} of ${number}`, async () => streamOf(number).some((fact) => fact.type === type), PATIENCE_MS);

const everybody = (status: "available" | "unavailable") => Promise.all(agents.map(({ api }) => api.send("PUT", "/desk/status", { status }).catch(() => undefined))); // not who is in a call: their desk sees to it

beforeAll(async () => {
  postgres = await startPostgres();
  product = await startProduct({ settings: { DATABASE_URL: postgres.url } });
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  watching = watch();
  admin = await product.signIn(product.owner);
  bank = await openPhoneBank(product.sipPort, (ringing) => void rung(ringing));
  const logins = [...product.agents];
  for (const name of ["Cy", "Dee", "Eve", "Flo"].slice(0, PHONES + DESKS - logins.length)) logins.push(await hire(name));
  const { items: users } = await admin.get<{ items: { id: string; email: string }[] }>("/settings/users");
  const { items: [team] } = await admin.get<{ items: { id: string }[] }>("/settings/teams");
  const ids = logins.map(({ email }) => users.find((user) => user.email === email)?.id ?? "");
  await admin.send("PATCH", `/settings/teams/${team?.id ?? ""}`, { members: ids });
  const { items: [number] } = await admin.get<{ items: { id: string }[] }>("/numbers");
  await admin.send("PATCH", `/numbers/${number?.id ?? ""}`, { greeting: "Hello.", voicemail: { on: true, greeting: "Leave a message." } });
  await admin.send("PATCH", "/settings/routing", { unansweredTimeoutMs: UNANSWERED_MS });
  const { items: queues } = await admin.get<{ items: { id: string; isDefault: boolean }[] }>("/settings/queues");
  await admin.send("PATCH", `/settings/queues/${queues.find((queue) => !queue.isDefault)?.id ?? ""}`, { callback: { offerAfterMs: 0 } });
  for (const [at, id] of ids.entries()) {
    if (at < PHONES) await admin.send("PUT", `/users/${id}/device`, { kind: "phone", contact: `sip:agent${at}@127.0.0.1:${bank.port}` });
    agents.push(openDesk(id, await product.signIn(logins[at] as Login), at < PHONES));
  }
}, 120_000);
afterAll(async () => {
  for (const agent of agents) agent.close();
  bank?.close();
  isOver = true;
  await watching;
  await database?.end();
  await product?.stop();
  await postgres?.stop();
});

const numberOf = (at: number): string => `+1202555${3_000 + at}`;

/** One caller, from the call to its end. */
async function caller(at: number): Promise<void> {
  const number = numberOf(at);
  const call = await bank.call(product.supportNumber, number);
  const left = until(`the message of ${number}, or its end`, async () => !call.isUp() || streamOf(number).some((fact) => fact.type === "call.message-begun"), PATIENCE_MS);
  const reached = has(number, "call.bridged").then(() => soon(1_500, 4_000)).catch(() => undefined);
  await Promise.race([left.then(() => wait(1_500)), reached]);
  call.hangUp();
}
/** A caller who asks to be called back while nobody is at work. */
async function calledBack(at: number): Promise<void> {
  const number = numberOf(at);
  await bank.register(number);
  const call = await bank.call(product.supportNumber, number);
  await has(number, "call.callback-offered");
  const asked = has(number, "call.callback-requested");
  for (let isHeard = false; !isHeard; isHeard = await Promise.race([asked, wait(1_000).then(() => false)])) call.press("1");
}
async function killServer(): Promise<void> {
  handsOff = true;
  if (atWork) await until("a phone to ring", async () => phoneRings.some(({ how }) => how === "rings"), 2_000).catch(() => undefined); // perhaps all are talking
  kills.push(await product.kill("server"));
  const pending = phoneRings.filter(({ how }) => how === "rings");
  await product.ready();
  const back = Date.now();
  await until("phones that rang for the dead server to be silent", async () => pending.every(({ how }) => how !== "rings"), PATIENCE_MS);
  for (const { user, to, how } of pending) if (how !== "silenced" || to - back > RING_MS) throw new Error(`${user} rang on for ${to - back} ms after the server was back, and was ${how}`);
  orphans += pending.length;
  handsOff = false;
}
let orphans = 0;

/** A phone shows one offer at a time, and nothing is declined in the name of an agent who declined nothing. */
async function checkPhones(facts: readonly Fact[], phones: readonly string[]): Promise<void> {
  await until("all phones to be silent", async () => phoneRings.every(({ how }) => how !== "rings"), PATIENCE_MS);
  checkAlone("phone", phoneRings.map(({ user, from, to, how }) => ({ of: user, kind: how, call: "", from, to })));
  for (const [at, id] of phones.entries()) {
    const theirs = phoneRings.filter(({ user }) => user === `agent${at}`);
    const declined = facts.filter(({ type, data }) => type === "call.offer-ended" && data["userId"] === id && data["result"] === "declined");
    expect(declined.length, `offers that agent${at} is said to have declined`).toBeLessThanOrEqual(theirs.filter(({ how }) => how === "declined").length);
  }
}

/** RTE-3: never two at once. Offers of a server that was killed ended with it. */
function checkAlone(what: string, spans: readonly { readonly of: string; readonly kind: string; readonly call: string; readonly from: number; readonly to: number }[]): void {
  for (const [of, theirs] of grouped(spans, (span) => span.of)) {
    const sorted = [...theirs].sort((a, b) => a.from - b.from || a.to - b.to);
    for (const [at, span] of sorted.entries()) {
      const before = sorted[at - 1];
      if (before !== undefined && before.to > span.from + SKEW_MS) throw new Error(`${what} ${of}: two at once: ${JSON.stringify([before, span])}, kills ${kills.join(" ")}\n${known.filter((f) => f.stream === before.call || f.stream === span.call).map((f) => `${f.stream} ${f.at} ${f.type}`).join("\n")}`);
    }
  }
}
const nextKill = (at: number): number => kills.find((kill) => kill >= at) ?? Infinity;
function spansOf(facts: readonly Fact[]) {
  return facts.flatMap((fact, at) => {
    const rest = facts.slice(at + 1);
    const { userId, offerId } = fact.data as { userId: string; offerId: string };
    const over = (fits: (later: Fact) => boolean): number => rest.find(fits)?.at ?? Infinity;
    if (fact.type === "call.offered") return [{ kind: "offer", user: userId, call: fact.stream, from: fact.at, to: Math.min(nextKill(fact.at), over((f) => (f.type === "call.offer-ended" || f.type === "call.assigned") && f.data["offerId"] === offerId)) }];
    if (fact.type === "call.assigned") return [{ kind: "call", user: userId, call: fact.stream, from: fact.at, to: over((f) => f.type === "call.requeued" || f.type === "call.ended" || f.type === "call.callback-unanswered") }];
    return [];
  });
}

test(`RTE-9 CALL-13 RTE-3: ${KILLS} times kill -9 of the server under ${CALLS} calls and ${PHONES + DESKS} agents: none is lost, none is at two agents, every timer fires`, async () => {
  const sleeper = await admin.send<{ id: string }>("POST", "/conversations", { channel: "email", address: "sleeper@mail.example", text: "Later, please." });
  await admin.send("POST", `/conversations/${sleeper.id}/snooze`, { until: Date.now() + 8_000 });
  await Promise.all(Array.from({ length: CALLED_BACK }, (_, at) => calledBack(at)));
  const callers = Array.from({ length: CALLS - CALLED_BACK }, async (_, at) => { await wait(150 * at); await caller(CALLED_BACK + at); });
  await killServer();
  atWork = true;
  await everybody("available");
  const killing = (async () => {
    for (let kill = 1; kill < KILLS; kill += 1) {
      await soon(1_000, 5_000);
      await killServer();
    }
  })();
  await until(`${SERVED} calls to be answered`, async () => new Set(known.flatMap((fact) => (fact.type === "call.bridged" ? [fact.stream] : []))).size >= SERVED, PATIENCE_MS);
  atWork = false;
  await everybody("unavailable");
  await Promise.all([killing, ...callers]);
  atWork = true; // for those who are to be called back
  await everybody("available");
  await until("all calls to be settled", async () => {
    const open = (await database.query<{ stream: string }>("select stream from fact_streams where kind = 'call' and not closed")).rows;
    if (open.length > 0) throw new Error(open.map(({ stream }) => known.filter((fact) => fact.stream === stream).map((fact) => fact.type).join(" ")).join("\n"));
    return true;
  }, PATIENCE_MS);

  known = await factsOf();
  const calls = [...grouped(known, (fact) => fact.stream).values()];
  expect(calls.map(([first]) => first?.data["from"]).sort(), "each call is there, and once").toEqual(Array.from({ length: CALLS }, (_, at) => numberOf(at)));
  const ends = calls.map((call) => call.filter((fact) => fact.type === "call.ended").map((fact) => String(fact.data["outcome"])));
  expect(ends.flat().filter((outcome) => outcome !== "answered" && outcome !== "voicemail"), "neither answered nor a message").toEqual([]);
  expect(ends.every((each) => each.length === 1), "each ends once").toBe(true);
  expect(ends.flat().filter((outcome) => outcome === "voicemail").length, "messages").toBeGreaterThan(0);
  for (let at = 0; at < CALLED_BACK; at += 1) expect(streamOf(numberOf(at)).map((fact) => fact.type)).toEqual(expect.arrayContaining(["call.callback-requested", "call.bridged"]));
  const spans = calls.flatMap(spansOf);
  checkAlone("agent", spans.map((span) => ({ ...span, of: span.user })));
  checkAlone("offers of call", spans.filter((span) => span.kind === "offer").map((span) => ({ ...span, of: span.call })));
  checkAlone("agents of call", spans.filter((span) => span.kind === "call").map((span) => ({ ...span, of: span.call })));
  await checkPhones(known, agents.slice(0, PHONES).map(({ id }) => id));
  await until("the snoozed conversation to wake", async () => (await admin.get<{ status: string }>(`/conversations/${sleeper.id}`)).status === "open", PATIENCE_MS);
  process.stdout.write(`${KILLS} kills, ${CALLS} calls: ${ends.flat().filter((outcome) => outcome === "answered").length} answered, ${ends.flat().filter((outcome) => outcome === "voicemail").length} messages; ${phoneRings.length} times a phone rang, ${orphans} of them for a server that was killed\n`);
}, 600_000);
