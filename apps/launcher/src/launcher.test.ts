import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig, type Config } from "@ringdesk/contract/config";
import { sampleUsersWord } from "@ringdesk/contract/process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readyBlock } from "./banner.ts";
import { readPinoLine, readPostgresLine } from "./child-output.ts";
import { helpText, parseArguments } from "./cli.ts";
import { MAX_SOCKET_PATH_BYTES, openDataFolder, socketFolder } from "./data-folder.ts";
import { openLogFile } from "./log-files.ts";
import { runAs } from "./postgres/programs.ts";
import { createTerminal } from "./terminal.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "ringdesk-launcher-")); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function terminalTo(lines: string[], isTTY: boolean, env = {}) {
  return createTerminal({ isTTY, write: (text: string) => lines.push(text) }, env, () => new Date(2026, 0, 1, 9, 5, 7));
}
const defaults = (): Config => {
  const config = parseConfig({});
  if (!config.ok) throw new Error("defaults are refused");
  return config.value;
};

describe("data folder", () => {
  test("is made with everything in it, closed to others", () => {
    const opened = openDataFolder(join(folder, "data"));
    expect(opened.ok).toBe(true);
    for (const name of ["run", "logs", "journal", "media/prompts", "media/recordings", "media/music"]) expect(statSync(join(folder, "data", name)).mode & 0o077).toBe(0);
  });

  test("a path that is a file is refused in words", () => {
    writeFileSync(join(folder, "file"), "");
    expect(openDataFolder(join(folder, "file"))).toMatchObject({ ok: false, error: { reason: "it is a file, not a folder" } });
    expect(openDataFolder(join(folder, "file/below"))).toMatchObject({ ok: false, error: { reason: "a part of the path is a file" } });
  });

  test("sockets move to a short private folder when the path is too long", () => {
    const long = join(folder, "x".repeat(MAX_SOCKET_PATH_BYTES), "run");
    const got = socketFolder(long, "switch.sock");
    if (!got.ok) throw new Error(got.error);
    expect(Buffer.byteLength(join(got.value, "switch.sock"))).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
    expect(statSync(got.value).mode & 0o077).toBe(0);
    expect(socketFolder(long, "switch.sock")).toEqual(got);
    rmSync(got.value, { recursive: true });
    mkdirSync(got.value, { mode: 0o755 });
    expect(socketFolder(long, "switch.sock").ok).toBe(false);
    rmSync(got.value, { recursive: true });
  });
});

test("log files start anew when full and only the youngest are kept", async () => {
  const path = join(folder, "a.log");
  const log = openLogFile(path, 30, 2);
  for (let i = 0; i < 8; i++) log.write(`line number ${i}`);
  await log.close();
  expect(readFileSync(path, "utf8")).toBe("line number 6\nline number 7\n");
  expect(existsSync(`${path}.2`)).toBe(true);
  expect(existsSync(`${path}.3`)).toBe(false);
});

describe("terminal", () => {
  test("colours only on a terminal, and never against NO_COLOR", () => {
    const lines: string[] = [];
    expect(terminalTo(lines, true).bold("x")).toContain("\u001b[");
    expect(terminalTo(lines, false).bold("x")).toBe("x");
    expect(terminalTo(lines, true, { NO_COLOR: "1" }).bold("x")).toBe("x");
  });

  test("a warning is one readable line, without what could move the cursor", () => {
    const lines: string[] = [];
    terminalTo(lines, false).warn("server", "odd \u001b[2J text");
    expect(lines).toEqual(["09:05:07 warning server     odd  [2J text\n"]);
  });

  test("of pino's lines only warnings and errors are shown", () => {
    expect(readPinoLine('{"level":30,"msg":"calm"}')).toBeNull();
    expect(readPinoLine('{"level":40,"msg":"careful"}')).toEqual({ level: "warn", text: "careful" });
    expect(readPinoLine('{"level":50,"msg":"broken","err":{"message":"EIO"}}')).toEqual({ level: "error", text: "broken: EIO" });
    expect(readPinoLine("Error: out of the blue")).toEqual({ level: "error", text: "Error: out of the blue" });
    expect(readPostgresLine("ERROR:  duplicate key")).toBeNull();
    expect(readPostgresLine("PANIC:  could not write")).toMatchObject({ level: "error" });
  });
});

describe("words for the operator", () => {
  test("the ready block tells where, who, what to call and how to stop", () => {
    const text = readyBlock(defaults(), { setup: "needed", supportNumber: "+12025550100" }, "/data", 2_345, terminalTo([], false));
    for (const word of ["http://127.0.0.1:8080", "after 2.3 s", "+12025550100", "/handset", "/data", "Ctrl-C", "makes you its owner"]) expect(text).toContain(word);
    expect(readyBlock(defaults(), { setup: "done", ownerEmail: "ada@example.com" }, "/data", 1, terminalTo([], false))).toContain("as ada@example.com");
  });

  test("ORG-1 after an unattended first start it tells how the sample agents sign in", () => {
    const agents = [{ name: "Ana Silva", email: "ana@acme.example", password: "abcd-efgh" }, { name: "Ben Okafor", email: "ben@acme.example", password: "ijkl-mnop" }];
    const text = readyBlock(defaults(), { setup: "done", ownerEmail: "ada@example.com", sampleUsers: sampleUsersWord(agents) }, "/data", 1, terminalTo([], false));
    for (const { name, email, password } of agents) expect(text).toContain(`${name}: ${email} with ${password}`);
    expect(text).toContain("only now");
    expect(readyBlock(defaults(), { setup: "done" }, "/data", 1, terminalTo([], false))).not.toContain("Agents");
  });

  test("arguments", () => {
    expect(parseArguments([])).toEqual({ ok: true, value: "run" });
    expect(parseArguments(["--check"])).toEqual({ ok: true, value: "check" });
    expect(parseArguments(["--help"])).toEqual({ ok: true, value: "help" });
    expect(parseArguments(["--chekc"])).toEqual({ ok: false, error: "--chekc" });
    expect(helpText(terminalTo([], false))).toContain("RINGDESK_HTTP_PORT (8080)");
  });
});

test("root drops to postgres or nobody, others stay who they are", () => {
  expect(runAs("root:x:0:0::/:\nnobody:x:65534:65533::/:\npostgres:x:101:104::/:\n", 0)).toEqual({ ok: true, value: { uid: 101, gid: 104, name: "postgres" } });
  expect(runAs("root:x:0:0::/:\nnobody:x:65534:65533::/:\n", 0)).toMatchObject({ ok: true, value: { name: "nobody" } });
  expect(runAs("root:x:0:0::/:\n", 0).ok).toBe(false);
  expect(runAs("", 1000)).toEqual({ ok: true, value: null });
});
