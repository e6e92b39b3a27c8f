import { expect, test } from "vitest";
import { maskArguments, maskNumber, maskText, maskValue } from "./index.ts";

test("SEC-6 numbers, addresses and e-mail addresses do not stand in a log line; times and ids do", () => {
  expect(maskText("call from +12025550123 at 12:34:56 by 192.0.2.7 and 2001:db8::1, ana@acme.example, id 0198c0ffee12345678901234567890ab"))
    .toBe("call from …0123 at 12:34:56 by (address) and (address), (e-mail), id 0198c0ffee12345678901234567890ab");
  expect(maskValue({ err: new Error("no route to +442079460000"), list: ["+12025550123"], n: 12_025_550_123 }))
    .toMatchObject({ err: { message: "no route to …0000" }, list: ["…0123"], n: 12_025_550_123 });
});

test("a number shows its last four digits", () => {
  expect([maskNumber("+12025550123"), maskNumber("911")]).toEqual(["…0123", "…"]);
});

test("SEC-6 addresses with ports and in brackets, and numbers in SIP addresses, are masked", () => {
  expect(maskText("call from +12025550123 at 192.0.2.7:5060")).toBe("call from …0123 at (address):5060");
  expect(maskText("sip:2025550123@[2001:db8::17]")).toBe("sip:…0123@[(address)]");
  expect(maskText("sip:2025550123@198.51.100.9")).toBe("sip:…0123@(address)");
  expect(maskText("::1 and fe80::1")).toBe("(address) and (address)");
});

test("lines of level debug keep everything, to trace a call", () => {
  const line = [{ from: "+12025550123" }, "from 192.0.2.7"];
  expect(maskArguments(line, 20)).toEqual(line);
  expect(maskArguments(line, 30)).toEqual([{ from: "…0123" }, "from (address)"]);
});
