import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { err, ok, type Result } from "@ringdesk/std";

export type WebBuild = "fresh" | "built" | "no-sources";

/** What the pages are made from, relative to the checkout. */
const SOURCES = ["apps/web/src", "apps/web/public", "apps/web/index.html", "apps/web/vite.config.ts", "apps/web/package.json",
  "packages/std/src", "packages/contract/src", "package-lock.json"] as const;
const PAGES = "apps/web/dist";
const STAMP = ".built-from";
/** Where a build grows until it is whole: `apps/web/.build-*`. */
const WORKSHOP = ".build-";
const BUILD_TIMEOUT_MS = 180_000;
const MAX_OUTPUT_BYTES = 1_000_000;

/**
 * Builds the pages when they were never built or are older than their sources; which is decided by a hash over
 * the sources' content, because a checkout sets all dates anew. The error is the last of what the build said.
 */
export async function ensureWebBuild(checkout: string): Promise<Result<WebBuild, string>> {
  if (!existsSync(join(checkout, "apps/web/index.html"))) return ok("no-sources");
  const hash = hashOf(checkout);
  const pages = join(checkout, PAGES);
  const stamp = join(pages, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return ok("fresh");
  clearWorkshops(checkout);
  const workshop = mkdtempSync(join(checkout, "apps/web", WORKSHOP));
  try {
    const vite = join(dirname(createRequire(join(checkout, "apps/web/package.json")).resolve("vite/package.json")), "bin/vite.js");
    const grown = join(workshop, "dist");
    await promisify(execFile)(process.execPath, [vite, "build", "apps/web", "--outDir", grown, "--logLevel", "warn"], { cwd: checkout, timeout: BUILD_TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES });
    writeFileSync(join(grown, STAMP), hash);
    putInPlace(grown, pages, join(workshop, "old"));
    return ok("built");
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    return err((stderr === "" ? String(error) : stderr).trim().split("\n").slice(-15).join("\n"));
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/**
 * Puts a folder where another may stand, which goes to `aside`. Whoever serves `place` meanwhile has the old or the new
 * files, never an emptied folder. When another process puts its own there at the same time, that one stays: both are whole.
 */
export function putInPlace(grown: string, place: string, aside: string): void {
  try {
    renameSync(place, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  try {
    renameSync(grown, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
}

/** Removes what builds left behind that were killed. */
function clearWorkshops(checkout: string): void {
  const web = join(checkout, "apps/web");
  for (const name of readdirSync(web).filter((each) => each.startsWith(WORKSHOP))) {
    const left = statSync(join(web, name), { throwIfNoEntry: false });
    if (left !== undefined && Date.now() - left.mtimeMs > 2 * BUILD_TIMEOUT_MS) rmSync(join(web, name), { recursive: true, force: true });
  }
}

function hashOf(checkout: string): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of filesUnder(checkout, source)) hash.update(`${file}\0`).update(readFileSync(join(checkout, file))).update("\0");
  }
  return hash.digest("hex");
}

/** Relative paths of the file or of all files in the folder, in a stable order; none when it does not exist. */
function filesUnder(checkout: string, path: string): string[] {
  if (!existsSync(join(checkout, path))) return [];
  try {
    return readdirSync(join(checkout, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts") && !entry.name.endsWith(".test.tsx"))
      .map((entry) => join(entry.parentPath, entry.name).slice(checkout.length + 1)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [path];
    throw error;
  }
}
