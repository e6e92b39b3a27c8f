import { expect, test } from "vitest";
import { createLog } from "./log.ts";

function capture(level: "info" | "debug"): { readonly lines: string[]; readonly log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, log: createLog(level, { write: (line) => void lines.push(line) }) };
}

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
