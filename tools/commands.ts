// Running the programs that checks and tests consist of.
import { spawn } from "node:child_process";
import { delimiter, join, resolve } from "node:path";

const checkout = resolve(import.meta.dirname, "..");
const MAX_OUTPUT_CHARS = 200_000;

export type Outcome = { readonly ok: boolean; readonly output: string; readonly tookMs: number };

/** Runs a program of node_modules/.bin, or of the system, in the checkout. Its output is kept, or shown as it comes. */
export function run(program: string, words: readonly string[], show: boolean = false): Promise<Outcome> {
  const startedAt = performance.now();
  const path = [join(checkout, "node_modules/.bin"), process.env["PATH"]].join(delimiter);
  const child = spawn(program, words, { cwd: checkout, env: { ...process.env, PATH: path }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const listen = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-MAX_OUTPUT_CHARS);
    if (show) process.stdout.write(chunk);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  return new Promise((done) => {
    const end = (ok: boolean): void => done({ ok, output, tookMs: performance.now() - startedAt });
    child.once("error", (error) => {
      output += error.message;
      end(false);
    });
    child.once("close", (code) => end(code === 0));
  });
}

/** Seconds with one digit, for tables. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
