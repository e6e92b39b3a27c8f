import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readBootId, readProcess } from "./proc.ts";
import { isSameProcess, readRecord, removeRecord, type ProcessRecord } from "./process-record.ts";

/** What a killed launcher left behind and what was done about it. */
export type Leftover = { readonly name: string; readonly pid: number; readonly end: "stopped" | "killed" };

const STOP_TIMEOUT_MS = 15_000;
const KILL_TIMEOUT_MS = 2_000;
const LOOK_AGAIN_MS = 20;

/**
 * Ends the processes that an earlier launcher started and could not stop, and removes the sockets they left.
 * To be called with the lock held. A pid file whose pid now belongs to a stranger is only removed.
 */
export async function cleanLeftovers(pidFolder: string, socketFolder: string): Promise<readonly Leftover[]> {
  const files = readdirSync(pidFolder).filter((name) => name.endsWith(".pid"));
  const ended = await Promise.all(files.map((file) => endOne(join(pidFolder, file), file.replace(/\.pid$/, ""))));
  for (const name of readdirSync(socketFolder)) if (name.endsWith(".sock")) rmSync(join(socketFolder, name), { force: true });
  return ended.filter((one) => one !== null);
}

async function endOne(path: string, name: string): Promise<Leftover | null> {
  const record = readRecord(path);
  if (record === null || !lives(record)) {
    removeRecord(path);
    return null;
  }
  send(record.pid, record.stopSignal);
  let end: Leftover["end"] = "stopped";
  if (!(await isGone(record, STOP_TIMEOUT_MS))) {
    end = "killed";
    send(record.pid, "SIGKILL");
    await isGone(record, KILL_TIMEOUT_MS);
  }
  removeRecord(path);
  return { name, pid: record.pid, end };
}

const lives = (record: ProcessRecord): boolean => isSameProcess(record, readProcess(record.pid), readBootId());

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** It is not our child, so nothing tells us when it ends: look. */
async function isGone(record: ProcessRecord, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (lives(record)) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  return true;
}
