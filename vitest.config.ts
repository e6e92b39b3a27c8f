import { defineConfig } from "vitest/config";

const MINUTE_MS = 60_000;
const NOT_OURS = ["**/node_modules/**", "**/dist/**"];

/** Beside the code: `unit` is fast and touches no network; `integration` may start processes and has a PostgreSQL. */
const besideTheCode = [
  { name: "unit", include: ["packages/*/src/**/*.test.{ts,tsx}", "apps/*/src/**/*.test.{ts,tsx}", "tools/**/*.test.ts", "tests/support/**/*.test.ts"],
    exclude: ["**/*.integration.test.ts", ...NOT_OURS], testTimeout: 10_000 },
  { name: "integration", include: ["packages/*/src/**/*.integration.test.ts", "apps/*/src/**/*.integration.test.ts", "tools/**/*.integration.test.ts"],
    exclude: NOT_OURS, testTimeout: MINUTE_MS, hookTimeout: MINUTE_MS, globalSetup: ["tools/test-postgres.setup.ts"] },
];

/** The whole product against phones, browsers and kill -9: one file at a time, because it measures sound and time. */
const wholeProduct = ["sip", "e2e", "chaos"].map((name) => ({
  name, include: [`tests/${name}/**/*.test.ts`], exclude: NOT_OURS, testTimeout: 5 * MINUTE_MS, hookTimeout: 3 * MINUTE_MS, fileParallelism: false,
  // Tests that say so wait for calls side by side.
  maxConcurrency: 12,
}));

export default defineConfig({
  test: { projects: [...besideTheCode, ...wholeProduct].map((test) => ({ test: { environment: "node", setupFiles: ["tools/fast-check.setup.ts"], ...test } })) },
});
