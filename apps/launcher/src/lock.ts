import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { err, ok, type Result } from "@ringdesk/std";
import { readBootId, readProcess } from "./proc.ts";
import { formatRecord, isSameProcess, readRecord, type ProcessRecord } from "./process-record.ts";

export type FolderInUse = { readonly type: "folder-in-use"; readonly pid: number };
export type Lock = { readonly release: () => void };

const MAX_TRIES = 5;

/**
 * Takes the lock of the data folder for this process. A lock whose holder is gone - killed, or of an
 * earlier boot - is adopted. The lock is a file made by link(2), which fails when the name exists.
 */
export function acquireLock(path: string, program: string): Result<Lock, FolderInUse> {
  const bootId = readBootId();
  const mine: ProcessRecord = {
    pid: process.pid, startTicks: readProcess(process.pid)?.startTicks ?? 0, bootId, program, stopSignal: "SIGTERM",
  };
  const text = formatRecord(mine);
  const own = `${path}.${process.pid}`;
  writeFileSync(own, text);
  try {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tryLink(own, path)) return ok({ release: () => release(path, text) });
      const holder = readRecord(path);
      if (holder !== null && isSameProcess(holder, readProcess(holder.pid), bootId)) return err({ type: "folder-in-use", pid: holder.pid });
      setAside(path, holder);
    }
    return err({ type: "folder-in-use", pid: readRecord(path)?.pid ?? 0 });
  } finally {
    rmSync(own, { force: true });
  }
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes the stale lock, but puts it back when another start has replaced it since it was read. */
function setAside(path: string, stale: ProcessRecord | null): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (JSON.stringify(readRecord(aside)) !== JSON.stringify(stale)) tryLink(aside, path);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function release(path: string, text: string): void {
  try {
    if (readFileSync(path, "utf8") === text) rmSync(path);
  } catch {
    // Already gone: nothing to release.
  }
}
