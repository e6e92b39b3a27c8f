// What the server says of itself when it serves.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@ringdesk/contract/config";
import { sampleUsersWord, type SampleUser } from "@ringdesk/contract/process";
import type { E164 } from "@ringdesk/std";

/** What the launcher prints. The passwords of sample agents are told once, and only where everything is a sandbox. */
export function readyDetails(config: Config, isSetUp: boolean, supportNumber: E164 | null, sampleUsers: readonly SampleUser[]): Readonly<Record<string, string>> {
  return {
    setup: isSetUp ? "done" : "needed",
    ...(config.setup === null ? {} : { ownerEmail: config.setup.ownerEmail }),
    ...(supportNumber === null ? {} : { supportNumber }),
    ...(config.sandbox && sampleUsers.length > 0 ? { sampleUsers: sampleUsersWord(sampleUsers) } : {}),
  };
}

/** The version of the package that this process was started from. */
export async function ownVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(import.meta.dirname, "../package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "0";
}
