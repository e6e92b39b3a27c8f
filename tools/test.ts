// `npm test`: everything, in the order in which a failure is cheapest to find. `npm run e2e -- first-call` runs the
// end-to-end tests whose file name begins so, `node tools/test.ts unit apps/speech` the unit tests below a folder.
// The last line says how many tests passed and failed.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, seconds } from "./commands.ts";
import { ensureTestPrograms } from "./test-deps.ts";
import { lastLines, summarize, type Summary } from "./test-report.ts";

const NEED_PROGRAMS = ["sip", "e2e", "chaos"];
const ALL = ["integration", ...NEED_PROGRAMS];

/** Runs one vitest project, shows its output, and counts. */
async function runProject(project: string, filters: readonly string[]): Promise<Summary> {
  const folder = mkdtempSync(join(tmpdir(), "ringdesk-tests-"));
  const report = join(folder, "report.json");
  process.stdout.write(`\n── ${project} ${filters.join(" ")}\n`);
  const outcome = await run("vitest", ["run", "--project", project, "--project", `${project}-alone`, "--passWithNoTests", "--reporter", "default", "--reporter", "json", `--outputFile.json=${report}`, ...filters], true);
  const summary = summarize(existsSync(report) ? readFileSync(report, "utf8") : null, outcome.output, outcome.ok);
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`── ${project}: ${summary.passed} passed, ${summary.failed} failed, ${seconds(outcome.tookMs)}\n`);
  return summary;
}

/** All static checks together count as one test. */
async function runCheck(): Promise<Summary> {
  process.stdout.write("── check\n");
  const outcome = await run(process.execPath, ["tools/check.ts", "--without-tests"], true);
  return outcome.ok ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [`static checks: ${lastLines(outcome.output)}`] };
}

/** Whoever sees only the end of the log sees what failed. */
function end(summaries: readonly Summary[]): void {
  const sum = (pick: (summary: Summary) => number): number => summaries.reduce((total, summary) => total + pick(summary), 0);
  const [passed, failed] = [sum((summary) => summary.passed), sum((summary) => summary.failed)];
  for (const failure of summaries.flatMap((summary) => summary.failures)) process.stdout.write(`\nfailed: ${failure}\n`);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const [project, ...names] = process.argv.slice(2);
if (project === undefined) {
  const programs = await ensureTestPrograms();
  const summaries = [await runCheck(), await runProject("unit", [])];
  for (const name of ALL) {
    if (programs || !NEED_PROGRAMS.includes(name)) summaries.push(await runProject(name, []));
    else summaries.push({ passed: 0, failed: 1, failures: [`${name}: programs that it needs are missing`] });
  }
  end(summaries);
} else if (!["unit", ...ALL].includes(project)) {
  process.stderr.write(`There are no "${project}" tests. There are: unit, ${ALL.join(", ")}.\n`);
  process.exitCode = 1;
} else if (NEED_PROGRAMS.includes(project) && !(await ensureTestPrograms())) {
  process.exitCode = 1;
} else {
  end([await runProject(project, names.map((name) => (NEED_PROGRAMS.includes(project) ? `tests/${project}/${name}` : name)))]);
}
