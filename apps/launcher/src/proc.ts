// What Linux says about processes (proc(5)). A pid alone proves nothing: pids are reused, and a zombie still has one.
import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** A process that is alive; zombies count as gone. */
export type ProcessFacts = {
  readonly pid: number;
  /** Clock ticks since boot at which it started. With the boot id it names a process for ever. */
  readonly startTicks: number;
  /** Arguments joined with spaces. */
  readonly commandLine: string;
};

const START_TIME_FIELD = 22;

/** The living process with this pid, or null. */
export function readProcess(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, field 2, may itself hold spaces and brackets: count from the last closing one. Field 3 is the state.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { pid, startTicks: Number(fields[START_TIME_FIELD - 3]), commandLine };
  } catch {
    return null;
  }
}

/** Names this boot of the machine: start ticks of different boots must not be compared. */
export function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}

/** Living processes whose working folder is `folder` (a real path). Others' processes are left out when we may not look. */
export function processesIn(folder: string): readonly ProcessFacts[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== folder) return [];
    } catch {
      return [];
    }
    const facts = readProcess(Number(name));
    return facts === null ? [] : [facts];
  });
}
