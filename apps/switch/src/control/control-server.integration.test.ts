import { once } from "node:events";
import { link, mkdtemp, rm, stat } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLineReader, LEVELS_INTERVAL_MS, MAX_SERVER_LINE_CHARS, MAX_SWITCH_LINE_CHARS, switchFrame, type Command, type ServerFrame, type SwitchFrame } from "@ringdesk/contract/switch";
import { invariant, ok, type LegId, type Millis } from "@ringdesk/std";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createControlServer, type ControlServer } from "./control-server.ts";
import type { CarryOut } from "./command-runner.ts";
import { STALL_LIMIT_MS } from "./control-session.ts";
import { createEventLog, type EventLog } from "./event-log.ts";

const EPOCH = "life-1";
let folder: string;
let events: EventLog;
let server: ControlServer;
let carried: Command[];
let clients: Client[];
let levels: { leg: LegId; dbov: number }[] = [];
let changes = 0;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const path = (): string => join(folder, "switch.sock");

async function open(carryOut: CarryOut = () => ok({})): Promise<ReturnType<typeof createControlServer>> {
  return createControlServer({
    socketPath: path(), epoch: EPOCH, startedAt: 1 as Millis, now: () => 2 as Millis, events, log: silent,
    carryOut: (command) => {
      carried.push(command);
      return carryOut(command);
    },
    snapshot: () => ({ legs: [], bridges: [], recordings: [], phones: [] }), quality: () => [], levels: () => levels, serverChanged: () => { changes += 1; },
  });
}
async function start(carryOut?: CarryOut): Promise<void> {
  const opened = await open(carryOut);
  invariant(opened.ok, "the socket opens");
  server = opened.value;
}

type Client = {
  readonly socket: Socket;
  readonly frames: SwitchFrame[];
  readonly say: (...frames: readonly ServerFrame[]) => void;
  /** Resolves when a frame fits, also one that came before. */
  readonly sees: (fits: (frame: SwitchFrame) => boolean) => Promise<SwitchFrame>;
  readonly closed: Promise<unknown>;
};
async function client(): Promise<Client> {
  const socket = connect(path());
  await once(socket, "connect");
  const frames: SwitchFrame[] = [];
  const waiting = new Set<() => void>();
  const read = createLineReader(MAX_SWITCH_LINE_CHARS);
  socket.setEncoding("utf8").on("data", (chunk) => {
    const lines = read(String(chunk));
    invariant(lines.ok, "lines are short enough");
    frames.push(...lines.value.map((line) => switchFrame.parse(JSON.parse(line))));
    for (const look of waiting) look();
  });
  socket.on("error", () => undefined);
  const made: Client = {
    socket, frames,
    closed: once(socket, "close"),
    say: (...said) => void socket.write(said.map((frame) => `${JSON.stringify(frame)}\n`).join("")),
    sees: (fits) => new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    }),
  };
  clients.push(made);
  return made;
}
const hello = (seq: number | null = null, epoch = EPOCH): ServerFrame =>
  ({ frame: "hello", protocol: 1, server: "s", acked: seq === null ? null : { epoch, seq } });
async function greeted(seq: number | null = null): Promise<Client> {
  const made = await client();
  made.say(hello(seq));
  await made.sees((frame) => frame.frame === "hello");
  return made;
}
const ringing = (leg: string): Parameters<ControlServer["emit"]>[0] => ({ type: "leg.ringing", leg: leg as LegId });
const isEvent = (seq: number) => (frame: SwitchFrame): boolean => frame.frame === "event" && frame.seq === seq;
const seqsOf = ({ frames }: Client): number[] => frames.flatMap((frame) => (frame.frame === "event" ? [frame.seq] : []));
const ring = (id: string, leg = "a"): ServerFrame => ({ frame: "command", id, command: { do: "leg.ring", leg: leg as LegId } });
const done = (id: string) => (frame: SwitchFrame): boolean => frame.frame === "done" && frame.id === id;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "control-"));
  events = createEventLog();
  carried = [];
  levels = [];
  changes = 0;
  clients = [];
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await server.close();
  await rm(folder, { recursive: true });
});

describe("events", () => {
  test("go out at once, and after a reconnect again until they are acknowledged", async () => {
    await start();
    const first = await greeted();
    server.emit(ringing("a"));
    server.emit(ringing("b"));
    await first.sees(isEvent(2));
    first.say({ frame: "ack", seq: 1 }, ring("1"));
    await first.sees(done("1"));
    first.socket.destroy();
    server.emit(ringing("c"));
    const second = await greeted();
    await second.sees(isEvent(3));
    expect(seqsOf(second)).toEqual([2, 3]);
  });

  test("what the server has persisted is not sent again; a position of another life means nothing", async () => {
    await start();
    for (const leg of ["a", "b", "c"]) server.emit(ringing(leg));
    const other = await client();
    other.say(hello(3, "another-life"));
    await other.sees(isEvent(3));
    expect(seqsOf(other)).toEqual([1, 2, 3]);
    const same = await greeted(2);
    await same.sees(isEvent(3));
    expect(seqsOf(same)).toEqual([3]);
  });

  test("CALL-13: a backlog of 10,000 events arrives once each and in order", async () => {
    await start();
    for (let n = 1; n <= 10_000; n += 1) server.emit(ringing(`leg-${n}`));
    const late = await greeted();
    server.emit(ringing("live"));
    await late.sees(isEvent(10_001));
    expect(seqsOf(late)).toEqual(Array.from({ length: 10_001 }, (_, n) => n + 1));
  });

  test("a snapshot comes after every event that it includes", async () => {
    await start();
    for (let n = 1; n <= 3_000; n += 1) server.emit(ringing(`leg-${n}`));
    const late = await client();
    late.say(hello(), { frame: "command", id: "s", command: { do: "snapshot" } });
    const snapshot = await late.sees(done("s"));
    expect(snapshot).toMatchObject({ snapshot: { seq: 3_000 } });
    expect(late.frames.indexOf(snapshot)).toBeGreaterThan(late.frames.findIndex(isEvent(3_000)));
  });

  test("an acknowledgement of what was never sent forgets nothing", async () => {
    await start();
    const eager = await greeted();
    eager.say({ frame: "ack", seq: 99 }, ring("1"));
    await eager.sees(done("1"));
    server.emit(ringing("a"));
    await eager.sees(isEvent(1));
    expect(events.kept()).toBe(1);
  });
});

describe("commands", () => {
  test("a command that is repeated after a reconnect is carried out once and answered like the first time", async () => {
    await start(() => ok({ sdp: "answer" }));
    const first = await greeted();
    first.say(ring("1"));
    await first.sees(done("1"));
    const second = await greeted();
    second.say(ring("1"));
    expect(await second.sees(done("1"))).toMatchObject({ sdp: "answer" });
    expect(carried).toHaveLength(1);
  });

  test("a command that is under way when the server dies is answered to the next server that asks", async () => {
    let finish: () => void = () => undefined;
    await start(() => new Promise((resolve) => { finish = () => resolve(ok({ sdp: "late" })); }));
    const first = await greeted();
    first.say(ring("1"), { frame: "command", id: "s", command: { do: "snapshot" } });
    await first.sees(done("s"));
    first.socket.destroy();
    const second = await greeted();
    second.say(ring("1"), { frame: "command", id: "s", command: { do: "snapshot" } });
    await second.sees(done("s"));
    finish();
    expect(await second.sees(done("1"))).toMatchObject({ sdp: "late" });
    expect(carried).toHaveLength(1);
  });

  test("a command that is none is refused by its id, and the connection goes on", async () => {
    await start();
    const wrong = await greeted();
    wrong.socket.write(`${JSON.stringify({ frame: "command", id: "1", command: { do: "leg.explode" } })}\n`);
    const refused = await wrong.sees((frame) => frame.frame === "refused");
    expect(refused).toMatchObject({ id: "1", error: { type: "bad-command" } });
    wrong.say(ring("2"));
    await wrong.sees(done("2"));
  });
});

describe("connections", () => {
  test("one server at a time: a new hello takes over", async () => {
    await start();
    const first = await greeted();
    const second = await greeted();
    await first.closed;
    expect(server.connected()).toBe(true);
    server.emit(ringing("a"));
    await second.sees(isEvent(1));
    second.socket.destroy();
    await second.closed;
  });

  test.each([
    ["no frame", "{\n"],
    ["no hello first", `${JSON.stringify(ring("1"))}\n`],
    ["another version of the protocol", `${JSON.stringify({ frame: "hello", protocol: 99, server: "s", acked: null })}\n`],
    ["two greetings", `${JSON.stringify(hello())}\n${JSON.stringify(hello())}\n`],
    ["a line without end", "x".repeat(MAX_SERVER_LINE_CHARS + 1)],
  ])("%s closes the connection, and the next server is served", async (_, text) => {
    await start();
    const bad = await client();
    bad.socket.write(text);
    await bad.closed;
    await greeted();
    expect(server.connected()).toBe(true);
  });

  test("a server that stops reading is disconnected, and its events are kept", async () => {
    await start();
    const stuck = await greeted();
    stuck.socket.pause();
    for (let n = 1; n <= 30_000; n += 1) server.emit(ringing(`leg-${n}`));
    const before = performance.now();
    while (server.connected()) await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(performance.now() - before).toBeLessThan(STALL_LIMIT_MS + 2_000);
    expect(events.kept()).toBe(30_000);
    const next = await greeted();
    await next.sees(isEvent(30_000));
    expect(seqsOf(next)).toHaveLength(30_000);
  }, STALL_LIMIT_MS + 20_000);
});

describe("CALL-5 levels", () => {
  const isLevels = (frame: SwitchFrame): boolean => frame.frame === "levels";
  test("are told while somebody wants to know them, unnumbered; who asked is forgotten with its connection", async () => {
    await start();
    const first = await greeted();
    levels = [{ leg: "a" as LegId, dbov: -20 }];
    expect(await first.sees(isLevels)).toEqual({ frame: "levels", legs: levels });
    expect([changes, events.kept()]).toEqual([1, 0]);
    const second = await greeted();
    await first.closed;
    expect(changes).toBe(2);
    second.socket.destroy();
    await second.closed;
    while (server.connected()) await new Promise((resolve) => { setTimeout(resolve, 10); });
    expect(changes).toBe(3);
  });

  test("are dropped and not kept for a server that is behind with reading", async () => {
    await start();
    const slow = await greeted();
    slow.socket.pause();
    for (let n = 1; n <= 30_000; n += 1) server.emit(ringing(`leg-${n}`));
    // Once the events have filled the connection, no level goes into it, however often it is told.
    await new Promise((resolve) => { setTimeout(resolve, LEVELS_INTERVAL_MS); });
    levels = [{ leg: "a" as LegId, dbov: -20 }];
    await new Promise((resolve) => { setTimeout(resolve, 5 * LEVELS_INTERVAL_MS); });
    levels = [];
    slow.socket.resume();
    await slow.sees(isEvent(30_000));
    expect(slow.frames.filter(isLevels)).toEqual([]);
  });
});

describe("the socket's file", () => {
  test("belongs to its user alone, and what a killed switch left is removed", async () => {
    const killed = createServer().listen(path());
    await once(killed, "listening");
    // A hard link keeps the file when the listener goes: what kill -9 leaves behind.
    await link(path(), `${path()}.kept`);
    await new Promise((resolve) => { killed.close(resolve); });
    await link(`${path()}.kept`, path());
    await start();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    await greeted();
  });

  test("of a living switch is left alone", async () => {
    await start();
    expect(await open()).toMatchObject({ ok: false, error: { type: "socket-in-use" } });
    await greeted();
  });
});
