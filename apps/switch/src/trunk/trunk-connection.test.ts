// One connection, with a socket of paper and a clock of our own.
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Millis } from "@ringdesk/std";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createConnection, IDLE_LIMIT_MS, MAX_UNSENT_BYTES } from "./trunk-connection.ts";

class PaperSocket extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  isDestroyed = false;
  setNoDelay(): void {}
  pause(): void {}
  destroySoon(): void { this.destroy(); }
  write(bytes: Uint8Array | string): void { this.written.push(bytes.toString()); }
  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

const OPTIONS = "OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n";

function connected(given: { inCall?: boolean } = {}) {
  const socket = new PaperSocket();
  const received: string[] = [];
  const closed: (string | null)[] = [];
  const connection = createConnection({
    id: 1, socket: socket as unknown as Socket, flow: { transport: "tcp", address: "192.0.2.1", port: 5, connection: 1 }, now: () => Date.now() as Millis,
    receive: (bytes) => void received.push(Buffer.from(bytes).toString()), isInCall: () => given.inCall === true, closed: (code) => void closed.push(code),
  });
  return { socket, received, closed, connection, feed: (text: string) => void socket.emit("data", Buffer.from(text)) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("SEC-3 connections that keep us waiting", () => {
  test("idle for 32 s without a call: closed", () => {
    const c = connected();
    vi.advanceTimersByTime(IDLE_LIMIT_MS - 1);
    expect(c.closed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(c.closed).toEqual(["idle"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("messages and keep-alives begin the wait anew; a keep-alive is answered", () => {
    const c = connected();
    for (let i = 0; i < 5; i++) {
      vi.advanceTimersByTime(IDLE_LIMIT_MS - 1_000);
      c.feed(i % 2 === 0 ? "\r\n\r\n" : OPTIONS);
    }
    expect([c.closed, c.received, c.socket.written]).toEqual([[], [OPTIONS, OPTIONS], ["\r\n", "\r\n", "\r\n"]]);
    vi.advanceTimersByTime(2 * IDLE_LIMIT_MS);
    expect(c.closed).toEqual(["idle"]);
  });

  test("with a call it may be idle, but not send one byte now and then", () => {
    const c = connected({ inCall: true });
    vi.advanceTimersByTime(10 * IDLE_LIMIT_MS);
    expect(c.closed).toEqual([]);
    for (const byte of OPTIONS.slice(0, 40)) {
      c.feed(byte);
      vi.advanceTimersByTime(1_000);
    }
    expect(c.closed).toEqual(["idle"]);
  });

  test("what is no SIP, and who does not read, is closed", () => {
    const c = connected();
    c.feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(c.closed).toEqual(["content-length-missing"]);
    const deaf = connected();
    deaf.socket.writableLength = MAX_UNSENT_BYTES + 1;
    deaf.connection.send(new Uint8Array(1));
    expect(deaf.closed).toEqual(["not-reading"]);
  });
});
