// What a run of vitest says of itself: counts, and why it failed in few lines, so that the end of a long log tells enough.
import { relative, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

export type Summary = { readonly passed: number; readonly failed: number; readonly failures: readonly string[] };

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] | null }[];
  }[];
};

const MAX_LINES = 40;
const UNHANDLED = /^.*(Unhandled (Error|Rejection)|Vitest caught \d+ unhandled).*$/m;

const checkout = resolve(import.meta.dirname, "..");
/** The end of an output, indented. */
export const lastLines = (text: string): string => stripVTControlCharacters(text).trim().split("\n").slice(-MAX_LINES).join("\n    ");
const linesOf = (text: string, most: number): string => stripVTControlCharacters(text).trim().split("\n").slice(0, most).join("\n    ");

/** A run that ended badly is at least one failure, also when every test of it passed. `report` is null when none was written. */
export function summarize(report: string | null, output: string, ok: boolean): Summary {
  const { passed, failed, failures } = readReport(report);
  if (ok || failed > 0) return { passed, failed, failures };
  return { passed, failed: 1, failures: [unhandled(output)] };
}

function readReport(text: string | null): Summary {
  const report = parse(text);
  if (report === null) return { passed: 0, failed: 0, failures: [] };
  const failures: string[] = [];
  let broken = 0;
  for (const { name: path, status, message, assertionResults } of report.testResults) {
    const name = relative(checkout, path);
    const failed = assertionResults.filter((test) => test.status === "failed");
    for (const test of failed) failures.push(`${name}: ${test.fullName}\n    ${linesOf(test.failureMessages?.[0] ?? "", 8)}`);
    // A file that fails before its first test, or while it tidies up after the last, holds no failed test.
    if (status === "failed" && failed.length === 0) {
      broken += 1;
      failures.push(`${name}\n    ${linesOf(message, 8)}`);
    }
  }
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken, failures };
}

function parse(text: string | null): Report | null {
  try {
    return text === null ? null : (JSON.parse(text) as Report);
  } catch {
    return null;
  }
}

/** What vitest printed of an error outside of all tests, or the last that it printed. */
function unhandled(output: string): string {
  const plain = stripVTControlCharacters(output);
  const at = plain.search(UNHANDLED);
  return at === -1 ? lastLines(plain) : linesOf(plain.slice(at), MAX_LINES);
}
