import { spawn } from "node:child_process";
import { readReady } from "@ringdesk/contract/process";
import { readPinoLine, type OutputSink } from "./child-output.ts";
import type { ServiceSpec } from "./service.ts";

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** One of our own processes: runs `entry` with this very Node and its `flags`, is ready when it says so on its channel. */
export function nodeService(name: string, entry: string, env: NodeJS.ProcessEnv, output: OutputSink, flags: readonly string[] = []): ServiceSpec {
  return {
    name,
    program: entry,
    stopSignal: "SIGTERM",
    stopTimeoutMs: STOP_TIMEOUT_MS,
    readyTimeoutMs: READY_TIMEOUT_MS,
    prepare: () => Promise.resolve(null),
    spawn: () => {
      const child = spawn(process.execPath, [...flags, entry], {
        env, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true, // a Ctrl-C is for the launcher alone
      });
      if (child.stdout !== null) output.attach(child.stdout, readPinoLine);
      if (child.stderr !== null) output.attach(child.stderr, readPinoLine);
      return child;
    },
    whenReady: (child) => new Promise((resolve) => {
      child.on("message", (message) => {
        const ready = readReady(message);
        if (ready !== null) resolve(ready.details);
      });
    }),
  };
}
