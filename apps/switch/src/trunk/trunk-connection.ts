// One TCP or TLS connection with a neighbour: bytes to messages, and when it has been idle or slow for too long.
import type { Socket } from "node:net";
import type { Millis } from "@ringdesk/std";
import { StreamFramer, type Flow } from "@ringdesk/telecom/sip";

/** Without a whole message for this long, a connection that carries no call is closed; a message half sent, in any case. */
export const IDLE_LIMIT_MS = 32_000;
/** Bytes that a neighbour which does not read may leave with us. */
export const MAX_UNSENT_BYTES = 1_048_576;
const PONG = "\r\n";

export type Connection = {
  readonly id: number;
  /** The other end, with this connection's number. */
  readonly flow: Flow;
  readonly send: (bytes: Uint8Array) => void;
  readonly destroy: () => void;
};

type ConnectionOptions = {
  readonly id: number;
  readonly socket: Socket;
  readonly flow: Flow;
  readonly now: () => Millis;
  readonly receive: (bytes: Uint8Array) => void;
  readonly isInCall: () => boolean;
  /** Called once, however it ends; `code` is the system's word for what went wrong, `hasServed` whether anything ever came over it. */
  readonly closed: (code: string | null, hasServed: boolean) => void;
};

export function createConnection(options: ConnectionOptions): Connection {
  const { socket, now } = options;
  const framer = new StreamFramer();
  let code: string | null = null;
  let hasServed = false;
  let lastMessageAt = now();
  let idle: NodeJS.Timeout;
  const close = (why: string): void => {
    code ??= why;
    socket.destroy();
  };
  const watch = (): void => {
    const left = lastMessageAt + IDLE_LIMIT_MS - now();
    if (left <= 0 && (framer.isPartial || !options.isInCall())) return close("idle");
    idle = setTimeout(watch, left > 0 ? left : IDLE_LIMIT_MS);
  };
  idle = setTimeout(watch, IDLE_LIMIT_MS);
  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => {
    hasServed = true;
    const { messages, pings, fault } = framer.push(chunk);
    if (messages.length > 0 || (pings > 0 && !framer.isPartial)) lastMessageAt = now();
    if (pings > 0) socket.write(PONG);
    for (const message of messages) options.receive(message);
    if (fault === null) return;
    // What was answered still goes out; nothing more is read.
    code ??= fault;
    socket.pause();
    socket.removeAllListeners("data");
    socket.destroySoon();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => { code ??= error.code ?? error.name; });
  socket.on("close", () => {
    clearTimeout(idle);
    options.closed(code, hasServed);
  });
  return {
    id: options.id,
    flow: options.flow,
    send: (bytes) => {
      if (socket.writableLength > MAX_UNSENT_BYTES) return close("not-reading");
      socket.write(bytes);
    },
    destroy: () => close("closing"),
  };
}
