// Folders that tests write into and nobody reads after them.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];
process.on("exit", () => { for (const folder of made) rmSync(folder, { recursive: true, force: true }); });

/** A new folder, which goes with this process. */
export async function scratch(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `ringdesk-${name}-`));
  made.push(folder);
  return folder;
}
