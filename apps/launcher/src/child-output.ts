import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import type { LogFile } from "./log-files.ts";
import type { Terminal } from "./terminal.ts";

/** A line of a child's log for the terminal. */
export type Notable = { readonly level: "warn" | "error"; readonly text: string };
/** Reads one line of output: what of it is worth showing, or null. */
export type LineReader = (line: string) => Notable | null;

const PINO_WARN = 40;
const PINO_ERROR = 50;
/** More than this in one second goes to the log file only. */
export const MAX_NOTABLES_PER_SECOND = 10;

/** Lines of our own processes: JSON as pino writes it; anything else comes from Node itself and is worth showing. */
export const readPinoLine: LineReader = (line) => {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null || !("level" in entry) || typeof entry.level !== "number") return null;
    if (entry.level < PINO_WARN) return null;
    return { level: entry.level >= PINO_ERROR ? "error" : "warn", text: textOf(entry) };
  } catch {
    return line.trim() === "" ? null : { level: "error", text: line };
  }
};

/** PostgreSQL: only what the operator must know. Refused statements are the server's business and in its log. */
export const readPostgresLine: LineReader = (line) => (line.includes("PANIC:") ? { level: "error", text: line } : null);

function textOf(entry: object): string {
  const msg = "msg" in entry && typeof entry.msg === "string" ? entry.msg : "";
  const cause = "err" in entry && typeof entry.err === "object" && entry.err !== null && "message" in entry.err ? String(entry.err.message) : "";
  return [msg, cause].filter((part) => part !== "").join(": ");
}

export type OutputSink = { readonly attach: (stream: Readable, read: LineReader) => void };

/** Sends a child's output to its log file, and what is notable also to the terminal. */
export function createOutputSink(name: string, log: LogFile, terminal: Terminal, now: () => number): OutputSink {
  let second = 0;
  let shown = 0;
  const show = (notable: Notable): void => {
    const current = Math.floor(now() / 1000);
    if (current !== second) [second, shown] = [current, 0];
    shown++;
    if (shown > MAX_NOTABLES_PER_SECOND) return;
    if (shown === MAX_NOTABLES_PER_SECOND) terminal.warn(name, `writes many lines; the rest is in its log file (logs/${name}.log)`);
    else terminal[notable.level](name, notable.text);
  };
  return {
    attach: (stream, read) => {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
        log.write(line);
        const notable = read(line);
        if (notable !== null) show(notable);
      });
    },
  };
}
