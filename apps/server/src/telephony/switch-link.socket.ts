import { connect, type Socket } from "node:net";
import { createLineReader, MAX_SWITCH_LINE_CHARS, parseJson, PROTOCOL_VERSION, switchFrame, type ServerFrame, type SwitchFrame } from "@ringdesk/contract/switch";
import { addMs } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { EventPosition } from "./telephony.ports.ts";

/** Pauses between two attempts to connect: doubled each time, from the first to the longest. */
export const FIRST_RETRY_MS = 25;
export const LONGEST_RETRY_MS = 1_000;
/** A switch that does not greet by then is given up, and another attempt made. */
export const GREETING_LIMIT_MS = 5_000;
/** What may wait to be written to a switch that does not read; beyond it the connection is given up. */
export const MAX_UNWRITTEN_BYTES = 8 * 1024 * 1024;

export type Greeting = Extract<SwitchFrame, { readonly frame: "hello" }>;

/** The connection to the switch, made again whenever it is lost. */
export type SwitchLink = {
  readonly start: () => void;
  /** Does nothing while there is no connection. */
  readonly send: (frame: ServerFrame) => void;
  readonly close: () => void;
};

export type SwitchLinkOptions = {
  readonly socketPath: string;
  readonly server: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked at each connection. */
  readonly acked: () => EventPosition | null;
  readonly onGreeting: (greeting: Greeting) => void;
  readonly onFrame: (frame: Exclude<SwitchFrame, Greeting>) => void;
  /** Told once for each greeting. */
  readonly onLost: () => void;
};

export function createSwitchLink(options: SwitchLinkOptions): SwitchLink {
  const { clock, log } = options;
  let socket: Socket | null = null;
  let stopTimer: () => void = () => undefined;
  let retryMs = FIRST_RETRY_MS;
  let closed = false;
  /** What one turn of the loop brings leaves in one write: each write wakes the switch. Somebody waits for a dial: it leaves before other work. */
  const gather = (to: Socket, frame: ServerFrame): void => {
    const isCorked = to.writableCorked > 0;
    if (!isCorked) to.cork();
    if (frame.frame === "command" && frame.command.do === "leg.dial") queueMicrotask(() => to.uncork());
    else if (!isCorked) setImmediate(() => to.uncork());
  };
  const write = (to: Socket, frame: ServerFrame): void => {
    gather(to, frame);
    to.write(`${JSON.stringify(frame)}\n`);
    if (to.writableLength <= MAX_UNWRITTEN_BYTES) return;
    log.error({ waitingBytes: to.writableLength }, "the switch does not read: connecting anew");
    to.destroy();
  };
  const retry = (): void => {
    stopTimer();
    if (closed) return;
    stopTimer = clock.at(addMs(clock.now(), retryMs), open);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  };
  const open = (): void => {
    const attempt = connect(options.socketPath);
    let greeted = false;
    const giveUp = (why: string): void => {
      log.error({ why }, "the connection to the switch is unusable: connecting anew");
      attempt.destroy();
    };
    socket = attempt;
    stopTimer = clock.at(addMs(clock.now(), GREETING_LIMIT_MS), () => giveUp("it does not greet"));
    attempt.setEncoding("utf8");
    attempt.once("connect", () => write(attempt, { frame: "hello", protocol: PROTOCOL_VERSION, server: options.server, acked: options.acked() }));
    const onFrame = (frame: SwitchFrame): void => {
      if (frame.frame !== "hello") return greeted ? options.onFrame(frame) : giveUp("it does not greet first");
      if (greeted) return giveUp("it greets twice");
      if (frame.protocol !== PROTOCOL_VERSION) return giveUp(`it speaks version ${frame.protocol} of the protocol, this server ${PROTOCOL_VERSION}`);
      greeted = true;
      stopTimer();
      retryMs = FIRST_RETRY_MS;
      options.onGreeting(frame);
    };
    readFrames(attempt, onFrame, giveUp);
    attempt.on("error", (error: NodeJS.ErrnoException) => log.debug({ code: error.code }, "no connection to the switch"));
    attempt.on("close", () => {
      socket = null;
      if (greeted) options.onLost();
      retry();
    });
  };
  return {
    start: open,
    send: (frame) => {
      if (socket !== null && !socket.connecting) write(socket, frame);
    },
    close: () => {
      closed = true;
      stopTimer();
      socket?.destroy();
    },
  };
}

function readFrames(socket: Socket, onFrame: (frame: SwitchFrame) => void, giveUp: (why: string) => void): void {
  const read = createLineReader(MAX_SWITCH_LINE_CHARS);
  socket.on("data", (chunk) => {
    const lines = read(String(chunk));
    if (!lines.ok) return giveUp("a line is too long");
    for (const line of lines.value) {
      if (socket.destroyed) return;
      const frame = switchFrame.safeParse(parseJson(line));
      if (!frame.success) return giveUp(`a frame is malformed: ${frame.error.issues[0]?.message ?? ""}`);
      onFrame(frame.data);
    }
  });
}
