// Telephony against a switch that a test plays: what it sends, what it does with nonsense, how it comes back.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLineReader, MAX_SERVER_LINE_CHARS, serverFrame, type ServerFrame, type SwitchFrame } from "@ringdesk/contract/switch";
import { invariant, type E164, type LegId, type Millis } from "@ringdesk/std";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSystemClock } from "../kernel/index.ts";
import { createFakePositionStore, type FakePositionStore } from "./position-store.fake.ts";
import type { LegEvent, SwitchState } from "./telephony.ports.ts";
import { createTelephony, type TelephonyService } from "./telephony.service.ts";

const AT = 0 as Millis;
let folder: string;
let server: Server;
let sockets: Socket[];
let received: ServerFrame[];
let telephony: TelephonyService;
let positions: FakePositionStore;
let events: LegEvent[];
let states: SwitchState[];
/** What the scripted switch does with a frame. */
let react: (frame: ServerFrame, say: (...frames: readonly SwitchFrame[]) => void, socket: Socket) => void;

const hello = (epoch: string): SwitchFrame => ({ frame: "hello", protocol: 1, epoch, startedAt: AT, dropped: 0 });
const ringing = (seq: number): SwitchFrame => ({ frame: "event", seq, at: AT, event: { type: "leg.ringing", leg: `leg-${seq}` as LegId } });
const emptySnapshot = (id: string, seq: number): SwitchFrame => ({ frame: "done", id, snapshot: { seq, legs: [], bridges: [], recordings: [], phones: [] } });
/** A switch in life `epoch` with this many events. */
const polite = (epoch: string, count: number): typeof react => (frame, say) => {
  if (frame.frame === "hello") {
    const from = frame.acked?.epoch === epoch ? frame.acked.seq : 0;
    say(hello(epoch), ...Array.from({ length: count - from }, (_, n) => ringing(from + n + 1)));
  }
  if (frame.frame !== "command") return;
  say(frame.command.do === "snapshot" ? emptySnapshot(frame.id, count) : { frame: "done", id: frame.id });
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scripted-"));
  [sockets, received, events, states] = [[], [], [], []];
  positions = createFakePositionStore();
  react = polite("e1", 0);
  server = createServer((socket) => {
    sockets.push(socket);
    const read = createLineReader(MAX_SERVER_LINE_CHARS);
    const say = (...frames: readonly SwitchFrame[]): void => void socket.write(frames.map((frame) => `${JSON.stringify(frame)}\n`).join(""));
    socket.setEncoding("utf8").on("error", () => undefined).on("data", (chunk) => {
      const lines = read(String(chunk));
      invariant(lines.ok, "lines are short enough");
      for (const line of lines.value) {
        const frame = serverFrame.parse(JSON.parse(line));
        received.push(frame);
        react(frame, say, socket);
      }
    });
  });
  server.listen(join(folder, "switch.sock"));
  await once(server, "listening");
  telephony = makeTelephony();
});
afterEach(async () => {
  await telephony.stop();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => { server.close(resolve); });
  await rm(folder, { recursive: true });
});

function makeTelephony(readNumber: (text: string) => E164 | null = (text) => text as E164): TelephonyService {
  const made = createTelephony({
    socketPath: join(folder, "switch.sock"), clock: createSystemClock(), log: pino({ level: "silent" }), positions,
    routes: { route: () => ({ kind: "trunk", trunk: "sip" }), ringHandset: () => false, stopRinging: () => undefined },
    trunks: () => [], readNumber,
  });
  made.onSwitch((state) => states.push(state));
  made.onEvent((event, persisted) => {
    events.push(event);
    persisted();
  });
  return made;
}
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 2); });
}
const acks = (): number[] => received.flatMap((frame) => (frame.frame === "ack" ? [frame.seq] : []));
const commands = (name: string): string[] => received.flatMap((frame) => (frame.frame === "command" && frame.command.do === name ? [frame.id] : []));

describe("events", () => {
  test("a backlog of 10,000 is delivered once each, in order, and acknowledged to the last", async () => {
    react = polite("e1", 10_000);
    await telephony.start();
    await until(() => telephony.isUp() && acks().at(-1) === 10_000);
    expect(events.map((event) => event.position?.seq)).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1));
    expect(acks().length).toBeLessThan(1_000);
    await telephony.stop();
    expect(positions.saved()).toEqual({ epoch: "e1", seq: 10_000 });
  });

  test("what is sent again after a reconnect is not delivered again", async () => {
    react = polite("e1", 5);
    await telephony.start();
    await until(() => telephony.isUp());
    // The switch has lost the acknowledgements, and sends all again.
    react = (frame, say, socket) => polite("e1", 7)(frame.frame === "hello" ? { ...frame, acked: null } : frame, say, socket);
    sockets[0]?.destroy();
    await until(() => events.length === 7 && states.length === 3);
    expect(events.map((event) => event.position?.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(states.map((s) => (s.state === "up" ? [s.epoch, s.fresh] : s.state))).toEqual([["e1", true], "down", ["e1", false]]);
  });

  test("a connection that is lost before it was usable is not told; the next one tells that the life is new", async () => {
    react = (frame, say, socket) => {
      if (frame.frame !== "hello") return;
      say(hello("e1"));
      setImmediate(() => socket.destroy());
      react = polite("e1", 0);
    };
    await telephony.start();
    await until(() => telephony.isUp());
    expect(states).toMatchObject([{ state: "up", fresh: true }]);
  });

  test("a gap is passed over: the snapshot tells what is left", async () => {
    react = (frame, say, socket) => {
      if (frame.frame === "hello") say(hello("e1"), ringing(4), ringing(5));
      else polite("e1", 5)(frame, say, socket);
    };
    await telephony.start();
    await until(() => acks().at(-1) === 5);
    expect(events).toHaveLength(2);
  });

  test("a position of an earlier server process is told at the greeting", async () => {
    await positions.save({ epoch: "e1", seq: 3 });
    react = polite("e1", 5);
    await telephony.start();
    await until(() => events.length === 2);
    expect(received[0]).toMatchObject({ frame: "hello", acked: { epoch: "e1", seq: 3 } });
  });
});

describe("acknowledgement", () => {
  test("CALL-13 nothing is acknowledged that a server started anew would not know: the position is stored first", async () => {
    positions.isAway(true);
    react = polite("e1", 3);
    await telephony.start();
    await until(() => telephony.isUp() && events.length === 3);
    // Connected anew: the greeting makes the switch forget as well.
    sockets[0]?.destroy();
    await until(() => states.length === 3);
    expect(received.filter((frame) => frame.frame === "hello").map((frame) => frame.acked)).toEqual([null, null]);
    expect(acks()).toEqual([]);
    expect(events).toHaveLength(3);
    positions.isAway(false);
    await until(() => acks().length > 0);
    expect(acks()).toEqual([3]);
    expect(positions.saved()).toEqual({ epoch: "e1", seq: 3 });
  });

  test("what was persisted of a life that is over does not acknowledge events of the next", async () => {
    positions.isAway(true);
    react = polite("e1", 9);
    await telephony.start();
    await until(() => telephony.isUp() && events.length === 9);
    react = polite("e2", 2);
    sockets[0]?.destroy();
    await until(() => states.length === 3 && events.length === 11);
    positions.isAway(false);
    await until(() => acks().length > 0);
    expect(acks()).toEqual([2]);
    expect(positions.saved()).toEqual({ epoch: "e2", seq: 2 });
  });
});

describe("commands", () => {
  test("a command that the connection's loss left unanswered is sent again with its id, and answered", async () => {
    await telephony.start();
    await until(() => telephony.isUp());
    react = (frame, _, socket) => {
      if (frame.frame === "command" && frame.command.do === "leg.ring") socket.destroy();
      react = polite("e1", 0);
    };
    expect(await telephony.ring("a" as LegId)).toEqual({ ok: true, value: undefined });
    const ids = commands("leg.ring");
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test("a command that a dead switch left unanswered fails", async () => {
    await telephony.start();
    await until(() => telephony.isUp());
    react = (frame, _, socket) => {
      if (frame.frame === "command" && frame.command.do === "leg.ring") socket.destroy();
      react = polite("e2", 0);
    };
    expect(await telephony.ring("a" as LegId)).toEqual({ ok: false, error: { type: "switch-away" } });
    expect(commands("leg.ring")).toHaveLength(1);
  });

  test("the trunks are told at each connection", async () => {
    await telephony.start();
    await until(() => telephony.isUp());
    sockets[0]?.destroy();
    await until(() => states.length === 3);
    expect(commands("trunks.set")).toHaveLength(2);
  });
});

describe("registered phones", () => {
  const phone = (seq: number, type: "phone.registered" | "phone.unregistered", number: string): SwitchFrame => ({ frame: "event", seq, at: AT, event: { type, trunk: "sip", number } });
  const dial = (to: string) => telephony.dial({ leg: "out" as LegId, to: to as E164, from: "+1" as E164, ringTimeoutMs: 1_000 });
  const dialled = (): string[] => received.flatMap((f) => (f.frame === "command" && f.command.do === "leg.dial" ? [f.command.to] : []));

  test("are known from events and snapshot in the switch's order, are acknowledged, and dialled as they registered", async () => {
    react = (frame, say, socket) => {
      if (frame.frame === "hello") say(hello("e1"), phone(1, "phone.registered", "old"), phone(2, "phone.registered", "2025550150"));
      else if (frame.frame === "command" && frame.command.do === "snapshot") {
        // An event right behind the snapshot, in the same write.
        say({ frame: "done", id: frame.id, snapshot: { seq: 2, legs: [], bridges: [], recordings: [], phones: ["2025550150", "gone"].map((number) => ({ trunk: "sip", number })) } }, phone(3, "phone.unregistered", "gone"));
      } else polite("e1", 0)(frame, say, socket);
    };
    await telephony.stop();
    telephony = makeTelephony((text) => (text === "2025550150" ? "+12025550150" : text) as E164);
    await telephony.start();
    await until(() => telephony.isUp() && acks().at(-1) === 3);
    expect(["+12025550150", "old", "gone"].map((number) => telephony.registeredAt(number as E164))).toEqual(["sip", null, null]);
    await dial("+12025550150");
    await dial("+12025550199");
    expect(dialled()).toEqual(["2025550150", "+12025550199"]);
    expect(events).toEqual([]);
  });
});

describe("reconciliation", () => {
  test("a leg that nobody owns is hung up, but only after the events that might have given it an owner are persisted", async () => {
    await telephony.stop();
    const owed: (() => void)[] = [];
    telephony = makeTelephony();
    telephony.onEvent((_, persisted) => owed.push(persisted));
    const legs = ["stray", "owned"].map((leg) => ({ leg: leg as LegId, kind: "sip" as const, direction: "in" as const, state: "up" as const, hears: "nothing" as const, quality: null }));
    telephony.addOwner(() => ["owned" as LegId]);
    react = (frame, say, socket) => {
      if (frame.frame === "command" && frame.command.do === "snapshot") say({ frame: "done", id: frame.id, snapshot: { seq: 1, legs, bridges: [], recordings: [], phones: [] } });
      else polite("e1", 1)(frame, say, socket);
    };
    await telephony.start();
    await until(() => telephony.isUp());
    await telephony.ring("owned" as LegId);
    const desk = { kind: "fixed", user: "desk", host: "192.0.2.7", port: null, transport: "udp" } as const;
    telephony.phones.onReady(() => void telephony.phones.dial({ leg: "anew" as LegId, phone: desk, from: "+12025550142" as E164, fromName: null, withheld: false, ringTimeoutMs: 1_000 }));
    expect([commands("leg.hangup"), telephony.phones.isReady()]).toEqual([[], false]);
    owed[0]?.();
    await until(() => commands("leg.dial").length > 0);
    // RTE-9: an agent's phone that rang for the server before is silenced first, and then rung anew.
    expect(received.flatMap((f) => (f.frame === "command" && (f.command.do === "leg.hangup" || f.command.do === "leg.dial") ? [`${f.command.do} ${f.command.leg}`] : []))).toEqual(["leg.hangup stray", "leg.dial anew"]);
    expect(telephony.phones.isReady()).toBe(true);
  });
});

describe("nonsense", () => {
  test.each([
    ["no JSON", "{\n"],
    ["a frame of unknown kind", `${JSON.stringify({ frame: "news" })}\n`],
    ["an event before the greeting", `${JSON.stringify(ringing(1))}\n`],
    ["a greeting in another version", `${JSON.stringify({ ...hello("e1"), protocol: 2 })}\n`],
  ])("%s is no crash: the connection is made anew", async (_, text) => {
    react = (frame, __, socket) => {
      if (frame.frame !== "hello") return;
      socket.write(text);
      react = polite("e1", 0);
    };
    await telephony.start();
    await until(() => telephony.isUp());
    expect(sockets).toHaveLength(2);
    expect(events).toEqual([]);
  });
});
