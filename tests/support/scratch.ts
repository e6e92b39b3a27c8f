// Folders that tests write into.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder, which goes with this run of the tests. */
export const scratch = (name: string): Promise<string> => mkdtemp(join(tmpdir(), `ringdesk-${name}-`));
