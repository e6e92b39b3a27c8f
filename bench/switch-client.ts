// A switch process of its own, driven over the control protocol like a server would.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROTOCOL_VERSION, switchFrame, type CommandInput, type SwitchFrame } from "@ringdesk/contract/switch";

const RTP_PORTS = "10000-12999";

export interface BenchSwitch {
  readonly pid: number;
  /** Resolves when the callee has answered. */
  readonly dial: (leg: string, to: string) => Promise<void>;
  /** The answer's SDP. */
  readonly connectBrowser: (leg: string, sdp: string) => Promise<string>;
  readonly bridge: (bridge: string, legs: readonly string[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the switch with its data in `data`; its only trunk is the load generator on `sipPort`. */
export async function connectSwitch(data: string, sipPort: number): Promise<BenchSwitch> {
  for (const d of ["run", "media/recordings", "media/prompts", "media/music"]) await mkdir(join(data, d), { recursive: true });
  const child = fork(join(import.meta.dirname, "../apps/switch/src/main.ts"), {
    env: { ...process.env, RINGDESK_DATA: data, RINGDESK_SIP_PORT: "15080", RINGDESK_WEBRTC_PORT: "15443", RINGDESK_RTP_PORTS: RTP_PORTS, RINGDESK_LOG_LEVEL: "error" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(child, "message");
  const socket = connect(join(data, "run/switch.sock"));
  await once(socket, "connect");
  const done = new Map<string, (f: Extract<SwitchFrame, { frame: "done" | "refused" }>) => void>();
  const answered = new Map<string, () => void>();
  createInterface({ input: socket }).on("line", (line) => {
    const f = switchFrame.parse(JSON.parse(line));
    if (f.frame === "done" || f.frame === "refused") done.get(f.id)?.(f);
    if (f.frame === "event") {
      socket.write(`${JSON.stringify({ frame: "ack", seq: f.seq })}\n`);
      if (f.event.type === "leg.answered") answered.get(f.event.leg)?.();
    }
  });
  let nextId = 0;
  const command = async (c: CommandInput): Promise<Extract<SwitchFrame, { frame: "done" }>> => {
    const id = `b${nextId++}`;
    const reply = new Promise<Extract<SwitchFrame, { frame: "done" | "refused" }>>((r) => { done.set(id, r); });
    socket.write(`${JSON.stringify({ frame: "command", id, command: c })}\n`);
    const f = await reply;
    done.delete(id);
    if (f.frame === "refused") throw new Error(`${c.do}: ${f.error.type} ${f.error.detail}`);
    return f;
  };
  socket.write(`${JSON.stringify({ frame: "hello", protocol: PROTOCOL_VERSION, server: "bench", acked: null })}\n`);
  await command({ do: "trunks.set", trunks: [{ id: "bench", sources: ["127.0.0.1"], target: { host: "127.0.0.1", port: sipPort } }] });
  return {
    pid: child.pid!,
    dial: async (leg, to) => {
      const answer = new Promise<void>((r) => { answered.set(leg, r); });
      await command({ do: "leg.dial", leg, trunk: "bench", to, from: "+12025550100", ringTimeoutMs: 30_000 });
      await answer;
    },
    connectBrowser: async (leg, sdp) => (await command({ do: "leg.connect-browser", leg, sdp })).sdp!,
    bridge: async (bridge, legs) => { await command({ do: "bridge.set", bridge, legs: [...legs] }); },
    stop: async () => { socket.destroy(); if (child.exitCode === null) { child.kill("SIGTERM"); await once(child, "exit"); } },
  };
}
