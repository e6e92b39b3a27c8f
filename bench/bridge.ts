// CPU per bridged call: RTP to RTP and RTP to SRTP through the real switch (SIP by its trunk, browsers by DTLS-SRTP,
// bridges by the control protocol), beside a bare relay with the same traffic in the same run.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";
import { startSwitch, type SwitchProcess } from "../tests/support/switch-driver.ts";
import { freePort } from "../tests/support/ports.ts";
import { cpuSeconds } from "./load/cpu.ts";
import type { Ask, Told } from "./load/protocol.ts";
import type { BenchResult } from "./table.ts";

const CALLS = [50, 100, 200] as const;
const SETTLE_MS = 2_000, WINDOW_MS = 10_000;

const wait = (ms: number): Promise<void> => new Promise((r) => { setTimeout(r, ms); });

interface Load { readonly ask: (a: Ask) => void; readonly told: <T extends Told["told"]>(t: T) => Promise<Extract<Told, { told: T }>>; readonly end: () => void }

function startLoad(): Load {
  const child = fork(join(import.meta.dirname, "load/generator.ts"));
  return {
    ask: (a) => { child.send(a); },
    told: async (t) => {
      for (;;) {
        const [message] = await once(child, "message") as [Told];
        if (message.told === t) return message as never;
      }
    },
    end: () => { child.disconnect(); },
  };
}

export interface Measured { readonly percentPerCall: number; readonly delivered: number; readonly lateMsP99: number }

async function measure(load: Load, pid: number, calls: number): Promise<Measured> {
  load.ask({ do: "talk" });
  await wait(SETTLE_MS);
  const first = load.told("count");
  load.ask({ do: "count" });
  await first;
  const [cpu, at] = [await cpuSeconds(pid), performance.now()];
  await wait(WINDOW_MS);
  const used = await cpuSeconds(pid) - cpu, seconds = (performance.now() - at) / 1_000;
  const counting = load.told("count");
  load.ask({ do: "count" });
  const { sent, received, lateMsP99 } = await counting;
  load.ask({ do: "quiet" });
  return { percentPerCall: (used / seconds / calls) * 100, delivered: received / sent, lateMsP99 };
}

async function openLegs(load: Load, legs: number): Promise<readonly number[]> {
  const opened = load.told("ports");
  load.ask({ do: "open", legs });
  return (await opened).ports;
}

/** The bare relay with the traffic of so many calls. */
export async function floor(calls: number): Promise<Measured> {
  const load = startLoad();
  const relay: ChildProcess = fork(join(import.meta.dirname, "load/relay.ts"));
  try {
    const ports = await openLegs(load, calls * 2);
    const answered = once(relay, "message") as Promise<[number[]]>;
    relay.send(ports);
    (await answered)[0].forEach((port, leg) => { load.ask({ do: "aim", leg, port }); });
    await wait(500);
    return await measure(load, relay.pid!, calls);
  } finally { load.end(); relay.disconnect(); }
}

const numberOf = (leg: number): string => `+1202${String(leg).padStart(7, "0")}`;

async function dial(sut: SwitchProcess, leg: string, to: string): Promise<void> {
  await sut.command({ do: "leg.dial", leg, trunk: "lab", to, from: "+12025550100", ringTimeoutMs: 30_000 });
  await sut.event("leg.answered", (e) => e.leg === leg);
}

async function connectBrowser(sut: SwitchProcess, load: Load, leg: number): Promise<void> {
  const offered = load.told("sdp");
  load.ask({ do: "offer", leg });
  const { sdp } = await sut.command({ do: "leg.connect-browser", leg: `leg${leg}`, sdp: (await offered).sdp });
  load.ask({ do: "accept", leg, sdp: sdp! });
}

/** Two legs per call: both over the trunk, or the second as a browser's. */
export async function bridged(calls: number, kind: "rtp" | "srtp"): Promise<Measured> {
  const load = startLoad();
  let sut: SwitchProcess | null = null;
  try {
    await openLegs(load, calls * 2);
    const targetPort = await freePort();
    const ready = load.told("ready");
    load.ask({ do: "answer-sip", port: targetPort });
    await ready;
    sut = await startSwitch({ rtpPorts: "10000-12999", targetPort });
    for (let call = 0; call < calls; call++) {
      const [a, b] = [call * 2, call * 2 + 1];
      await dial(sut, `leg${a}`, numberOf(a));
      if (kind === "rtp") await dial(sut, `leg${b}`, numberOf(b));
      else await connectBrowser(sut, load, b);
      await sut.command({ do: "bridge.set", bridge: `bridge${call}`, legs: [`leg${a}`, `leg${b}`] });
    }
    await wait(kind === "srtp" ? 3_000 : 500);
    return await measure(load, sut.pid, calls);
  } finally {
    load.end();
    await sut?.stop();
  }
}

/** Three trunk legs per room, each hearing the sum of the two others. Delivered: heard by all of what all say. */
export async function conference(rooms: number): Promise<Measured> {
  const load = startLoad();
  let sut: SwitchProcess | null = null;
  try {
    await openLegs(load, rooms * 3);
    const targetPort = await freePort();
    const ready = load.told("ready");
    load.ask({ do: "answer-sip", port: targetPort });
    await ready;
    sut = await startSwitch({ rtpPorts: "10000-12999", targetPort });
    for (let room = 0; room < rooms; room++) {
      const legs = [room * 3, room * 3 + 1, room * 3 + 2];
      for (const leg of legs) await dial(sut, `leg${leg}`, numberOf(leg));
      await sut.command({ do: "bridge.set", bridge: `bridge${room}`, legs: legs.map((leg) => `leg${leg}`) });
    }
    await wait(500);
    return await measure(load, sut.pid, rooms);
  } finally {
    load.end();
    await sut?.stop();
  }
}

export async function benchBridge(): Promise<BenchResult> {
  const rows: (string | number)[][] = [];
  for (const calls of CALLS) {
    const base = await floor(calls), rtp = await bridged(calls, "rtp"), srtp = await bridged(calls, "srtp");
    rows.push([String(calls), base.percentPerCall, rtp.percentPerCall, rtp.percentPerCall / base.percentPerCall, srtp.percentPerCall, srtp.percentPerCall / base.percentPerCall,
      `${(rtp.delivered * 100).toFixed(2)} / ${(srtp.delivered * 100).toFixed(2)}`, Math.max(base.lateMsP99, rtp.lateMsP99, srtp.lateMsP99)]);
    process.stdout.write(`${calls} calls measured\n`);
  }
  return {
    name: "bridge: CPU of the switch per bridged call", measuredAt: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.versions.node}`,
    columns: ["calls", "floor, % of a core", "RTP↔RTP, %", "× floor", "RTP↔SRTP, %", "× floor", "delivered, %", "generator late p99, ms"],
    rows,
    notes: ["floor: a bare relay in Node with connected sockets and the same traffic, in the same run", `CPU of the switch's process with all its threads over ${WINDOW_MS / 1_000} s, 50 packets/s each way per call`],
  };
}
