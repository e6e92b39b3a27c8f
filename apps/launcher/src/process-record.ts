import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { ProcessFacts } from "./proc.ts";

const record = z.object({
  pid: z.number().int().positive(),
  startTicks: z.number().int().nonnegative(),
  bootId: z.string(),
  /** A part of its command line, checked besides the start time. */
  program: z.string(),
  stopSignal: z.enum(["SIGTERM", "SIGINT"]),
});

/** Which process holds a lock or plays a role, so that a later start can tell it from a stranger with the same pid. */
export type ProcessRecord = Readonly<z.output<typeof record>>;

/** Null when there is no such file or it was cut short by a crash. */
export function readRecord(path: string): ProcessRecord | null {
  try {
    return parseRecord(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** The pid on a line of its own, where scripts expect it, then the rest. */
export const formatRecord = (value: ProcessRecord): string => `${value.pid}\n${JSON.stringify(value)}\n`;

const parseRecord = (text: string): ProcessRecord => record.parse(JSON.parse(text.slice(text.indexOf("\n") + 1)));

/** All or nothing: a crash leaves the old file or the new one. */
export function writeRecord(path: string, value: ProcessRecord): void {
  writeFileSync(`${path}.part`, formatRecord(value));
  renameSync(`${path}.part`, path);
}

export function removeRecord(path: string): void {
  rmSync(path, { force: true });
}

/** Whether the process of the record still lives. `facts` is what the machine says now about its pid. */
export function isSameProcess(value: ProcessRecord, facts: ProcessFacts | null, bootId: string): boolean {
  return facts !== null && facts.pid === value.pid && facts.startTicks === value.startTicks && bootId === value.bootId
    && facts.commandLine.includes(value.program);
}
