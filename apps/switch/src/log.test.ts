import { expect, test } from "vitest";
import { createLog, maskNumber, maskText } from "./log.ts";

function capture(level: "info" | "debug"): { readonly lines: string[]; readonly log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, log: createLog(level, { write: (line) => void lines.push(line) }) };
}

test("a number shows its last four digits", () => {
  expect(maskNumber("+12025550123")).toBe("…0123");
  expect(maskNumber("911")).toBe("…");
});

test("numbers and addresses in a text are masked, ids and times are not", () => {
  expect(maskText("call from +12025550123 at 192.0.2.7:5060")).toBe("call from …0123 at (address):5060");
  expect(maskText("sip:2025550123@[2001:db8::17]")).toBe("sip:…0123@[(address)]");
  expect(maskText("::1 and fe80::1")).toBe("(address) and (address)");
  const id = "leg 019a3456789-ab at 12:34:56, 0197a2b3c4d5";
  expect(maskText(id)).toBe(id);
});

test("no number and no address reaches a line of level info or above, wherever it stands", () => {
  const { lines, log } = capture("info");
  log.info({ from: "+12025550123", deep: { list: ["10.0.0.1"] } }, "a call from 2025550123");
  log.warn({ err: new Error("connect ECONNREFUSED 198.51.100.9:5060") }, "refused");
  log.fatal("2001:db8::1 failed");
  expect(lines).toHaveLength(3);
  expect(lines.join("")).not.toMatch(/5550123|10\.0\.0\.1|198\.51|2001:db8/);
  expect(lines.join("")).toMatch(/…0123/);
});

test("debug lines keep them, to trace a call", () => {
  const { lines, log } = capture("debug");
  log.debug({ from: "+12025550123" }, "incoming");
  expect(lines[0]).toContain("+12025550123");
});
