import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../platform/index.ts";
import type { Append } from "./facts.rules.ts";

const FILE = /^\d+\.ndjson$/;

/** Appends that wait for the database, on disk. One line is one append. */
export interface Journal {
  /** Writes and syncs. Rejects when the disk refuses; then nothing counts as written. */
  readonly write: (appends: readonly Append[]) => Promise<void>;
  /** Removes everything: it is all in the database. */
  readonly clear: () => Promise<void>;
  /** Puts aside, for a person to look at, what the database will never take. */
  readonly setAside: (append: Append, why: string) => Promise<void>;
}

export interface JournalLeft {
  readonly appends: readonly Append[];
  /** Lines that could not be read, beyond the one that a crash may have cut short. */
  readonly damaged: number;
}

/** Opens the journal in `folder` and reads what an earlier run left. */
export async function openJournal(folder: string): Promise<{ readonly journal: Journal; readonly left: JournalLeft }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files = (await readdir(folder)).filter((name) => FILE.test(name)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const left = await readAll(folder, files);
  const last = Number.parseInt(files.at(-1) ?? "0", 10);
  return { journal: createJournal(folder, last), left };
}

async function readAll(folder: string, files: readonly string[]): Promise<JournalLeft> {
  const appends: Append[] = [];
  let damaged = 0;
  for (const name of files) {
    const lines = (await readFile(join(folder, name), "utf8")).split("\n");
    // After the last newline stands nothing, or what a crash cut short: that was never acknowledged.
    for (const line of lines.slice(0, -1)) {
      try {
        appends.push(JSON.parse(line) as Append);
      } catch {
        damaged += 1;
      }
    }
    if (damaged > 0) await rename(join(folder, name), join(folder, `${name}.damaged`));
  }
  return { appends, damaged };
}

function createJournal(folder: string, lastFile: number): Journal {
  let number = lastFile;
  let file: FileHandle | null = null;
  let size = 0;

  const openNext = async (): Promise<FileHandle> => {
    number += 1;
    size = 0;
    const opened = await open(join(folder, `${number}.ndjson`), "wx", 0o600);
    await syncFolder(folder);
    return opened;
  };
  const write = async (appends: readonly Append[]): Promise<void> => {
    file ??= await openNext();
    const text = Buffer.from(appends.map((append) => `${JSON.stringify(append)}\n`).join(""));
    try {
      await file.appendFile(text);
      await file.datasync();
      size += text.length;
    } catch (error) {
      // Half a line must not stand before the next one.
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
  };
  const clear = async (): Promise<void> => {
    await file?.close();
    file = null;
    for (const name of await readdir(folder)) if (FILE.test(name)) await rm(join(folder, name), { force: true });
  };
  const setAside = async (append: Append, why: string): Promise<void> => {
    const aside = await open(join(folder, "refused.ndjson"), "a", 0o600);
    try {
      await aside.appendFile(`${JSON.stringify({ why, append })}\n`);
      await aside.datasync();
    } finally {
      await aside.close();
    }
  };
  // One at a time: a write that comes while the journal is being cleared goes into a new file.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    const done = turn.then(run);
    turn = done.catch(() => undefined);
    return done;
  };
  return { write: (appends) => inTurn(() => write(appends)), clear: () => inTurn(clear), setAside: (append, why) => inTurn(() => setAside(append, why)) };
}
