import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freeMediaPort, freePort } from "../support/ports.ts";
import { wait } from "../support/wait.ts";
import { scratch } from "../support/scratch.ts";

export type Transport = "udp" | "tcp";

export interface SippRun { readonly port: number; readonly exit: Promise<{ readonly code: number; readonly log: string }>; readonly stop: () => void }

export interface SippOptions {
  readonly xml: string;
  /** Where the scenario finds the files that it plays. Not given: nowhere. */
  readonly folder?: string;
  readonly service?: string;
  readonly remote?: string;
  readonly port?: number;
  readonly source?: string;
  readonly args?: readonly string[];
  readonly timeoutS?: number;
  readonly transport?: Transport;
}

/** Linux tells which ports are bound, in hexadecimal; who waits for somebody has no other end. */
const PORT_LOOK_MS = 10, PORT_WAIT_MS = 10_000;
async function untilBound(port: number, transport: Transport): Promise<void> {
  const bound = `:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 `;
  for (const until = performance.now() + PORT_WAIT_MS; performance.now() < until; await wait(PORT_LOOK_MS)) {
    const sockets = await readFile(`/proc/net/${transport}`, "utf8");
    if (sockets.includes(bound)) return;
  }
}

/** Runs one call of a scenario, as the caller when `remote` is given, else as the callee, who listens when this resolves. */
export async function runSipp(o: SippOptions): Promise<SippRun> {
  const dir = await scratch("sipp");
  const file = join(dir, "scenario.xml");
  await writeFile(file, o.xml);
  const port = o.port ?? await freePort(), media = await freeMediaPort(), source = o.source ?? "127.0.0.1";
  const child = spawn("sipp", [...(o.remote ? [o.remote] : []), "-sf", file, "-s", o.service ?? "4000", "-i", source, "-mi", source, "-mp", String(media), "-p", String(port), "-m", "1", ...(o.transport === "tcp" ? ["-t", "t1"] : []),
    "-timeout", `${o.timeoutS ?? 20}s`, "-timeout_error", "-nostdin", "-trace_err", "-error_file", join(dir, "errors"), "-trace_msg", "-message_file", join(dir, "messages"), ...(o.args ?? [])], { stdio: "ignore", ...(o.folder === undefined ? {} : { cwd: o.folder }) });
  const exit = once(child, "exit").then(async ([code]) => ({
    code: (code as number | null) ?? 1,
    log: (await Promise.all(["errors", "messages"].map((f) => readFile(join(dir, f), "utf8").catch(() => "")))).join("\n"),
  }));
  if (o.remote === undefined) await Promise.race([untilBound(port, o.transport ?? "udp"), exit]);
  return { port, exit, stop: () => { child.kill("SIGKILL"); } };
}
