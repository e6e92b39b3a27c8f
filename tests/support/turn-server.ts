// coturn on loopback, as docs/guides/agents-behind-nat.md sets it up.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./ports.ts";
import { until } from "./product.ts";

export interface TurnServer {
  readonly port: number;
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

export const hasCoturn = (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, "turnserver"), constants.X_OK);
    return true;
  } catch { return false; }
});

export async function startTurnServer(secret: string): Promise<TurnServer> {
  const folder = await mkdtemp(join(tmpdir(), "ringdesk-turn-"));
  const [port, relays] = [await freePort(), 28_000 + 100 * (process.pid % 40)];
  const child = spawn("turnserver", [
    "-n", "--listening-ip=127.0.0.1", `--listening-port=${port}`, "--relay-ip=127.0.0.1", `--min-port=${relays}`, `--max-port=${relays + 99}`,
    "--use-auth-secret", `--static-auth-secret=${secret}`, "--realm=ringdesk.test", "--no-tls", "--no-dtls", "--no-cli", "--no-software-attribute",
    "--denied-peer-ip=0.0.0.0-255.255.255.255", "--allowed-peer-ip=127.0.0.1", "--no-multicast-peers", "--fingerprint", "--allow-loopback-peers", "--log-file=stdout", "--simple-log", "--verbose", `--pidfile=${join(folder, "pid")}`, `--userdb=${join(folder, "users")}`,
  ], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const gone = new Promise<void>((resolve) => { child.once("exit", () => resolve()); });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => { output = (output + text.toString()).slice(-200_000); });
  await until("coturn to listen", () => new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => { socket.destroy(); resolve(true); });
    socket.once("error", () => resolve(false));
  }));
  return {
    port, output: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
