// `npm run check`: types, lint, structure, unused code and unit tests. The same in CI; ends with exit code 1 on any failure.
// `--without-tests` leaves the unit tests to whoever counts them.
import { availableParallelism } from "node:os";
import { run, seconds, type Outcome } from "./commands.ts";

type Check = { readonly name: string; readonly run: () => Promise<Outcome> };

const WORKSPACES = ["packages/std", "packages/telecom", "packages/contract", "apps/launcher", "apps/switch", "apps/server", "apps/speech", "apps/web"];

const unitTests: Check = { name: "unit tests", run: () => run("vitest", ["run", "--project", "unit"]) };

const checks: readonly Check[] = [
  ...(process.argv.includes("--without-tests") ? [] : [unitTests]),
  ...[...WORKSPACES, "."].map((workspace) => ({ name: `types in ${workspace === "." ? "tests and tools" : workspace}`, run: () => run("tsc", ["-p", workspace]) })),
  { name: "lint", run: () => run("oxlint", ["--deny-warnings"]) },
  { name: "structure", run: () => run(process.execPath, ["tools/structure/main.ts"]) },
  { name: "unused code", run: () => run("knip", ["--no-progress"]) },
];

/** Runs all checks, as many at a time as there are cores. Answers the names of those that failed. */
async function runAll(): Promise<string[]> {
  const queue = [...checks];
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const outcome = await check.run();
      process.stdout.write(`${outcome.ok ? "ok    " : "FAILED"} ${check.name.padEnd(28)} ${seconds(outcome.tookMs)}\n`);
      if (outcome.ok) continue;
      failed.push(check.name);
      process.stdout.write(`${outcome.output.trimEnd()}\n\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return failed;
}

const failed = await runAll();
process.stdout.write(failed.length === 0 ? `all ${checks.length} checks passed\n` : `${failed.length} of ${checks.length} checks failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
