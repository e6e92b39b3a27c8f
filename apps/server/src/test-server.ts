// The server as its own process, for tests.
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";

export type ServerProcess = {
  readonly process: ChildProcess;
  /** What it told the launcher when it was ready. */
  readonly details: Record<string, string>;
  /** What it has logged so far. */
  readonly said: () => string;
};

/** Starts the server on a database and a port of its own; resolves when it serves, rejects with what it said when it ends before. */
export async function forkServer({ url, data, port, env = {} }: {
  readonly url: string; readonly data: string; readonly port: number; readonly env?: Readonly<Record<string, string>>;
}): Promise<ServerProcess> {
  let said = "";
  const child = fork(join(import.meta.dirname, "main.ts"), {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env["PATH"] ?? "", DATABASE_URL: url, RINGDESK_DATA: data, RINGDESK_HTTP_PORT: String(port), ...env },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => { said += chunk.toString(); });
  const details = await new Promise<Record<string, string>>((resolve, reject) => {
    child.on("message", (message: { details: Record<string, string> }) => { resolve(message.details); });
    child.on("exit", (code) => { reject(new Error(`the server ended with ${code}: ${said}`)); });
  });
  return { process: child, details, said: () => said };
}

/** Ends it, and tells its exit code. */
export const endServer = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => new Promise((resolve) => {
  if (child.exitCode !== null || child.signalCode !== null) { resolve(child.exitCode); return; }
  child.removeAllListeners("exit");
  child.once("exit", (code) => { resolve(code); });
  child.kill(signal);
});

/** Sends one request to its API. The cookie is the first that it sets. */
export async function callApi(base: string, method: string, path: string, { cookie = "", body }: { readonly cookie?: string; readonly body?: unknown } = {}) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method, headers: { ...(cookie === "" ? {} : { cookie }), ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = await response.json() as Record<string, unknown>;
  return { status: response.status, json, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}
