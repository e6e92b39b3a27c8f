import type { Socket } from "node:net";
import {
  command as commandSchema, createLineReader, MAX_SERVER_LINE_CHARS, parseJson, PROTOCOL_VERSION, serverFrame,
  type Command, type ServerFrame, type Snapshot, type SwitchFrame,
} from "@ringdesk/contract/switch";
import type { Millis } from "@ringdesk/std";
import { z } from "zod";
import type { CommandRunner, Outcome } from "./command-runner.ts";
import type { EventLog } from "./event-log.ts";

/** A connection that has not said hello by then is closed. */
export const HELLO_LIMIT_MS = 5_000;
/** A server that reads nothing for this long is disconnected; its events are kept. */
export const STALL_LIMIT_MS = 10_000;
/** Answers that wait for a server to read; beyond that it is disconnected. */
export const MAX_WAITING_ANSWERS = 1_000;
/** Frames are written in pieces of about this many characters. */
const BATCH_CHARS = 65_536;

/** The part of a pino logger that the control side uses. */
export type ControlLog = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
};

export type ControlSession = {
  /** Sends what the log holds beyond what was sent. */
  readonly wake: () => void;
  /** Sends a frame that is not kept, unless the server is behind with reading. */
  readonly sendNow: (frame: SwitchFrame) => void;
  readonly answer: (id: string, outcome: Outcome) => void;
  readonly close: () => void;
};

export type SessionOptions = {
  readonly socket: Socket;
  readonly epoch: string;
  readonly startedAt: Millis;
  readonly events: EventLog;
  readonly runner: CommandRunner;
  readonly snapshot: () => Omit<Snapshot, "seq">;
  /** The server has said hello: it takes over from the one before. */
  readonly onHello: (session: ControlSession) => void;
  readonly onClosed: (session: ControlSession) => void;
  /** Where answers go: to the session of that moment, which may be a later one. */
  readonly answer: (id: string, outcome: Outcome) => void;
  readonly log: ControlLog;
};

/** One server's connection: reads its frames, and writes answers and events in one order. */
export function openSession(options: SessionOptions): ControlSession {
  const { socket, events, log } = options;
  const outgoing = createOutgoing(socket, events, log);
  const session: ControlSession = {
    wake: outgoing.wake,
    sendNow: outgoing.sendNow,
    answer: (id, outcome) => outgoing.answer(answerFrame(id, outcome)),
    close: () => void socket.destroy(),
  };
  let greeted = false;
  const helloTimer = setTimeout(() => refuse("no hello in time"), HELLO_LIMIT_MS);
  const refuse = (why: string): void => {
    log.warn({ why }, "closing the connection of a server");
    socket.destroy();
  };
  const greet = (frame: Extract<ServerFrame, { frame: "hello" }>): void => {
    if (frame.protocol !== PROTOCOL_VERSION) return refuse(`it speaks version ${frame.protocol} of the protocol, this switch ${PROTOCOL_VERSION}`);
    clearTimeout(helloTimer);
    greeted = true;
    if (frame.acked?.epoch === options.epoch) events.ack(Math.min(frame.acked.seq, events.lastSeq()));
    options.onHello(session);
    outgoing.start({ frame: "hello", protocol: PROTOCOL_VERSION, epoch: options.epoch, startedAt: options.startedAt, dropped: events.dropped() });
  };
  const onCommand = (id: string, command: Command): void => {
    if (command.do !== "snapshot") return options.runner.run(id, command, (outcome) => options.answer(id, outcome));
    outgoing.answer({ frame: "done", id, snapshot: { seq: events.lastSeq(), ...options.snapshot() } });
  };
  const onFrame = (frame: ServerFrame): void => {
    if (frame.frame === "hello") return greeted ? refuse("a second hello") : greet(frame);
    if (!greeted) return refuse("no hello first");
    if (frame.frame === "ack") return events.ack(Math.min(frame.seq, outgoing.sentSeq()));
    onCommand(frame.id, frame.command);
  };
  const read = createLineReader(MAX_SERVER_LINE_CHARS);
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => {
    const lines = read(String(chunk));
    if (!lines.ok) return refuse("a line is too long");
    for (const line of lines.value) {
      if (socket.destroyed) return;
      const frame = readFrame(line);
      if (frame === null) return refuse("a frame is malformed");
      if (frame.frame === "bad-command") outgoing.answer({ frame: "refused", id: frame.id, error: { type: "bad-command", detail: frame.detail } });
      else onFrame(frame);
    }
  });
  socket.on("error", (error) => log.info({ code: error.message }, "the connection of a server failed"));
  socket.on("close", () => {
    clearTimeout(helloTimer);
    outgoing.stop();
    options.onClosed(session);
  });
  return session;
}

type Read = ServerFrame | { readonly frame: "bad-command"; readonly id: string; readonly detail: string };
const commandShell = z.object({ frame: z.literal("command"), id: z.string().min(1).max(64), command: z.unknown() });

/** Acknowledgements are half of all lines and have one form. */
const ACK = /^\{"frame":"ack","seq":(\d{1,15})\}$/;

/** Null when the line is no frame at all. A command that is none, in a frame with an id, can still be answered. */
function readFrame(line: string): Read | null {
  const acked = ACK.exec(line)?.[1];
  if (acked !== undefined) return { frame: "ack", seq: Number(acked) };
  const value = parseJson(line);
  const frame = serverFrame.safeParse(value);
  if (frame.success) return frame.data;
  const shell = commandShell.safeParse(value);
  if (!shell.success) return null;
  const wrong = commandSchema.safeParse(shell.data.command).error?.issues[0];
  return { frame: "bad-command", id: shell.data.id, detail: `${wrong?.path.join(".") ?? ""}: ${wrong?.message ?? "malformed"}`.slice(0, 500) };
}

function answerFrame(id: string, outcome: Outcome): SwitchFrame {
  return outcome.ok ? { frame: "done", id, ...outcome.value } : { frame: "refused", id, error: outcome.error };
}

type Outgoing = {
  readonly start: (hello: SwitchFrame) => void;
  readonly wake: () => void;
  readonly answer: (frame: SwitchFrame) => void;
  readonly sendNow: (frame: SwitchFrame) => void;
  readonly sentSeq: () => number;
  readonly stop: () => void;
};

/** Writes to one socket, never more than it takes. An answer goes out after every event that was there before it. */
function createOutgoing(socket: Socket, events: EventLog, log: ControlLog): Outgoing {
  let started = false;
  let full = false;
  let sentSeq = 0;
  let stall: NodeJS.Timeout | undefined;
  let flushing: NodeJS.Immediate | null = null;
  const answers: { readonly afterSeq: number; readonly line: string }[] = [];
  const write = (text: string): void => {
    if (text === "" || socket.write(text)) return;
    full = true;
    stall = setTimeout(() => {
      log.warn({ waitingBytes: socket.writableLength }, "the server does not read: disconnecting it, its events are kept");
      socket.destroy();
    }, STALL_LIMIT_MS);
  };
  /** The next line in order, or null when there is none. */
  const next = (): string | null => {
    const answer = answers[0];
    const event = answer !== undefined && answer.afterSeq <= sentSeq ? null : events.after(sentSeq);
    if (event !== null) {
      sentSeq = event.seq;
      return lineOf({ frame: "event", ...event });
    }
    if (answer === undefined) return null;
    answers.shift();
    return answer.line;
  };
  const flush = (): void => {
    flushing = null;
    if (!started || full || socket.destroyed) return;
    let batch = "";
    for (let line = next(); line !== null; line = next()) {
      batch += line;
      if (batch.length < BATCH_CHARS) continue;
      write(batch);
      batch = "";
      if (full) return;
    }
    write(batch);
  };
  /** What one turn of the loop brings leaves in one write: each write wakes the server. */
  const wake = (): void => {
    if (started && !full) flushing ??= setImmediate(flush);
  };
  socket.on("drain", () => {
    clearTimeout(stall);
    full = false;
    wake();
  });
  return {
    wake,
    start: (hello) => {
      started = true;
      write(lineOf(hello));
      wake();
    },
    answer: (frame) => {
      answers.push({ afterSeq: events.lastSeq(), line: lineOf(frame) });
      // Many answers of one turn are nobody's slowness.
      if (answers.length > MAX_WAITING_ANSWERS) flush();
      if (answers.length <= MAX_WAITING_ANSWERS) return wake();
      log.warn({ answers: answers.length }, "the server does not read its answers: disconnecting it");
      socket.destroy();
    },
    sendNow: (frame) => {
      if (started && !full && !socket.destroyed) write(lineOf(frame));
    },
    sentSeq: () => sentSeq,
    stop: () => clearTimeout(stall),
  };
}

const lineOf = (frame: SwitchFrame): string => `${JSON.stringify(frame)}\n`;
