// The callers of a large house, in a process of its own: five hundred wait and give up in turn, others are taken at once. They
// speak SIP and hear the music, and say nothing.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { CROWD, LAST_QUIET_QUEUE, numberOfQueue, PERSONS_QUEUE } from "../profile/crowd.ts";
import type { CallersAsk, CallersTold, LineAsk } from "./crowd-protocol.ts";

/** Half of all events are a caller's: of these, half come and half go, and half of each where calls wait. */
const TURNS_PER_S = CROWD.eventsPerS / 8;
const FILL_PER_S = 30;
/** A call that nobody takes rings for so long. */
const RINGS_MS = 1_500;
const RESEND_MS = 500, MAX_SENDS = 10;
const BUSY_QUEUES = CROWD.queues - LAST_QUIET_QUEUE - 1, QUIET_QUEUES = LAST_QUIET_QUEUE - PERSONS_QUEUE;

type Call = { readonly id: string; readonly from: string; readonly to: string; toHeader: string; target: string; state: "calling" | "up" | "leaving" | "over"; line: number | null; over: () => void; readonly ended: Promise<void> };

const ear = new Worker(join(import.meta.dirname, "ear.ts"));
const [earPort] = await once(ear, "message") as [number];
const socket = createSocket("udp4");
socket.bind(0, "127.0.0.1");
await once(socket, "listening");
const here = `127.0.0.1:${socket.address().port}`;
const calls = new Map<string, Call>();
const counts = { events: 0, refused: 0, lost: 0 };
let switchPort = 0, made = 0;
let asked: Call | null = null;
const waiting: Call[] = [];

const tell = (told: CallersTold): void => { process.send?.(told); };
const sendText = (text: string): void => { socket.send(text, switchPort, "127.0.0.1"); };

function request(call: Call, method: "INVITE" | "ACK" | "BYE", seq: number, body = ""): string {
  return [
    `${method} ${call.target} SIP/2.0`, `Via: SIP/2.0/UDP ${here};branch=z9hG4bK-${call.id}-${method}`, "Max-Forwards: 70", `From: <sip:${call.from}@${here}>;tag=${call.id}`, `To: ${call.toHeader}`,
    `Call-ID: ${call.id}`, `CSeq: ${seq} ${method}`, `Contact: <sip:caller@${here}>`, ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n");
}

/** Sends until it is answered: the state is another than before. */
async function insist(call: Call, text: string): Promise<void> {
  const { state } = call;
  for (let sends = 0; sends < MAX_SENDS && call.state === state; sends += 1) {
    sendText(text);
    await pause(RESEND_MS);
  }
  if (call.state !== state) return;
  counts.lost += 1;
  end(call);
}

function begin(queue: number): Call {
  made += 1;
  let over = (): void => undefined;
  const ended = new Promise<void>((resolve) => { over = resolve; });
  const to = numberOfQueue(queue), target = `sip:${to}@127.0.0.1:${switchPort}`;
  const call: Call = { id: `crowd-${process.pid}-${made}`, from: `+1303${String(2_000_000 + made)}`, to, toHeader: `<${target}>`, target, state: "calling", line: null, over, ended };
  calls.set(call.id, call);
  counts.events += 1;
  void insist(call, request(call, "INVITE", 1,
    `v=0\r\no=crowd 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${earPort} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n`));
  return call;
}

function leave(call: Call): void {
  if (call.state !== "up") return;
  call.state = "leaving";
  counts.events += 1;
  void insist(call, request(call, "BYE", 2));
}

function end(call: Call): void {
  call.state = "over";
  calls.delete(call.id);
  if (call.line !== null) ear.postMessage({ port: call.line, open: false } satisfies LineAsk);
  call.over();
}

const header = (text: string, name: string): string => new RegExp(`^${name}: *(.*)$`, "mi").exec(text)?.[1]?.trim() ?? "";

socket.on("message", (bytes) => {
  const text = bytes.toString();
  const call = calls.get(header(text, "Call-ID"));
  if (!text.startsWith("SIP/2.0")) {
    if (text.startsWith("ACK")) return;
    sendText(["SIP/2.0 200 OK", ...text.split("\r\n").filter((line) => /^(via|from|to|call-id|cseq):/i.test(line)), "Content-Length: 0", "", ""].join("\r\n"));
    if (call !== undefined && text.startsWith("BYE")) end(call);
    return;
  }
  const status = Number(text.slice(8, 11));
  if (call === undefined || status < 200) return;
  if (header(text, "CSeq").endsWith("BYE")) return end(call);
  call.toHeader = header(text, "To");
  if (status < 300) {
    call.target = /<([^>]+)>/.exec(header(text, "Contact"))?.[1] ?? call.target;
    sendText(request(call, "ACK", 1));
    if (call.state !== "calling") return;
    call.state = "up";
    call.line = Number(/^m=audio (\d+)/m.exec(text)?.[1]);
    ear.postMessage({ port: call.line, open: true } satisfies LineAsk);
    return;
  }
  sendText(request(call, "ACK", 1));
  counts.refused += 1;
  end(call);
});

/** At even times, however long each takes. */
async function evenly(perS: number, act: (turn: number) => boolean): Promise<void> {
  const startedAt = performance.now();
  for (let turn = 0; act(turn); turn += 1) await pause(Math.max(0, startedAt + (1_000 * (turn + 1)) / perS - performance.now()));
}

async function crowd(): Promise<void> {
  const another = (turn: number): void => { waiting.push(begin(LAST_QUIET_QUEUE + 1 + (turn % BUSY_QUEUES))); };
  await evenly(FILL_PER_S, (turn) => {
    another(turn);
    return waiting.length < CROWD.waiting;
  });
  await pause(1_000);
  tell({ told: "full" });
  await evenly(TURNS_PER_S, (turn) => {
    const first = waiting.shift();
    if (first !== undefined) leave(first);
    another(turn);
    const rings = begin(PERSONS_QUEUE + 1 + (turn % QUIET_QUEUES));
    setTimeout(() => { leave(rings); }, RINGS_MS);
    return true;
  });
}

process.on("message", (ask: CallersAsk) => {
  switch (ask.do) {
    case "open":
      switchPort = ask.sipPort;
      return tell({ told: "open" });
    case "crowd": return void crowd();
    case "call":
      asked = begin(ask.queue);
      void asked.ended.then(() => { tell({ told: "gone" }); });
      return;
    case "hang-up": return asked === null ? undefined : leave(asked);
    case "count": {
      const waits = waiting.filter(({ state }) => state === "up").length;
      tell({ told: "count", ...counts, waiting: waits });
      counts.events = 0;
    }
  }
});
process.on("disconnect", () => { process.exit(0); });
