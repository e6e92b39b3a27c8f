import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** All that tests write goes with the run. PostgreSQL, as a user of its own, has to get in. */
const folder = mkdtempSync(join(tmpdir(), "ringdesk-run-"));
chmodSync(folder, 0o755);
process.env["TMPDIR"] = folder;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const MINUTE_MS = 60_000;
/** Files side by side: most of them wait for something. */
const WORKERS = 2;
const NOT_OURS = ["**/node_modules/**", "**/dist/**"];

/** Beside the code: `unit` is fast and touches no network; `integration` may start processes and has a PostgreSQL. */
const besideTheCode = [
  { name: "unit", include: ["packages/*/src/**/*.test.{ts,tsx}", "apps/*/src/**/*.test.{ts,tsx}", "tools/**/*.test.ts", "tests/support/**/*.test.ts"],
    exclude: ["**/*.integration.test.ts", ...NOT_OURS], testTimeout: 10_000, maxWorkers: WORKERS },
  { name: "integration", include: ["packages/*/src/**/*.integration.test.ts", "apps/*/src/**/*.integration.test.ts", "tools/**/*.integration.test.ts"],
    exclude: NOT_OURS, maxWorkers: WORKERS, testTimeout: MINUTE_MS, hookTimeout: MINUTE_MS, globalSetup: ["tools/test-postgres.setup.ts"] },
];

/** Those of the whole product that measure sound or time so closely that nothing else may run beside them. */
const ALONE: Readonly<Record<string, string>> = { sip: "{bad-input,protection,srtp-strangers,torture}", e2e: "{devices,first-call,handset,rejoin,turn}", chaos: "*" };

/** The whole product against phones, browsers and kill -9: two files side by side, then the others one by one. */
const wholeProduct = Object.entries(ALONE).flatMap(([name, alone]) => {
  const files = { testTimeout: 5 * MINUTE_MS, hookTimeout: 3 * MINUTE_MS,
    // Tests that say so wait for calls side by side.
    maxConcurrency: 12 };
  const own = `tests/${name}/${alone}.test.ts`;
  return [
    { name, include: [`tests/${name}/**/*.test.ts`], exclude: [own, ...NOT_OURS], ...files, maxWorkers: WORKERS, sequence: { groupOrder: 1 } },
    { name: `${name}-alone`, include: [own], exclude: NOT_OURS, ...files, maxWorkers: 1, fileParallelism: false, sequence: { groupOrder: 2 } },
  ];
});

/** What is waited for may take this long on a busy machine. */
const PATIENCE_MS = 30_000;

export default defineConfig({
  test: { projects: [...besideTheCode, ...wholeProduct].map((test) => ({ test: { environment: "node", setupFiles: ["tools/fast-check.setup.ts"], expect: { poll: { timeout: PATIENCE_MS } }, ...test } })) },
});
