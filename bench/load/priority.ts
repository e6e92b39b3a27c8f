// In front of everything else that a shared machine does.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { setPriority } from "node:os";

const FIRST = -19, USUAL = 0;

/**
 * Lets this process and everything that it has started go before others. On a kernel that shares by sessions the session counts and
 * not the process, so both are told. What may not be said is left out: `false` when nothing could be.
 */
export const goFirst = (): Promise<boolean> => goWith(FIRST);
/** What is started from now on has no privilege. */
export const goAsUsual = (): Promise<boolean> => goWith(USUAL);

async function goWith(nice: number): Promise<boolean> {
  const told = await Promise.all((await family(process.pid)).map(async (pid) => {
    try {
      setPriority(pid, nice);
    } catch { return false; }
    await writeFile(`/proc/${pid}/autogroup`, String(nice)).catch(() => undefined);
    return true;
  }));
  return told.some(Boolean);
}

/** A process and all that descend from it. */
async function family(root: number): Promise<readonly number[]> {
  const parents = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(async (name) => {
    const fields = await readFile(`/proc/${name}/stat`, "utf8").then((text) => text.slice(text.lastIndexOf(")") + 2).split(" "), () => []);
    return { pid: Number(name), parent: Number(fields[1]) };
  }));
  const found = new Set([root]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}
