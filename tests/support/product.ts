// The whole product in a folder and on ports of its own, started the way a user starts it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, rtpPorts } from "./ports.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The issue's promise for a fresh start, and our patience. */
const READY_MS = 60_000;

export interface Login { readonly name: string; readonly email: string; readonly password: string }
export type ProcessName = "switch" | "server" | "postgres" | "speech";

export interface Product {
  readonly baseUrl: string;
  readonly sipPort: number;
  readonly data: string;
  readonly supportNumber: string;
  readonly owner: Login;
  readonly agents: readonly Login[];
  /** Milliseconds from the command to ready. */
  readonly startMs: number;
  /** A client with a session of its own. */
  readonly signIn: (who: Login) => Promise<ApiClient>;
  readonly pid: (name: ProcessName) => Promise<number>;
  /** kill -9. The instant at which the process was seen to be dead: whatever it did, it did before. */
  readonly kill: (name: ProcessName) => Promise<number>;
  readonly ready: () => Promise<void>;
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

export interface ApiClient {
  /** Of its session, as a header says it. */
  readonly cookie: string;
  readonly get: <T>(path: string) => Promise<T>;
  readonly send: <T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<T>;
  readonly bytes: (path: string) => Promise<Uint8Array>;
}

/** Waits for something that has no event a test could listen to, at most `ms`. */
export async function until<T>(what: string, probe: () => Promise<T | false | null | undefined>, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (let last = ""; ;) {
    try {
      const got = await probe();
      if (got) return got;
    } catch (e) { last = String(e); }
    if (Date.now() > end) throw new Error(`waited ${ms} ms for: ${what}${last && ` (last: ${last})`}`);
    await new Promise((r) => { setTimeout(r, 50); });
  }
}

function apiClient(baseUrl: string, cookie: string): ApiClient {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const res = await fetch(`${baseUrl}/api/v1${path}`, {
      method, headers: { cookie, origin: baseUrl, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
    return res;
  };
  return {
    cookie,
    get: async <T>(path: string) => (await call("GET", path)).json() as Promise<T>,
    send: async <T>(method: string, path: string, body?: unknown) => (await call(method, path, body)).json() as Promise<T>,
    bytes: async (path) => new Uint8Array(await (await call("GET", path)).arrayBuffer()),
  };
}

const cookieOf = (res: Response): string => res.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");

async function runSetup(baseUrl: string, owner: Login): Promise<{ readonly sampleUsers: readonly Login[]; readonly supportNumber: string }> {
  const res = await fetch(`${baseUrl}/api/v1/setup`, {
    method: "POST", headers: { "content-type": "application/json", origin: baseUrl },
    body: JSON.stringify({ organisation: { name: "Acme", timeZone: "America/New_York", country: "US" }, owner, sample: true }),
  });
  if (!res.ok) throw new Error(`setup: ${res.status} ${await res.text()}`);
  return res.json() as Promise<{ sampleUsers: Login[]; supportNumber: string }>;
}

export interface StartOptions {
  /** Settings beside those that give the product ports and a folder of its own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the first start is done with the sample workspace (the default) or left to the page. */
  readonly setUp?: boolean;
  /** Where the pages are, when they are not at http://127.0.0.1. */
  readonly origin?: string;
}

/** Starts the product on an empty data folder. */
export async function startProduct({ settings = {}, setUp = true, origin = "http://127.0.0.1" }: StartOptions = {}): Promise<Product> {
  const data = await mkdtemp(join(tmpdir(), "ringdesk-test-"));
  const [http, sip, webrtc] = [await freePort(), await freePort(), await freePort()];
  const env: NodeJS.ProcessEnv = {
    ...process.env, RINGDESK_DATA: data, RINGDESK_HTTP_PORT: String(http), RINGDESK_SIP_PORT: String(sip),
    RINGDESK_WEBRTC_PORT: String(webrtc), RINGDESK_RTP_PORTS: rtpPorts(), ...settings,
  };
  const baseUrl = `${origin}:${http}`;
  let output = "";
  const t0 = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "apps/launcher/start.js")], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const s of [child.stdout, child.stderr]) s.on("data", (d: Buffer) => { output = (output + d.toString()).slice(-100_000); });
  const exited = once(child, "exit");
  const ready = (): Promise<void> => until("the product to be ready", async () => {
    if (child.exitCode !== null) throw new Error(`the launcher ended with ${child.exitCode}:\n${output}`);
    return (await fetch(`${baseUrl}/readyz`)).ok;
  }, READY_MS).then(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await exited;
    await rm(data, { recursive: true, force: true });
  };
  try {
    await ready();
    const startMs = performance.now() - t0;
    const owner: Login = { name: "Olga Owner", email: "olga@example.com", password: "correct horse battery" };
    const made = setUp ? await runSetup(baseUrl, owner) : { sampleUsers: [], supportNumber: "" };
    const pid = async (name: ProcessName): Promise<number> => name === "postgres"
      ? Number((await readFile(join(data, "postgres/data/postmaster.pid"), "utf8")).split("\n")[0])
      : Number.parseInt(await readFile(join(data, `run/${name}.pid`), "utf8"), 10);
    return {
      baseUrl, sipPort: sip, data, supportNumber: made.supportNumber, owner, agents: made.sampleUsers, startMs, pid, ready, stop,
      output: () => output,
      signIn: async (who) => {
        const r = await fetch(`${baseUrl}/api/v1/session`, { method: "POST", headers: { "content-type": "application/json", origin: baseUrl }, body: JSON.stringify({ email: who.email, password: who.password }) });
        if (!r.ok) throw new Error(`sign-in: ${r.status} ${await r.text()}`);
        return apiClient(baseUrl, cookieOf(r));
      },
      kill: async (name) => {
        const victim = await pid(name);
        process.kill(victim, "SIGKILL");
        await until(`${name} to be dead`, async () => { try { return (await readFile(`/proc/${victim}/stat`, "utf8")).split(") ")[1]?.startsWith("Z"); } catch { return true; } });
        return Date.now();
      },
    };
  } catch (e) {
    await stop();
    throw new Error(`the product did not start: ${String(e)}\n${output}`);
  }
}
