import { describe, expect, test } from "vitest";
import { encodeUtf8, decodeUtf8, MAX_MESSAGE_BYTES, parseMessage } from "../syntax/index.ts";
import { StreamFramer } from "./index.ts";
import { quickestMs } from "../../../../../tests/support/quickest.ts";

const message = (id: number, body = ""): string => `OPTIONS sip:x SIP/2.0\r\nCall-ID: ${id}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function pushAll(text: string, size: number): { messages: string[]; pings: number; faults: (string | null)[] } {
  const framer = new StreamFramer();
  const bytes = encodeUtf8(text);
  const all = { messages: [] as string[], pings: 0, faults: [] as (string | null)[] };
  for (let i = 0; i < bytes.length; i += size) {
    const { messages, pings, fault } = framer.push(bytes.subarray(i, i + size));
    all.messages.push(...messages.map(decodeUtf8));
    all.pings += pings;
    all.faults.push(fault);
    if (fault !== null) break;
  }
  return all;
}

describe("messages in a stream", () => {
  const stream = message(1) + message(2, "v=0\r\n\r\nx") + "\r\n\r\n" + message(3);
  for (const size of [1, 2, 3, 7, 50, 10_000]) test(`the same messages come out in reads of ${size} bytes`, () => {
    expect(pushAll(stream, size).messages).toEqual([message(1), message(2, "v=0\r\n\r\nx"), message(3)]);
  });

  test("a double CRLF asks for an answer, a single one does not", () => {
    expect(pushAll("\r\n\r\n", 10).pings).toBe(1);
    expect(pushAll("\r\n", 10).pings).toBe(0);
    expect(pushAll(`\r\n${message(1)}\r\n\r\n`, 1_000)).toMatchObject({ pings: 1, messages: [message(1)] });
  });

  test("bare LF, compact and odd spelling of Content-Length", () => {
    expect(pushAll("OPTIONS x SIP/2.0\nl : 2\n\nab" + message(2), 1).messages).toEqual(["OPTIONS x SIP/2.0\nl : 2\n\nab", message(2)]);
  });

  const faults: readonly (readonly [string, string, string])[] = [
    ["no Content-Length", "OPTIONS x SIP/2.0\r\nA: b\r\n\r\n", "content-length-missing"],
    ["two of them", "OPTIONS x SIP/2.0\r\nl: 0\r\nContent-Length: 0\r\n\r\n", "content-length-bad"],
    ["a negative one", "OPTIONS x SIP/2.0\r\nl: -1\r\n\r\n", "content-length-bad"],
    ["one beyond the limit", `OPTIONS x SIP/2.0\r\nl: ${MAX_MESSAGE_BYTES}\r\n\r\n`, "too-large"],
    ["a head without an end", `OPTIONS x SIP/2.0\r\n${"A: b\r\n".repeat(20_000)}`, "too-large"],
  ];
  for (const [what, text, fault] of faults) test(`${what}: ${fault}`, () => {
    expect(pushAll(text, 1_000).faults.at(-1)).toBe(fault);
    expect(pushAll(text, 1_000_000).faults.at(-1)).toBe(fault);
  });

  for (const head of ["OPTIONS sip:a@b SIP/2.0\r\nl: -1\r\n\r\n", "OPTIONS sip:a@b SIP/2.0\r\nA: b\r\n\r\n", "OPTIONS sip:a@b SIP/2.0\nA: b\n\n"]) {
    test(`${JSON.stringify(head.slice(24))}: its head is handed on, and refused with 400`, () => {
      const { messages } = pushAll(`${message(1)}${head}${message(2)}`, 1_000);
      expect(messages).toHaveLength(2);
      expect(parseMessage(encodeUtf8(messages[1] ?? ""))).toMatchObject({ outcome: "refuse", status: 400 });
    });
  }

  test("a message byte by byte costs no more than its length", () => {
    const text = `OPTIONS x SIP/2.0\r\n${"A: b\r\n".repeat(9_000)}`;
    expect(quickestMs(() => pushAll(text, 1))).toBeLessThan(1_000);
  });

  test("whatever bytes come, nothing throws", () => {
    let x = 1;
    for (let i = 0; i < 2_000; i++) {
      const framer = new StreamFramer();
      for (let k = 0; k < 5; k++) {
        const bytes = encodeUtf8(message(i, "abc"));
        for (let m = 0; m < 3; m++) bytes[(x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0) % bytes.length] = x >>> 24;
        if (framer.push(bytes).fault !== null) break;
      }
    }
  });
});
