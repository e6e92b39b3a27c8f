import type { Desk, Handset, User } from "@ringdesk/contract/http";
import type { LiveUpdate, ServerMessage } from "@ringdesk/contract/live";
import type { CallId, CustomerId, UserId } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { closeCodes, createLive, MAX_SOCKETS_PER_USER, WATCH_WAIT_MS } from "./live.service.ts";
import { createUpdateLog } from "./update-log.ts";

const desk = { status: { value: "unavailable" } } as unknown as Desk;
const userOf = (id: string): User => ({ id: id as UserId, name: id, email: `${id}@example.com`, role: "agent" });
const [ana, ben] = [userOf("ana"), userOf("ben")];
const carol = "carol" as CustomerId;
const notice = (text: string): LiveUpdate => ({ type: "notice", level: "info", text, callId: null });
const entry = (id: string): LiveUpdate => ({ type: "timeline", customerId: carol, entry: { id, kind: "note", at: 1, conversationId: null, author: "A", text: "x" } as never });

function world() {
  const clock = createFakeClock();
  const presence: string[] = [];
  const told = (what: string) => (who: string, tab: string) => { presence.push(`${what} ${who} ${tab}`); };
  const live = createLive({
    clock, epoch: "e1",
    providers: { deskOf: () => desk, queueLines: () => [], callsWaiting: () => 0, liveView: () => ({ queues: [], agents: [], today: { answered: 0, answeredInTime: 0, lost: 0 }, thresholdMs: 20_000 as never }), mayWatchLiveView: (user) => user === ben.id, handsetOf: (id) => ({ id } as Handset) },
    presence: { desktopOpened: told("desktop+"), desktopClosed: told("desktop-"), handsetOpened: told("handset+"), handsetClosed: told("handset-"), searchesOpened: (who) => { presence.push(`searches+ ${who}`); }, searchesClosed: (who) => { presence.push(`searches- ${who}`); }, levelsOpened: (who) => { presence.push(`levels+ ${who}`); }, levelsClosed: (who) => { presence.push(`levels- ${who}`); } },
  });
  const browser = (user: User = ana, tab = "t1") => {
    const got: ServerMessage[] = [];
    const closed: number[] = [];
    const how = { buffered: 0 };
    const connection = live.connect({ send: (text) => { got.push(JSON.parse(text) as ServerMessage); }, close: (code) => { closed.push(code); }, bufferedBytes: () => how.buffered }, { sessionId: `s-${user.id}`, user });
    const say = (message: unknown): void => connection.received(JSON.stringify(message));
    return {
      got, closed, how, say, gone: connection.closed,
      hello: (seen: { epoch: string; seq: number } | null = null) => say({ type: "hello", seen, tab }),
      watch: (customers: CustomerId[] = [carol], handset: string | null = null) => say({ type: "watch", customers, handset }),
      /** What was told, in short. */
      words: () => got.map((m) => (m.type === "update" ? (m.update.type === "notice" ? m.update.text : m.update.type === "timeline" ? m.update.entry.id : m.update.type) : m.type === "welcome" ? (m.reset ? "reset" : "welcome") : m.type)),
      lastSeq: () => got.reduce((last, m) => (m.type === "update" || m.type === "welcome" ? Math.max(last, m.seq) : last), 0),
    };
  };
  return { clock, live, presence, browser };
}

describe("API-3 live updates", () => {
  test("a new page gets everything anew, and then each update that concerns it", () => {
    const { live, browser } = world();
    const [a, b] = [browser(ana), browser(ben)];
    a.hello();
    b.hello();
    b.watch();
    live.publishTo(ana.id, notice("for ana"));
    live.publishAll(notice("for all"));
    live.publishCustomer(carol, entry("n1"));
    expect(a.words()).toEqual(["reset", "desk", "waiting", "for ana", "for all"]);
    expect(b.words()).toEqual(["reset", "desk", "waiting", "for all", "n1"]);
  });

  test("a page that comes back misses nothing and gets nothing twice, in rising order", async () => {
    const { live, browser, clock } = world();
    const before = browser();
    before.hello();
    before.watch();
    live.publishCustomer(carol, entry("n1"));
    before.gone();
    live.publishCustomer(carol, entry("n2"));
    live.publishTo(ben.id, notice("not for ana"));
    live.publishTo(ana.id, notice("missed"));
    const after = browser();
    after.hello({ epoch: "e1", seq: before.lastSeq() });
    live.publishTo(ana.id, notice("meanwhile"));
    after.watch();
    live.publishTo(ana.id, notice("later"));
    await clock.advance(WATCH_WAIT_MS);
    expect(after.words()).toEqual(["welcome", "n2", "missed", "meanwhile", "desk", "waiting", "later"]);
    const seqs = after.got.flatMap((m) => (m.type === "update" ? [m.seq] : []));
    expect(seqs).toEqual([...new Set(seqs)].sort((x, y) => x - y));
  });

  test("a page that comes back and watches nothing gets what it missed after a moment", async () => {
    const { live, browser, clock } = world();
    const before = browser();
    before.hello();
    before.gone();
    live.publishAll(notice("missed"));
    const after = browser();
    after.hello({ epoch: "e1", seq: before.lastSeq() });
    expect(after.words()).toEqual(["welcome"]);
    await clock.advance(WATCH_WAIT_MS);
    expect(after.words()).toEqual(["welcome", "missed", "desk", "waiting"]);
  });

  test("after another run of the server, or too long away, it reads anew", () => {
    const { live, browser } = world();
    const old = browser();
    old.hello({ epoch: "e0", seq: 3 });
    for (let n = 0; n < 5_001; n += 1) live.publishAll(notice("x"));
    const late = browser();
    late.hello({ epoch: "e1", seq: 0 });
    expect([old.words()[0], late.words()[0]]).toEqual(["reset", "reset"]);
  });

  test("a random history: what a page gets over all its reconnects is exactly what concerned it", async () => {
    const { live, browser, clock } = world();
    let seed = 7;
    const chance = (n: number): number => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return Math.floor((seed / 2_147_483_648) * n); };
    let page = browser();
    page.hello();
    page.watch();
    const got: string[] = [];
    const expected: string[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      const what = chance(4);
      if (what === 0) { live.publishTo(ben.id, notice(`ben ${n}`)); continue; }
      if (what === 1) { live.publishCustomer(carol, entry(`c${n}`)); expected.push(`c${n}`); }
      if (what === 2) { live.publishAll(notice(`n${n}`)); expected.push(`n${n}`); }
      if (what !== 3 || chance(5) > 0) continue;
      const seq = page.lastSeq();
      got.push(...page.words());
      page.gone();
      page = browser();
      page.hello({ epoch: "e1", seq });
      page.watch();
    }
    await clock.advance(WATCH_WAIT_MS);
    got.push(...page.words());
    expect(got.filter((word) => /^[cn]\d/.test(word))).toEqual(expected);
  });
});

describe("RTE-10 what only some pages show", () => {
  const topics = (...names: string[]) => ({ type: "watch", customers: [], handset: null, topics: names });
  test("who begins to show it is told how it stands, and then every change until they stop", () => {
    const { live, browser } = world();
    const [shows, other] = [browser(ben), browser(ana)];
    for (const page of [shows, other]) page.hello();
    expect(live.isWatched("queues")).toBe(false);
    shows.say(topics("queues"));
    expect(live.isWatched("queues")).toBe(true);
    live.publishTopic("queues", { type: "queues", items: [] });
    shows.say(topics());
    live.publishTopic("queues", { type: "queues", items: [] });
    expect([shows.words(), other.words(), live.isWatched("queues")]).toEqual([["reset", "desk", "waiting", "queues", "queues"], ["reset", "desk", "waiting"], false]);
  });
  test("ORG-2 the live view goes only to whoever may see it", () => {
    const { live, browser } = world();
    const [manager, agent] = [browser(ben), browser(ana)];
    for (const page of [manager, agent]) {
      page.hello();
      page.say(topics("live-view"));
    }
    live.publishTopic("live-view", { type: "live-view", whole: true, change: { queues: [], agents: [], today: { answered: 0, answeredInTime: 0, lost: 0 } } });
    expect([manager.words().slice(3), agent.words().slice(3)]).toEqual([["live-view", "live-view"], []]);
  });
});

describe("CALL-5 levels", () => {
  const levels = { callId: "c1" as CallId, agent: -20, customer: null };
  const shows = { type: "watch", customers: [], handset: null, topics: ["levels"] };
  test("go to the agent's own pages that show them, and are no update that is numbered or kept", () => {
    const { live, browser, presence } = world();
    const [shown, hidden, other] = [browser(ana, "t1"), browser(ana, "t2"), browser(ben, "t3")];
    for (const page of [shown, hidden, other]) page.hello();
    for (const page of [shown, other]) page.say(shows);
    const seq = shown.lastSeq();
    live.publishLevels(ana.id, levels);
    expect([shown.got.at(-1), shown.lastSeq()]).toEqual([{ type: "levels", ...levels }, seq]);
    expect([hidden.words().includes("levels"), other.words().includes("levels")]).toEqual([false, false]);
    shown.gone();
    other.say({ ...shows, topics: [] });
    expect(presence).toEqual(["levels+ ana", "levels+ ben", "levels- ana", "levels- ben"]);
  });
  test("a page that is behind with reading misses levels before anything else", () => {
    const { live, browser } = world();
    const page = browser();
    page.hello();
    page.say(shows);
    page.how.buffered = 5_000;
    live.publishLevels(ana.id, levels);
    live.publishTo(ana.id, notice("kept"));
    expect([page.words().includes("levels"), page.words().at(-1), page.closed]).toEqual([false, "kept", []]);
  });
});

describe("RTE-8 a thousand pages hold nothing else up: by turns", () => {
  const MANY = 1_000;
  const house = () => {
    const { clock, live, browser } = world();
    const pages = Array.from({ length: MANY }, (_, n) => browser(userOf(`user${n}`), "t1"));
    for (const page of pages) {
      page.hello();
      page.say({ type: "watch", customers: [], handset: null, topics: ["conversations"] });
      page.got.length = 0;
    }
    const told = (word: string): number => pages.reduce((sum, { got }) => sum + got.filter((m) => (m.type === "update" ? m.update.type : m.type) === word).length, 0);
    return { clock, live, pages, told };
  };
  test("how many calls wait is told to some at a time, and everybody hears the latest", async () => {
    const { clock, live, pages, told } = house();
    live.publishAll({ type: "waiting", calls: 1 });
    const atOnce = told("waiting");
    live.publishAll({ type: "waiting", calls: 2 });
    await clock.advance(1_000);
    expect(atOnce).toBeLessThanOrEqual(MANY / 10);
    for (const { got } of pages) expect(got.at(-1)).toMatchObject({ type: "update", update: { type: "waiting", calls: 2 } });
    expect(told("waiting")).toBe(MANY + atOnce);
  });
  test("what makes pages ask the server is told to fifty a second, to everybody once", async () => {
    const { clock, live, pages, told } = house();
    for (let change = 0; change < 10; change += 1) {
      live.publishTopicByTurns("conversations", { type: "conversations" });
      await clock.advance(100);
    }
    const before = told("conversations");
    for (const page of pages) page.got.length = 0;
    live.publishTopicByTurns("conversations", { type: "conversations" });
    for (let span = 0; span < 6; span += 1) {
      for (const page of pages) page.say({ type: "alive" });
      await clock.advance(5_000);
    }
    expect(before).toBeLessThanOrEqual(60);
    expect(pages.map(({ got }) => got.filter((m) => m.type === "update").length)).toEqual(Array<number>(MANY).fill(1));
  });
  test("beats are spread, and each page has one in every span", async () => {
    const { clock, pages, told } = house();
    await clock.advance(5_000);
    expect(told("beat")).toBeLessThanOrEqual(MANY / 10);
    for (let span = 1; span <= 3; span += 1) {
      for (const page of pages) page.say({ type: "alive" });
      await clock.advance(4_900);
      expect(told("beat")).toBe(MANY * span);
      await clock.advance(100);
    }
    expect(pages.every(({ closed }) => closed.length === 0)).toBe(true);
  });
  test("a page that goes before its turn is left out", async () => {
    const { clock, live, pages, told } = house();
    live.publishAll({ type: "waiting", calls: 1 });
    const atOnce = told("waiting");
    for (const page of pages) page.gone();
    await clock.advance(1_000);
    expect(told("waiting")).toBe(atOnce);
  });
});

describe("presence", () => {
  test("CRM-4 the counts of searches are watched while a page shows them, and its socket lasts", () => {
    const { browser, presence } = world();
    const page = browser();
    page.hello();
    for (const topics of [["searches"], ["searches", "queues"], [], ["searches"]]) page.say({ type: "watch", customers: [], handset: null, topics });
    expect(presence).toEqual(["searches+ ana", "searches- ana", "searches+ ana"]);
    page.gone();
    expect(presence.at(-1)).toBe("searches- ana");
  });

  test("STAT-2 a desktop is there from its word until its socket is gone", () => {
    const { browser, presence } = world();
    const page = browser();
    page.hello();
    expect(presence).toEqual([]);
    page.say({ type: "desktop", open: true });
    page.gone();
    expect(presence).toEqual(["desktop+ ana t1", "desktop- ana t1"]);
  });

  test("CALL-12 a tab that reconnects before its old socket is known dead was never gone", () => {
    const { browser, presence } = world();
    const old = browser();
    old.hello();
    old.say({ type: "desktop", open: true });
    const fresh = browser();
    fresh.hello();
    fresh.say({ type: "desktop", open: true });
    old.gone();
    expect(presence).toEqual(["desktop+ ana t1"]);
    fresh.say({ type: "desktop", open: false });
    expect(presence).toEqual(["desktop+ ana t1", "desktop- ana t1"]);
  });

  test("STAT-5 three beats without an answer end a socket", async () => {
    const { browser, presence, clock } = world();
    const [mute, well] = [browser(ana, "t1"), browser(ben, "t2")];
    for (const page of [mute, well]) { page.hello(); page.say({ type: "desktop", open: true }); }
    for (let beat = 0; beat < 4; beat += 1) { await clock.advance(5_000); well.say({ type: "alive" }); }
    expect([mute.closed, well.closed]).toEqual([[closeCodes.silent], []]);
    expect(presence).toContain("desktop- ana t1");
  });

  test("a handset is there while its page watches it, and is told how it stands", () => {
    const { browser, presence, live } = world();
    const page = browser();
    page.hello();
    page.watch([], "h1");
    live.publishHandset("h1", { id: "h1" } as Handset);
    live.publishHandset("h2", { id: "h2" } as Handset);
    page.watch([], null);
    expect(page.words()).toEqual(["reset", "desk", "waiting", "handset", "handset"]);
    expect(presence).toEqual(["handset+ h1 t1", "handset- h1 t1"]);
  });
});

describe("limits", () => {
  test("a page that does not read is dropped, the others get everything", () => {
    const { browser, live } = world();
    const [slow, well] = [browser(ana), browser(ben, "t2")];
    for (const page of [slow, well]) page.hello();
    slow.how.buffered = 2_000_000;
    live.publishAll(notice("x"));
    expect([slow.closed, well.closed, well.words().at(-1)]).toEqual([[closeCodes.slow], [], "x"]);
  });
  test("the ninth socket of a user takes the place of the first", () => {
    const { browser, live } = world();
    const pages = Array.from({ length: MAX_SOCKETS_PER_USER + 1 }, (_, n) => browser(ana, `t${n}`));
    expect([pages[0]?.closed, pages[1]?.closed, live.sockets()]).toEqual([[closeCodes.tooMany], [], MAX_SOCKETS_PER_USER]);
  });
  test("more than 20 messages in a second close the socket", () => {
    const { browser } = world();
    const page = browser();
    for (let n = 0; n < 21; n += 1) page.say({ type: "alive" });
    expect(page.closed).toEqual([closeCodes.refused]);
  });
  test("nonsense closes the socket", () => {
    for (const nonsense of [{ type: "hello" }, { type: "toString" }, 7, null]) {
      const page = world().browser();
      page.say(nonsense);
      expect(page.closed).toEqual([closeCodes.refused]);
    }
  });
  test("a socket that says no hello is closed, and signing out ends all sockets of the session", async () => {
    const { browser, live, clock } = world();
    const page = browser(ben);
    page.hello();
    const mute = browser(ana);
    await clock.advance(5_000);
    live.endSession("s-ben");
    expect([mute.closed, page.closed, page.words().at(-1)]).toEqual([[closeCodes.refused], [closeCodes.signedOut], "signed-out"]);
  });
});

test("the log of updates knows how far back it reaches", () => {
  const log = createUpdateLog(3);
  for (let n = 0; n < 5; n += 1) log.keep({ to: "all" }, notice(String(n)));
  log.pass();
  expect([log.covers(1), log.covers(2), log.covers(6), log.covers(7)]).toEqual([false, true, true, false]);
  expect(log.since(3).map((e) => e.seq)).toEqual([4, 5]);
});
