// Which ids of the spec are named by how many tests: `npm run spec-ids`, or of some pages `npm run spec-ids -- people routing`.
// Ends with 1 when an id of the pages asked for is named by none.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findSources } from "./structure/imports.ts";
import { titlesOf } from "./structure/titles.ts";

const ROOT = join(import.meta.dirname, "..");
const SPEC = join(ROOT, "../shared/spec");
const FOLDERS = ["packages", "apps", "tests", "tools"];
/** A test, or tests that several implementations pass. */
const TESTS = /[.](?:test|contract)[.]tsx?$/;
const DEFINED = /^- ([A-Z]+-\d+) /gm;
const NAMED = /\b[A-Z]+-\d+\b/g;

/** The ids of each page, in their order. */
function readPages(): ReadonlyMap<string, readonly string[]> {
  const pages = readdirSync(SPEC).filter((file) => file.endsWith(".md")).sort();
  return new Map(pages.map((file) => [file.replace(/[.]md$/, ""), [...readFileSync(join(SPEC, file), "utf8").matchAll(DEFINED)].map(([, id]) => id ?? "")]));
}

/** How many titles name each id, and in how many files. */
function countNames(): ReadonlyMap<string, { titles: number; files: number }> {
  const counts = new Map<string, { titles: number; files: number }>();
  for (const file of findSources(ROOT, FOLDERS).filter((each) => TESTS.test(each))) {
    const here = new Set<string>();
    for (const title of titlesOf(file, readFileSync(join(ROOT, file), "utf8"))) {
      for (const id of new Set(title.match(NAMED))) {
        const count = counts.get(id) ?? { titles: 0, files: 0 };
        counts.set(id, { titles: count.titles + 1, files: count.files + (here.has(id) ? 0 : 1) });
        here.add(id);
      }
    }
  }
  return counts;
}

function report(wanted: readonly string[]): void {
  const counts = countNames();
  const without: string[] = [];
  for (const [page, ids] of readPages()) {
    if (ids.length === 0 || (wanted.length > 0 && !wanted.includes(page))) continue;
    process.stdout.write(`${page}\n`);
    for (const id of ids) {
      const { titles, files } = counts.get(id) ?? { titles: 0, files: 0 };
      process.stdout.write(`  ${id.padEnd(10)} ${String(titles).padStart(4)} in ${files} ${files === 1 ? "file" : "files"}\n`);
      if (titles === 0) without.push(id);
    }
  }
  process.stdout.write(without.length === 0 ? "Every id is named by a test.\n" : `Named by no test: ${without.join(", ")}\n`);
  if (wanted.length > 0 && without.length > 0) process.exitCode = 1;
}

if (existsSync(SPEC)) report(process.argv.slice(2));
else process.stdout.write(`Skipped: the spec is not beside this checkout (${SPEC}).\n`);
