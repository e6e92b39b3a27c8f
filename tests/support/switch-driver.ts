// A switch process of its own, driven over the control protocol as a server drives it.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { switchNodeFlags } from "@ringdesk/contract/process";
import { PROTOCOL_VERSION, switchFrame, type CommandInput, type SwitchEvent, type SwitchFrame, type Trunk } from "@ringdesk/contract/switch";
import { freePort, rtpPorts } from "./ports.ts";

type Reply = Extract<SwitchFrame, { frame: "done" | "refused" }>;
type EventOf<T extends SwitchEvent["type"]> = Extract<SwitchEvent, { type: T }>;

export interface SwitchProcess {
  readonly pid: number;
  readonly sipPort: number;
  /** UDP port of all browsers. */
  readonly webrtcPort: number;
  readonly data: string;
  /** Carries out a command; throws when the switch refuses it. */
  readonly command: (c: CommandInput) => Promise<Extract<Reply, { frame: "done" }>>;
  /** Calls `listen` on each event, after it was acknowledged. */
  readonly onEvent: (listen: (e: SwitchEvent) => void) => () => void;
  /** The next event (or one that came already) of this type which fits. */
  readonly event: <T extends SwitchEvent["type"]>(type: T, fits?: (e: EventOf<T>) => boolean, ms?: number) => Promise<EventOf<T>>;
  /** The next level of this leg that fits, in dBov; it must have been asked for by `leg.levels`. */
  readonly level: (leg: string, fits: (dbov: number) => boolean, ms?: number) => Promise<number>;
  readonly alive: () => boolean;
  readonly stop: () => Promise<void>;
  /** kill -9. The data folder stays, for the next switch. */
  readonly kill: () => Promise<void>;
}

export interface SwitchOptions {
  /** Data folder of a switch that was killed; the caller's to remove. */
  readonly data?: string;
  readonly rtpPorts?: string;
  /** Where the switch sends calls; 127.0.0.1 is the only source of calls. */
  readonly targetPort?: number;
  /** More of the one trunk, `lab`. */
  readonly trunk?: Partial<Trunk>;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startSwitch(options: SwitchOptions = {}): Promise<SwitchProcess> {
  const data = options.data ?? await mkdtemp(join(tmpdir(), "ringdesk-switch-"));
  for (const d of ["run", "media/recordings", "media/prompts", "media/music"]) await mkdir(join(data, d), { recursive: true });
  const [sipPort, webrtcPort] = [await freePort(), await freePort()];
  const child: ChildProcess = fork(join(import.meta.dirname, "../../apps/switch/src/main.ts"), {
    env: { ...process.env, RINGDESK_DATA: data, RINGDESK_SIP_PORT: String(sipPort), RINGDESK_WEBRTC_PORT: String(webrtcPort), RINGDESK_RTP_PORTS: options.rtpPorts ?? rtpPorts(), RINGDESK_LOG_LEVEL: "error", ...options.env },
    execArgv: [...switchNodeFlags], stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(child, "message");
  const socket = connect(join(data, "run/switch.sock"));
  await once(socket, "connect");
  const replies = new Map<string, (f: Reply) => void>();
  const events: SwitchEvent[] = [];
  const listeners = new Set<(e: SwitchEvent) => void>();
  const levels = createLevels();
  createInterface({ input: socket }).on("line", (line) => {
    const f = switchFrame.parse(JSON.parse(line));
    if (f.frame === "done" || f.frame === "refused") replies.get(f.id)?.(f);
    if (f.frame === "levels") levels.told(f);
    if (f.frame !== "event") return;
    socket.write(`${JSON.stringify({ frame: "ack", seq: f.seq })}\n`);
    events.push(f.event);
    for (const l of listeners) l(f.event);
  });
  const say = (frame: unknown): void => { socket.write(`${JSON.stringify(frame)}\n`); };
  let nextId = 0;
  const command: SwitchProcess["command"] = async (c) => {
    nextId += 1;
    const id = `t${nextId}`;
    const reply = new Promise<Reply>((r) => { replies.set(id, r); });
    say({ frame: "command", id, command: c });
    const f = await reply;
    replies.delete(id);
    if (f.frame === "refused") throw new Error(`${c.do}: ${f.error.type} ${f.error.detail}`);
    return f;
  };
  const onEvent: SwitchProcess["onEvent"] = (listen) => { listeners.add(listen); return () => { listeners.delete(listen); }; };
  say({ frame: "hello", protocol: PROTOCOL_VERSION, server: "driver", acked: null });
  const target = options.targetPort === undefined ? null : { host: "127.0.0.1", port: options.targetPort };
  await command({ do: "trunks.set", trunks: [{ id: "lab", sources: ["127.0.0.1"], target, ...options.trunk }] });
  return {
    pid: child.pid!, sipPort, webrtcPort, data, command, onEvent,
    event: (type, fits = () => true, ms = 10_000) => new Promise((resolve, reject) => {
      const matches = (e: SwitchEvent): e is EventOf<typeof type> => e.type === type && fits(e as EventOf<typeof type>);
      const had = events.find(matches);
      if (had) { resolve(had as EventOf<typeof type>); return; }
      const timer = setTimeout(() => { off(); reject(new Error(`no ${type} within ${ms} ms; had ${events.map((e) => e.type).join(", ")}`)); }, ms);
      const off = onEvent((e) => { if (matches(e)) { clearTimeout(timer); off(); resolve(e as EventOf<typeof type>); } });
    }),
    level: levels.next,
    alive: () => child.exitCode === null && child.signalCode === null,
    kill: async () => {
      socket.destroy();
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    stop: async () => {
      socket.destroy();
      if (child.exitCode === null && child.signalCode === null) { child.kill("SIGTERM"); await once(child, "exit"); }
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

function createLevels() {
  const listeners = new Set<(leg: string, dbov: number) => void>();
  const next: SwitchProcess["level"] = (leg, fits, ms = 10_000) => new Promise((resolve, reject) => {
    const told: number[] = [];
    const timer = setTimeout(() => { listeners.delete(hear); reject(new Error(`no such level of ${leg} within ${ms} ms; was told ${told.slice(-10).join(", ")}`)); }, ms);
    const hear = (of: string, dbov: number): void => {
      if (of !== leg) return;
      told.push(dbov);
      if (!fits(dbov)) return;
      clearTimeout(timer);
      listeners.delete(hear);
      resolve(dbov);
    };
    listeners.add(hear);
  });
  return {
    next,
    told: ({ legs }: Extract<SwitchFrame, { frame: "levels" }>): void => { for (const { leg, dbov } of legs) for (const l of listeners) l(leg, dbov); },
  };
}
