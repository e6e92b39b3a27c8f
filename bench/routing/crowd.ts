// The whole product at the size of a large house: a thousand desktops, five hundred calls that wait by SIP and hear music,
// agents and callers who come and go, and one agent in a real browser. From a call's entry into its queue to the card with
// *Accept* on that agent's screen.
import { fork, type ChildProcess } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { Desk } from "@ringdesk/contract/http";
import pg from "pg";
import { ensureWebBuild } from "../../apps/launcher/src/web-build.ts";
import { RING_MS } from "../../apps/server/src/routing/offer.machine.ts";
import { openPerson, type Person } from "../../tests/support/browser.ts";
import { notRinging, ringing, setStatus } from "../../tests/support/desk.ts";
import { cpuSeconds } from "../load/cpu.ts";
import type { CallersAsk, CallersTold, DesktopsAsk, DesktopsTold, OfferTimes } from "../load/crowd-protocol.ts";
import { benchToken } from "../load/desks.ts";
import { goAsUsual, goFirst } from "../load/priority.ts";
import { PERSON, PERSONS_QUEUE } from "../profile/crowd.ts";
import { startProfileHouse, type Profile } from "../profile/house.ts";
import { notePaints, paintedAt } from "./paint.ts";

const CHECKOUT = join(import.meta.dirname, "../..");
const VOICE_HZ = 700;
/** Everything is compiled and every page of memory touched before it is measured. */
const WARM_UP_MS = 10_000;
const BETWEEN_RINGS_MS = 500;
const COMMIT_EVERY_MS = 100;

type Told = CallersTold | DesktopsTold;
type Load<A, T extends Told> = { readonly ask: (ask: A) => void; readonly told: <K extends T["told"]>(what: K) => Promise<Extract<T, { told: K }>>; readonly pid: number; readonly end: () => void };

export type CrowdReading = {
  /** Arrived: painted in the browser. */
  readonly rings: readonly OfferTimes[];
  /** At the other desktops. */
  readonly entries: readonly OfferTimes[];
  readonly frees: readonly OfferTimes[];
  /** One row committed in the same PostgreSQL, meanwhile, milliseconds. */
  readonly commits: readonly number[];
  /** How it went, in words. */
  readonly notes: readonly string[];
};

export async function crowdedHouse(rings: number): Promise<CrowdReading> {
  const built = await ensureWebBuild(CHECKOUT);
  if (!built.ok) throw new Error(`The web pages could not be built:\n${built.error}`);
  const house = await startProfileHouse({ RINGDESK_SANDBOX: "off", RINGDESK_TRUNK_SOURCES: "127.0.0.1" }, "crowd-server.ts");
  const desktops = start<DesktopsAsk, DesktopsTold>("desktops.ts"), callers = start<CallersAsk, CallersTold>("callers.ts");
  let person: Person | null = null;
  try {
    await answered(desktops, { do: "open", origin: house.origin }, "open");
    await answered(callers, { do: "open", sipPort: Number(house.address.split(":")[1]) }, "open");
    person = await openPersonsDesk(house);
    await goFirst();
    await answered(callers, { do: "crowd" }, "full");
    desktops.ask({ do: "crowd" });
    await pause(WARM_UP_MS);
    await goFirst(); // and what the warm-up has started
    return await measure(house, person, desktops, callers, rings);
  } finally {
    await person?.close();
    desktops.end();
    callers.end();
    await house.stop();
    await goAsUsual();
  }
}

async function measure(house: Profile, person: Person, desktops: Load<DesktopsAsk, DesktopsTold>, callers: Load<CallersAsk, CallersTold>, wanted: number): Promise<CrowdReading> {
  const pids = { server: house.pids.server, switch: house.pids.switch, desktops: desktops.pid, callers: callers.pid } as const;
  const names = Object.keys(pids) as (keyof typeof pids)[];
  const used = (): Promise<number[]> => Promise.all(names.map((name) => cpuSeconds(pids[name])));
  await answered(callers, { do: "count" }, "count");
  desktops.ask({ do: "measure" });
  const [before, startedAt] = [await used(), performance.now()];
  const commits = await startCommits(house.databaseUrl);
  const rings: OfferTimes[] = [];
  for (let ring = 0; ring < wanted; ring += 1) {
    callers.ask({ do: "call", queue: PERSONS_QUEUE });
    await ringing(person.page);
    const [at, { offer }] = await Promise.all([paintedAt(person.page), deskOf(house)]);
    if (offer !== null) rings.push({ madeMs: offer.ringsUntil - RING_MS - offer.enteredAt, arrivedMs: at - offer.enteredAt });
    await answered(callers, { do: "hang-up" }, "gone");
    await notRinging(person.page);
    await pause(BETWEEN_RINGS_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = await used();
  const [desks, lines] = [await answered(desktops, { do: "count" }, "count"), await answered(callers, { do: "count" }, "count")];
  return {
    rings, entries: desks.entries, frees: desks.frees, commits: await commits.stop(),
    notes: [
      `${((desks.events + lines.events) / seconds).toFixed(0)} events/s over ${seconds.toFixed(0)} s: ${(desks.events / seconds).toFixed(0)} of agents, ${(lines.events / seconds).toFixed(0)} of callers; ${lines.waiting} calls waited at the end; refused ${lines.refused} calls and ${desks.refused} requests, lost ${lines.lost} calls and ${desks.closed} sockets`,
      `to the desktops ${(desks.messages / seconds).toFixed(0)} messages and ${(desks.bytes / seconds / 1_024).toFixed(0)} kB a second; they read ${(desks.reads / seconds).toFixed(0)} lists a second`,
      `of a processor: ${names.map((name, n) => `${name} ${((((after[n] ?? 0) - (before[n] ?? 0)) / seconds) * 100).toFixed(0)} %`).join(", ")}; load of the machine, with what others did on it, ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} processors`,
    ],
  };
}

/** What every fact waits for at least: a row that is written and synced to the disk. */
async function startCommits(databaseUrl: string | null): Promise<{ readonly stop: () => Promise<readonly number[]> }> {
  if (databaseUrl === null) return { stop: async () => [] };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("create table bench_commits (at double precision)");
  const times: number[] = [];
  let goesOn = true;
  const done = (async () => {
    while (goesOn) {
      const startedAt = performance.now();
      await client.query({ name: "commit", text: "insert into bench_commits values ($1)", values: [startedAt] });
      times.push(performance.now() - startedAt);
      await pause(COMMIT_EVERY_MS);
    }
    await client.end();
  })();
  return { stop: async () => {
    goesOn = false;
    await done;
    return times;
  } };
}

async function openPersonsDesk(house: Profile): Promise<Person> {
  const person = await openPerson({ baseUrl: house.origin, hz: VOICE_HZ });
  await notePaints(person.context);
  await person.context.addCookies([{ name: "ringdesk_session", value: benchToken(PERSON), url: house.origin }]);
  await person.page.goto("/conversations");
  await setStatus(person.page, "Available");
  return person;
}

const deskOf = async (house: Profile): Promise<Desk> =>
  (await fetch(`${house.origin}/api/v1/desk`, { headers: { cookie: `ringdesk_session=${benchToken(PERSON)}` } })).json() as Promise<Desk>;

function start<A, T extends Told>(program: string): Load<A, T> {
  const child: ChildProcess = fork(join(import.meta.dirname, "../load", program));
  const gone = new Promise<never>((_, fail) => { child.once("exit", (code) => { fail(new Error(`${program} ended with ${code}`)); }); });
  gone.catch(() => undefined);
  return {
    ask: (ask) => { child.send(ask as object); },
    told: (what) => Promise.race([gone, new Promise<never>((resolve) => {
      const listen = (message: T): void => {
        if (message.told !== what) return;
        child.off("message", listen);
        resolve(message as never);
      };
      child.on("message", listen);
    })]),
    pid: child.pid ?? 0,
    end: () => { if (child.connected) child.disconnect(); },
  };
}

/** Asks, and waits for the answer of that name. */
function answered<A, T extends Told, K extends T["told"]>(load: Load<A, T>, ask: A, what: K): Promise<Extract<T, { told: K }>> {
  const answer = load.told(what);
  load.ask(ask);
  return answer;
}

const pause = (ms: number): Promise<void> => new Promise((resume) => { setTimeout(resume, ms); });
