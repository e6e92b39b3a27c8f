// The desktops of a large house, in a process of its own. Most are the page that agents land on: it rings, lists
// conversations, and reads the list anew when it is told to; others show the queues, and managers the live view. In queues
// where calls wait, agents come, are offered one, decline it and go.
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { API_BASE, type Desk } from "@ringdesk/contract/http";
import { LIVE_PATH, type ClientMessage, type LiveTopic, type ServerMessage } from "@ringdesk/contract/live";
import { CROWD, isManager, LAST_QUIET_QUEUE, PERSON, queueOfAgent } from "../profile/crowd.ts";
import { RING_MS } from "../../apps/server/src/routing/offer.machine.ts";
import type { DesktopsAsk, DesktopsTold, OfferTimes } from "./crowd-protocol.ts";
import { benchToken } from "./desks.ts";

/** Half of all events are an agent's: coming, declining, going. */
const COMINGS_PER_S = CROWD.eventsPerS / 2 / 3;
const DECLINES_AFTER_MS = 300, GOES_AFTER_MS = 200;
/** One of so many looks at the page of queues. */
const WATCHES_QUEUES = 20;
const OPENS_AT_ONCE = 25;
const MAX_CONNECTIONS = 200;
const LIST = "/conversations?limit=50&status=open";

type Desktop = { readonly agent: number; readonly headers: Readonly<Record<string, string>>; readonly socket: WebSocket; offer: string | null; reads: boolean; readsAgain: boolean };

const connections = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
const desktops: Desktop[] = [];
const measured = { entries: [] as OfferTimes[], frees: [] as OfferTimes[] };
const counts = { events: 0, messages: 0, bytes: 0, reads: 0, refused: 0, closed: 0 };
let origin = "", measures = false;

const tell = (told: DesktopsTold): void => { process.send?.(told); };
const now = (): number => performance.timeOrigin + performance.now();

/** Resolves with the status when the whole answer is there; it is thrown away. */
function ask(desktop: Desktop, method: string, path: string, body?: unknown): Promise<number> {
  const text = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}${API_BASE}${path}`, {
      method, agent: connections, headers: { ...desktop.headers, ...(text === "" ? {} : { "content-type": "application/json", "content-length": String(text.length) }) },
    }, (answer) => {
      answer.resume().once("end", () => { resolve(answer.statusCode ?? 0); }).once("error", reject);
    });
    asked.once("error", reject).end(text);
  }).then((status) => {
    if (Number(status) >= 400) counts.refused += 1;
    return Number(status);
  });
}

/** As the page does: one read at a time, and another when it was told meanwhile. */
async function readList(desktop: Desktop): Promise<void> {
  desktop.readsAgain = desktop.reads;
  if (desktop.reads) return;
  desktop.reads = true;
  counts.reads += 1;
  await ask(desktop, "GET", LIST);
  desktop.reads = false;
  if (desktop.readsAgain) await readList(desktop);
}

function noteDesk(desktop: Desktop, { offer, status }: Desk): void {
  const before = desktop.offer;
  desktop.offer = offer?.id ?? null;
  if (offer === null || offer.id === before || !measures) return;
  const [madeAt, arrivedAt] = [offer.ringsUntil - RING_MS, now()];
  // Of an agent who has declined one, the next is no longer the first.
  const [came, times] = queueOfAgent(desktop.agent) <= LAST_QUIET_QUEUE ? [offer.enteredAt, measured.entries] : [status.since, before === null ? measured.frees : []];
  times.push({ madeMs: madeAt - came, arrivedMs: arrivedAt - came });
}

function received(desktop: Desktop, say: (message: ClientMessage) => void, text: string): void {
  counts.messages += 1;
  counts.bytes += text.length;
  const message = JSON.parse(text) as ServerMessage;
  if (message.type === "beat") return say({ type: "alive" });
  if (message.type !== "update") return;
  if (message.update.type === "desk") noteDesk(desktop, message.update.desk);
  if (message.update.type === "conversations") void readList(desktop);
}

async function open(agent: number): Promise<void> {
  const headers = { cookie: `ringdesk_session=${benchToken(agent)}`, origin };
  // Node's WebSocket takes headers, which browsers' do not.
  const socket = new WebSocket(origin.replace("http", "ws") + LIVE_PATH, { headers } as unknown as string[]);
  const say = (message: ClientMessage): void => { socket.send(JSON.stringify(message)); };
  const desktop: Desktop = { agent, headers, socket, offer: null, reads: false, readsAgain: false };
  socket.addEventListener("message", ({ data }) => { received(desktop, say, String(data)); });
  await new Promise((opened, failed) => {
    socket.addEventListener("open", opened, { once: true });
    socket.addEventListener("error", failed, { once: true });
  });
  socket.addEventListener("close", () => { counts.closed += 1; });
  const topics: LiveTopic[] = [isManager(agent) ? "live-view" : agent % WATCHES_QUEUES === 0 ? "queues" : "conversations"];
  say({ type: "hello", seen: null, tab: `bench-${agent}` });
  say({ type: "desktop", open: true });
  say({ type: "watch", customers: [], handset: null, topics });
  desktops.push(desktop);
}

async function openAll(): Promise<void> {
  for (let first = PERSON + 1; first <= CROWD.agents; first += OPENS_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(OPENS_AT_ONCE, CROWD.agents + 1 - first) }, (_, n) => open(first + n)));
  }
}

/** One agent's visit; each step is an event. */
async function visit(desktop: Desktop): Promise<void> {
  counts.events += 3;
  await ask(desktop, "PUT", "/desk/status", { status: "available" });
  await pause(DECLINES_AFTER_MS);
  const { offer } = desktop;
  if (offer !== null) await ask(desktop, "POST", `/offers/${offer}/decline`, {});
  await pause(GOES_AFTER_MS);
  await ask(desktop, "PUT", "/desk/status", { status: "unavailable" });
}

async function crowd(): Promise<void> {
  const visitors = desktops.filter(({ agent }) => queueOfAgent(agent) > LAST_QUIET_QUEUE);
  const startedAt = performance.now();
  for (let turn = 0; ; turn += 1) {
    const visitor = visitors[turn % visitors.length];
    if (visitor !== undefined) void visit(visitor);
    await pause(Math.max(0, startedAt + (1_000 * (turn + 1)) / COMINGS_PER_S - performance.now()));
  }
}

process.on("message", (asked: DesktopsAsk) => {
  switch (asked.do) {
    case "open":
      origin = asked.origin;
      return void openAll().then(() => { tell({ told: "open" }); });
    case "crowd": return void crowd();
    case "measure":
      measures = true;
      return void Object.assign(counts, { events: 0, messages: 0, bytes: 0, reads: 0 });
    case "count": return tell({ told: "count", ...counts, ...measured });
  }
});
process.on("disconnect", () => { process.exit(0); });
