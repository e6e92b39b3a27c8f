// Each rule is planted with one violation in a small checkout of its own, and the check must name it.
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rooms } from "../../rooms.mjs";
import { rules } from "./rules.ts";

const root = join(import.meta.dirname, "../..");
const server = "apps/server/src";
const roomNames = Object.keys(rooms);
let checkout: string;
beforeAll(() => { checkout = mkdtempSync(join(tmpdir(), "ringdesk-structure-")); });
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

/** Runs a program in the planted checkout; answers its output and whether it found fault. */
function judge(program: string, words: readonly string[]): Promise<{ readonly failed: boolean; readonly output: string }> {
  return new Promise((done) => {
    execFile(program, words, { cwd: checkout, encoding: "utf8" }, (error, stdout, stderr) => done({ failed: error !== null, output: stdout + stderr }));
  });
}

/** A room that `room` may not import. */
const strangerOf = (room: string): string =>
  roomNames.find((name) => name !== room && !(rooms as Record<string, readonly string[]>)[room]?.includes(name)) ?? "";

/** Rule, the importing file, what it imports. */
const planted: readonly (readonly [rule: string, from: string, to: string])[] = [
  ["std-is-bottom", "packages/std/src/planted.ts", "node:fs"],
  ["telecom-is-sans-io", "packages/telecom/src/sip/planted.ts", "node:dgram"],
  ["contract-is-pure", "packages/contract/src/http/planted.ts", "pino"],
  ["apps-meet-in-contract", "apps/web/src/planted.ts", "../../server/src/teams/index.ts"],
  ["no-one-imports-main", `${server}/kernel/planted.ts`, "../main.ts"],
  ["no-test-code-in-product", `${server}/kernel/planted2.ts`, "./clock.fake.ts"],
  ["pure-files-do-no-io", `${server}/calls/planted.machine.ts`, "node:fs"],
  ["pure-files-do-no-io", `${server}/calls/planted.rules.ts`, "./call.service.ts"],
  ["front-doors-are-pure", `${server}/calls/index.ts`, "./call.service.ts"],
  ["only-main-wires", `${server}/routing/planted.service.ts`, "../calls/wiring.ts"],
  ["rooms-have-one-door", `${server}/routing/planted2.service.ts`, "../calls/call.service.ts"],
  ["every-room-is-on-the-map", `${server}/attic/planted.ts`, "node:fs"],
  ...roomNames.map((room) => [`room-${room}`, `${server}/${room}/planted-${room}.ts`, `../${strangerOf(room)}/index.ts`] as const),
  ["only-telephony-speaks-to-the-switch", `${server}/calls/planted.service.ts`, "@ringdesk/contract/switch"],
  ["server-knows-no-telecom", `${server}/telephony/planted.ts`, "@ringdesk/telecom/sip"],
  ["web-knows-no-telephony", "apps/web/src/planted2.ts", "@ringdesk/contract/switch"],
  ["sql-only-in-stores", `${server}/teams/planted.service.ts`, "pg"],
  ["http-only-in-routes", `${server}/teams/planted2.service.ts`, "fastify"],
  ["webrtc-only-in-its-folder", "apps/switch/src/leg/planted.ts", "node-datachannel"],
  ["no-cycles", `${server}/teams/one.ts`, "./two.ts"],
  ["no-unresolved", `${server}/teams/planted3.service.ts`, "./nowhere.ts"],
];

describe("a planted violation of each structure rule fails the check", () => {
  let output = "";
  let failed = false;
  beforeAll(async () => {
    for (const name of roomNames) plant(`${server}/${name}/index.ts`, "export {};\n");
    for (const path of [`${server}/main.ts`, `${server}/calls/call.service.ts`, `${server}/calls/wiring.ts`, `${server}/kernel/clock.fake.ts`,
      "packages/contract/src/switch/index.ts", "packages/telecom/src/sip/index.ts"]) plant(path, "export {};\n");
    for (const [, from, to] of planted) plant(from, `import ${JSON.stringify(to)};\n`);
    plant(`${server}/calls/typed.machine.ts`, 'import type { Stats } from "node:fs";\nexport type Size = Stats["size"];\n');
    plant(`${server}/teams/two.ts`, 'import type {} from "./one.ts";\n');
    ({ output, failed } = await judge(process.execPath, [join(root, "tools/structure/main.ts"), checkout]));
  });

  test("every rule has a planted violation", () => {
    const names = new Set(planted.map(([rule]) => rule));
    expect([...rules.map((rule) => rule.name), "no-cycles", "no-unresolved"].filter((name) => !names.has(name))).toEqual([]);
  });

  test("the check fails", () => expect(failed).toBe(true));

  for (const [rule, from] of planted) test(`${rule} names ${from}`, () => {
    expect(output.split("\n").some((line) => line.startsWith(`${rule}: `) && line.includes(from))).toBe(true);
  });

  test("a type that a pure file imports is no violation", () => {
    expect(output).not.toContain("typed.machine.ts");
  });
});

describe("a planted violation of each lint rule fails the check", () => {
  const machine = `${server}/calls/lint.machine.ts`;
  const lines = (count: number, line: string): string => `${line}\n`.repeat(count);
  const cases: readonly (readonly [rule: string, path: string, text: string])[] = [
    ["no-restricted-globals", machine, "export const now = (): number => Date.now();\n"],
    ["no-restricted-properties", `${server}/calls/lint.rules.ts`, "export const dice = (): number => Math.random();\n"],
    ["no-restricted-globals", "packages/telecom/src/sip/lint.ts", "export const later = (f: () => void) => setTimeout(f, 1);\n"],
    ["no-explicit-any", `${server}/calls/any.ts`, "export const anything = (x: any): unknown => x;\n"],
    ["no-console", `${server}/calls/console.ts`, 'console.log("x");\n'],
    ["no-default-export", `${server}/calls/default.ts`, "export default 1;\n"],
    ["max-lines", `${server}/calls/long.ts`, `export const list = [\n${lines(601, "  1,")}];\n`],
    ["max-lines-per-function", `${server}/calls/long-function.ts`, `export function long(): number {\n  let n = 0;\n${lines(71, "  n++;")}  return n;\n}\n`],
    ["no-cycle", `${server}/calls/cycle-a.ts`, 'import { b } from "./cycle-b.ts";\nexport const a = (): number => b();\n'],
  ];
  let output = "";
  beforeAll(async () => {
    copyFileSync(join(root, ".oxlintrc.json"), join(checkout, ".oxlintrc.json"));
    for (const [, path, text] of cases) plant(path, text);
    plant(`${server}/calls/cycle-b.ts`, 'import { a } from "./cycle-a.ts";\nexport const b = (): number => a();\n');
    ({ output } = await judge(join(root, "node_modules/.bin/oxlint"), ["--deny-warnings", "--format", "unix"]));
  });

  for (const [rule, path] of cases) test(`${rule} in ${path}`, () => {
    expect(output.split("\n").some((line) => line.includes(path) && line.includes(`(${rule})`))).toBe(true);
  });
});

test("an export that nobody imports fails the check", async () => {
  const folder = join(checkout, "unused");
  const place = (path: string, text: string): void => plant(join("unused", path), text);
  place("package.json", JSON.stringify({ name: "unused", type: "module", workspaces: ["packages/*", "apps/*"] }));
  place("apps/speech/package.json", JSON.stringify({ name: "@ringdesk/speech", type: "module" }));
  place("apps/speech/src/main.ts", 'import { used } from "./words.ts";\nused();\n');
  place("apps/speech/src/words.ts", "export const used = (): void => undefined;\nexport const plantedExport = 1;\n");
  place("apps/speech/src/planted-file.ts", "export {};\n");
  copyFileSync(join(root, "knip.json"), join(folder, "knip.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const { failed, output } = await judge(join(root, "node_modules/.bin/knip"), ["--no-progress", "--directory", folder]);
  expect(failed).toBe(true);
  expect(output).toContain("plantedExport");
  expect(output).toContain("planted-file.ts");
});
