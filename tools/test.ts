// `npm test`: everything, in the order in which a failure is cheapest to find. `npm run e2e -- first-call` runs the
// end-to-end tests whose file name begins so, `node tools/test.ts unit apps/speech` the unit tests below a folder.
// The last line says how many tests passed and failed.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, seconds } from "./commands.ts";
import { ensureTestPrograms } from "./test-deps.ts";

type Count = { readonly passed: number; readonly failed: number };

const NEED_PROGRAMS = ["sip", "e2e", "chaos"];
const ALL = ["integration", ...NEED_PROGRAMS];

/** Runs one vitest project, shows its output, and counts. A run that breaks before it can count is one failure. */
async function runProject(project: string, filters: readonly string[]): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "ringdesk-tests-"));
  const report = join(folder, "report.json");
  process.stdout.write(`\n── ${project} ${filters.join(" ")}\n`);
  const outcome = await run("vitest", ["run", "--project", project, "--project", `${project}-alone`, "--passWithNoTests", "--reporter", "default", "--reporter", "json", `--outputFile.json=${report}`, ...filters], true);
  const counted = readCount(report);
  rmSync(folder, { recursive: true, force: true });
  const count = !outcome.ok && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  process.stdout.write(`── ${project}: ${count.passed} passed, ${count.failed} failed, ${seconds(outcome.tookMs)}\n`);
  return count;
}

function readCount(report: string): Count {
  try {
    const { numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(readFileSync(report, "utf8")) as
      { readonly numPassedTests: number; readonly numFailedTests: number; readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[] };
    // A file that fails before its first test holds no failed test.
    const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
    return { passed, failed: failed + broken };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** All static checks together count as one test. */
async function runCheck(): Promise<Count> {
  process.stdout.write("── check\n");
  const outcome = await run(process.execPath, ["tools/check.ts", "--without-tests"], true);
  return outcome.ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function end(counts: readonly Count[]): void {
  const sum = (pick: (count: Count) => number): number => counts.reduce((total, count) => total + pick(count), 0);
  const [passed, failed] = [sum((count) => count.passed), sum((count) => count.failed)];
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const [project, ...names] = process.argv.slice(2);
if (project === undefined) {
  const programs = await ensureTestPrograms();
  const counts = [await runCheck(), await runProject("unit", [])];
  for (const name of ALL) {
    if (programs || !NEED_PROGRAMS.includes(name)) counts.push(await runProject(name, []));
    else counts.push({ passed: 0, failed: 1 });
  }
  end(counts);
} else if (!["unit", ...ALL].includes(project)) {
  process.stderr.write(`There are no "${project}" tests. There are: unit, ${ALL.join(", ")}.\n`);
  process.exitCode = 1;
} else if (NEED_PROGRAMS.includes(project) && !(await ensureTestPrograms())) {
  process.exitCode = 1;
} else {
  end([await runProject(project, names.map((name) => (NEED_PROGRAMS.includes(project) ? `tests/${project}/${name}` : name)))]);
}
