import { defineConfig } from "vitest/config";

/** Unit tests live beside the code; what needs processes, browsers or phones lives under tests/ (see tools/test.ts). */
const projects = {
  unit: { include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "tools/**/*.test.ts"], exclude: ["**/*.integration.test.ts", "**/node_modules/**"] },
  integration: { include: ["apps/*/src/**/*.integration.test.ts", "tools/**/*.integration.test.ts"], exclude: ["**/node_modules/**"] },
} as const;

export default defineConfig({
  test: {
    projects: Object.entries(projects).map(([name, test]) => ({
      test: { name, environment: "node", include: [...test.include], exclude: [...test.exclude], testTimeout: name === "unit" ? 10_000 : 60_000, hookTimeout: 60_000,
        ...(name === "integration" ? { globalSetup: ["./tools/test-postgres.setup.ts"] } : {}) },
    })),
  },
});
