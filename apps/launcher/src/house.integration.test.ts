import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseConfig, type Config } from "@ringdesk/contract/config";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDataFolder, type DataFolder } from "./data-folder.ts";
import { createHouse, type House } from "./house.ts";
import { cleanLeftovers } from "./leftovers.ts";
import { checkPorts } from "./ports.ts";
import { readProcess } from "./proc.ts";
import { createTerminal } from "./terminal.ts";

let root: string;
let folder: DataFolder;
let house: House | null;
let shown: string;
let onShown: () => void;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ringdesk-house-"));
  const opened = openDataFolder(join(root, "data"));
  if (!opened.ok) throw new Error(opened.error.reason);
  folder = opened.value;
  house = null;
  shown = "";
  onShown = () => undefined;
});
afterEach(async () => {
  await house?.stop();
  rmSync(root, { recursive: true, force: true });
});

const env = { PATH: process.env["PATH"], DATABASE_URL: "postgresql://u@localhost/nowhere", RINGDESK_SETUP_OWNER_PASSWORD: "a long password" };
function config(settings: Record<string, string>): Config {
  const parsed = parseConfig(settings);
  if (!parsed.ok) throw new Error("refused");
  return parsed.value;
}

/** A process that notes its life in a diary, says what it was given, and serves until it is told to stop. */
function program(name: string, code: string = ""): string {
  const path = join(root, `${name}.mjs`);
  writeFileSync(path, `
    import { appendFileSync } from "node:fs";
    const note = (what) => appendFileSync(${JSON.stringify(join(root, "diary"))}, "${name} " + what + "\\n");
    process.on("SIGTERM", () => { note("stopped"); process.exit(); });
    process.on("disconnect", () => process.exit());
    note("started");
    ${code}
    process.send({ ready: true, details: { database: process.env.DATABASE_URL ?? "none", password: process.env.RINGDESK_SETUP_OWNER_PASSWORD ?? "none", data: process.env.RINGDESK_DATA } });
    setInterval(() => {}, 1000);`);
  return path;
}
const programs = () => ({ switch: program("switch"), speech: program("speech"), server: program("server") });
const diary = (): string[] => readFileSync(join(root, "diary"), "utf8").trim().split("\n");
const pidOf = (name: string): number => Number.parseInt(readFileSync(join(folder.run, `${name}.pid`), "utf8"), 10);

function build(of: ReturnType<typeof programs>): House {
  const terminal = createTerminal({ write: (text: string) => { shown += text; onShown(); } }, {}, () => new Date());
  const made = createHouse(config({ DATABASE_URL: env.DATABASE_URL }), folder, of, env, terminal, () => Promise.resolve(null));
  if (!made.ok) throw new Error(made.error);
  house = made.value;
  return made.value;
}
const untilShown = (text: string): Promise<void> => new Promise((resolve) => {
  onShown = () => { if (shown.includes(text)) resolve(); };
  onShown();
});

describe("the house", () => {
  test("starts all, gives secrets to the server alone, and stops the server first", async () => {
    const started = await build(programs()).start();
    expect(started).toEqual({ ok: true, value: { database: env.DATABASE_URL, password: "a long password", data: folder.root } });
    expect(diary().at(-1)).toBe("server started");
    await house?.stop();
    expect(diary().slice(3).at(-1)).toBe("switch stopped");
    expect(existsSync(join(folder.run, "server.pid"))).toBe(false);
  });

  test("a process killed with -9 is back at once, and the operator reads it", async () => {
    await build(programs()).start();
    const first = pidOf("server");
    const killedAt = performance.now();
    process.kill(first, "SIGKILL");
    await untilShown("server     is back");
    expect(performance.now() - killedAt).toBeLessThan(2_000);
    expect(pidOf("server")).not.toBe(first);
    expect(shown).toContain("server     ended unexpectedly (SIGKILL); starting it again");
  });

  test("a process that cannot start ends the start with its name and its log", async () => {
    const of = { ...programs(), switch: program("switch", 'process.stderr.write("no such device\\n"); process.exit(3);') };
    const started = await build(of).start();
    expect(started).toMatchObject({ ok: false });
    expect(!started.ok && started.error).toMatch(/The switch process did not start \(exit code 3\). Its log: .*switch\.log/);
    await house?.stop();
    expect(readFileSync(join(folder.logs, "switch.log"), "utf8")).toContain("no such device");
  });
});

test("what a killed launcher left is found by its record and ended; strangers are not", async () => {
  const of = { ...programs(), server: program("server", 'process.removeAllListeners("disconnect");') };
  const at = (file: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);
  const launcher = spawn(process.execPath, ["--input-type=module", "-e", `
    const { createHouse } = await import(${at("house.ts")});
    const { createTerminal } = await import(${at("terminal.ts")});
    const house = createHouse({ databaseUrl: "x" }, ${JSON.stringify(folder)}, ${JSON.stringify(of)}, process.env, createTerminal(process.stdout, {}, () => new Date()), async () => null);
    process.send((await house.value.start()).ok);`], { stdio: ["ignore", "inherit", "inherit", "ipc"], env });
  expect(await once(launcher, "message")).toEqual([true, undefined]);
  const orphan = pidOf("server");
  launcher.kill("SIGKILL");
  await once(launcher, "exit");
  writeFileSync(join(folder.run, "stranger.pid"), `${process.pid}\n${JSON.stringify({ pid: process.pid, startTicks: 1, bootId: "other", program: "x", stopSignal: "SIGTERM" })}\n`);
  writeFileSync(join(folder.sockets, "switch.sock"), "");
  const ended = await cleanLeftovers(folder.run, folder.sockets);
  expect(ended).toContainEqual({ name: "server", pid: orphan, end: "stopped" });
  expect(ended.map(({ name }) => name)).not.toContain("stranger");
  expect(readProcess(orphan)).toBeNull();
  expect(existsSync(join(folder.sockets, "switch.sock"))).toBe(false);
});

test("an occupied port is named with its setting and a way out", async () => {
  const [tcp, udp] = [createServer().listen(0, "127.0.0.1"), createSocket("udp4").bind(0, "127.0.0.1")];
  await Promise.all([once(tcp, "listening"), once(udp, "listening")]);
  const http = (tcp.address() as { port: number }).port;
  const sip = udp.address().port;
  const problems = await checkPorts(config({ RINGDESK_HTTP_PORT: String(http), RINGDESK_SIP_PORT: String(sip), RINGDESK_WEBRTC_PORT: "9", RINGDESK_RTP_PORTS: "100-200" }));
  expect(problems.slice(0, 2).map(({ setting, message }) => [setting, message.includes("in use"), message.includes(`${setting}=`)])).toEqual([
    ["RINGDESK_HTTP_PORT", true, true], ["RINGDESK_SIP_PORT", true, true]]);
  const elsewhere = await checkPorts(config({ RINGDESK_BIND: "192.0.2.1" }));
  expect(elsewhere.map(({ setting }) => setting)).toEqual(Array(4).fill("RINGDESK_BIND"));
  tcp.close();
  udp.close();
});
