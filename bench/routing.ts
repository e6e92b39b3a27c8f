// Routing at the size of a large house: what an event costs the router, and how long a call or an agent waits for the other
// when both are there.
import { cpus } from "node:os";
import { costPerEvent, type MachineCost } from "./routing/machine.ts";
import { crowdedHouse } from "./routing/crowd.ts";
import { ringsInABrowser } from "./routing/ring.ts";
import { openRoom, type Room } from "./routing/room.ts";
import type { BenchResult } from "./table.ts";

const SIZES = [100, 1_000, 10_000] as const;
const AGENTS = 1_000, QUEUES = 50, WAITING = 500, EVENTS_PER_S = 50;
/** How long the room is measured, in seconds, is for the environment to shorten. */
const SECONDS = Number(process.env["BENCH_ROUTING_SECONDS"] ?? 20);
/** In the first half of the queues agents wait for calls, in the second half calls for agents. */
const QUIET = QUEUES / 2;
const TALK_MS = 400;
/** Calls that ring in a browser, one after the other: in the full house, and in an empty one beside it. */
const RINGS = 50, RINGS_ALONE = 15;
/** A machine that is shared only ever adds: the quietest of so many rounds counts. */
const ROUNDS = 3;

type Row = readonly (string | number)[];
const none = "–";
const DESK = { type: "update", desk: Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`field${n}`, "a value of a desk"])) };

export async function benchRouting(): Promise<BenchResult> {
  const rows: Row[] = [];
  const add = (row: Row): void => {
    rows.push(row);
    process.stdout.write(`${row.map((cell) => (typeof cell === "number" ? cell.toFixed(3) : cell)).join("  ")}\n`);
  };
  for (const [what, how] of [
    ["50 queues, 500 calls wait", { oneQueue: false, idle: false }], ["50 queues, all agents idle", { oneQueue: false, idle: true }],
    ["1 queue, 500 calls wait", { oneQueue: true, idle: false }], ["1 queue, all agents idle", { oneQueue: true, idle: true }],
    ["1 queue, 20 skills asked for, 500 calls wait", { oneQueue: true, idle: false, skills: 20 }], ["1 queue, 20 skills asked for, all agents idle", { oneQueue: true, idle: true, skills: 20 }],
  ] as const) {
    for (const agents of SIZES) {
      const cost = quietest(Array.from({ length: ROUNDS }, () => costPerEvent(agents, how)));
      add([`router, ${agents.toLocaleString("en")} agents, ${what}: µs per event`, cost.us, none, "flat", cost.floorUs, cost.us / cost.floorUs, `${cost.events} events`]);
    }
  }
  const { entries, frees, floor, sent } = await measureRoom();
  const lag = spread(floor);
  for (const [what, times] of [["call enters a queue → offer written to the desktop's socket, ms", entries], ["agent comes free → next offer written to the socket, ms", frees]] as const) {
    const seen = spread(times);
    add([what, seen.p50, seen.p99, "p50 < 2, p99 < 10", `${lag.p50.toFixed(3)} / ${lag.p99.toFixed(3)}`, seen.p50 / lag.p50, `${times.length} offers, longest ${seen.max.toFixed(2)}`]);
  }
  const house = await addHouse(add);
  return {
    name: `routing: ${AGENTS.toLocaleString("en")} agents in ${QUEUES} queues, ${WAITING} waiting calls, ${EVENTS_PER_S} events/s`, measuredAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`,
    columns: ["measurement", "mean or p50", "p99", "target", "floor (mean, or p50 / p99)", "× floor", "seen"],
    rows,
    notes: [
      `router: the machine alone, the quietest of ${ROUNDS} rounds. Its floor writes as many fresh objects into a map of as many agents.`,
      `room: the routing room with agents, desks and live updates as the server runs them, a socket for each of ${AGENTS.toLocaleString("en")} desktops (${sent}), for ${SECONDS} s. Its floor makes the text of one desk and hands it over in a microtask. Facts are appended behind the ring and are not in it; neither is the network.`,
      ...house,
    ],
  };
}

/** The whole product at this size, and the ring in a house where nothing else happens. The value says how it went. */
async function addHouse(add: (row: Row) => void): Promise<readonly string[]> {
  const alone = spread(await ringsInABrowser(RINGS_ALONE));
  const { rings, entries, frees, commits, notes } = await crowdedHouse(RINGS);
  const commit = spread(commits);
  const pair = (floor: Spread): string => `${floor.p50.toFixed(1)} / ${floor.p99.toFixed(1)}`;
  const row = (what: string, times: readonly number[], target: string, floor: Spread | null, seen: string): void => {
    const { p50, p99, max } = spread(times);
    add([what, p50, p99, target, floor === null ? none : pair(floor), floor === null ? none : p50 / floor.p50, `${seen}, longest ${max.toFixed(0)}`]);
  };
  row("house: call enters a queue → offer made, ms", entries.map(({ madeMs }) => madeMs), "p50 < 2, p99 < 10", commit, `${entries.length} offers`);
  row("house: call enters a queue → offer in the desktop's hands, ms", entries.map(({ arrivedMs }) => arrivedMs), none, commit, `${entries.length} offers`);
  row("house: agent comes free → next offer in the desktop's hands, ms", frees.map(({ arrivedMs }) => arrivedMs), "p99 < 10", null, `${frees.length} offers`);
  row("house: call enters a queue → card with Accept painted by a browser, ms", rings.map(({ arrivedMs }) => arrivedMs), "< 100", alone, `${rings.length} calls, ${pair(spread(rings.map(({ madeMs }) => madeMs)))} of it until the offer was made`);
  return [
    "house: the whole product with PostgreSQL, on this machine together with its load: a socket for each desktop (940 list conversations, 49 show the queues, ten the live view), 500 SIP calls that hear music, Chromium. A call enters by the instant of its fact; the offer is made when that is committed. The floor of the first two commits a row in the same PostgreSQL meanwhile, that of the last is the same ring in an empty house.",
    ...notes.map((note) => `house: ${note}`),
  ];
}

const quietest = (rounds: readonly MachineCost[]): MachineCost => rounds.reduce((best, round) => (round.us < best.us ? round : best));

async function measureRoom(): Promise<{ readonly entries: readonly number[]; readonly frees: readonly number[]; readonly floor: readonly number[]; readonly sent: string }> {
  const room = await openRoom({ agents: AGENTS, queues: QUEUES, serves: (agent) => agent % QUEUES });
  const times = { entries: [] as number[], frees: [] as number[], floor: [] as number[] };
  /** What an offer is waited for by: the call that came, or the agent who came free. */
  const since = { call: new Map<string, number>(), agent: new Map<number, number>() };
  room.onOffered((call, agent, at) => {
    const [came, free] = [since.call.get(call), since.agent.get(agent)];
    if (came === undefined && free === undefined) return;
    since.call.delete(call);
    since.agent.delete(agent);
    if (came !== undefined) times.entries.push(at - came);
    else times.frees.push(at - (free ?? at));
    setImmediate(() => void take(room, agent, came === undefined));
  });
  for (let agent = 0; agent < AGENTS; agent += 1) if (agent % QUEUES < QUIET) room.free(agent);
  for (let call = 0; call < WAITING; call += 1) room.enter(QUIET + (call % QUIET));
  await pause(500);
  const before = room.sent();
  const queueOf = (event: number): number => Math.floor(event / 2) % QUIET;
  let nextAgent = 0;
  for (let event = 0; event < SECONDS * EVENTS_PER_S; event += 1) {
    await pause(1_000 / EVENTS_PER_S);
    times.floor.push(await handOver());
    const at = performance.now();
    if (event % 2 === 0) {
      since.call.set(room.enter(queueOf(event)), at); // its desk is told in a microtask, after this line
      continue;
    }
    const agent = QUIET + queueOf(event) + QUEUES * (nextAgent % (AGENTS / QUEUES));
    nextAgent += 1;
    since.agent.set(agent, at);
    room.free(agent);
  }
  await pause(1_000);
  const after = room.sent();
  room.stop();
  return { ...times, sent: `${((after.updates - before.updates) / SECONDS).toFixed(0)} updates and ${((after.bytes - before.bytes) / SECONDS / 1_024).toFixed(0)} kB a second` };
}

/** The agent takes the call, talks, and where calls wait a new one comes for the one that left. */
async function take(room: Room, agent: number, refills: boolean): Promise<void> {
  await room.accept(agent);
  if (refills) room.enter(agent % QUEUES);
  await pause(TALK_MS);
  room.end(agent);
  if (!refills) room.free(agent);
}

/** A text as long as a desk, made and handed over as desks are: in a microtask. */
function handOver(): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resume) => {
    queueMicrotask(() => {
      const text = JSON.stringify(DESK);
      resume(text.length > 0 ? performance.now() - startedAt : 0);
    });
  });
}

const pause = (ms: number): Promise<void> => new Promise((resume) => { setTimeout(resume, ms); });

type Spread = { readonly p50: number; readonly p99: number; readonly max: number };

function spread(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
