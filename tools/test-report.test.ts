import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { summarize } from "./test-report.ts";

const passing = { status: "passed", fullName: "works", failureMessages: [] };
const report = (files: readonly object[], passed: number, failed: number): string => JSON.stringify({ numPassedTests: passed, numFailedTests: failed, testResults: files });
const good = report([{ name: resolve("a.test.ts"), status: "passed", message: "", assertionResults: [passing] }], 1, 0);

describe("what a run of tests says of itself", () => {
  test("all passed", () => {
    expect(summarize(good, "fine", true)).toEqual({ passed: 1, failed: 0, failures: [] });
  });

  test("a failed test is named with the beginning of its message", () => {
    const failing = { status: "failed", fullName: "a call ends", failureMessages: ["Error: \u001B[31mnobody answered\u001B[39m\n    at x.ts:1"] };
    const { failed, failures } = summarize(report([{ name: resolve("b.test.ts"), status: "failed", message: "", assertionResults: [passing, failing] }], 1, 1), "", false);
    expect(failed).toBe(1);
    expect(failures).toEqual([expect.stringContaining("b.test.ts: a call ends\n    Error: nobody answered")]);
  });

  test("a file whose tests passed and that fails while it tidies up is one failure, with its message", () => {
    const summary = summarize(report([{ name: resolve("c.test.ts"), status: "failed", message: "Error: ENOTEMPTY", assertionResults: [passing] }], 1, 0), "", false);
    expect(summary).toEqual({ passed: 1, failed: 1, failures: ["c.test.ts\n    Error: ENOTEMPTY"] });
  });

  test("an error outside of all tests is a failure that is shown", () => {
    const { passed, failed, failures } = summarize(good, "✓ works\n⎯⎯ Unhandled Errors ⎯⎯\nVitest caught 1 unhandled error\nError: read ECONNRESET", false);
    expect([passed, failed]).toEqual([1, 1]);
    expect(failures[0]).toContain("read ECONNRESET");
    expect(failures[0]).not.toContain("✓");
  });

  test("a run that breaks before it can count is one failure, with the last that it printed", () => {
    expect(summarize(null, "cannot find vitest", false)).toEqual({ passed: 0, failed: 1, failures: ["cannot find vitest"] });
    expect(summarize("{", "killed", false)).toMatchObject({ failed: 1, failures: ["killed"] });
  });
});
