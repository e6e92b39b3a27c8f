// `node tools/structure/main.ts [checkout]`: prints each violation, exit code 1 when there is one.
import { resolve } from "node:path";
import { findViolations } from "./check.ts";
import { findSources, readImports } from "./imports.ts";
import { rules } from "./rules.ts";

const checkout = resolve(process.argv[2] ?? ".");
const files = findSources(checkout, ["packages", "apps", "tools", "tests", "bench"]);
const violations = findViolations(readImports(checkout, files), rules);
for (const { rule, why, path } of violations) process.stdout.write(`${rule}: ${path}\n    ${why}\n`);
process.stdout.write(`${files.length} files, ${violations.length} violations\n`);
process.exitCode = violations.length === 0 ? 0 : 1;
