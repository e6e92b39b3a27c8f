// SIPp as the customer's telephone exchange: SIP by SIPp, audio by the test's own RTP phone.
import { spawn, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { openRtpPhone, type RtpPhone } from "./rtp-phone.ts";
import { scratch } from "./scratch.ts";

export interface SippCall {
  readonly phone: RtpPhone;
  /** `performance.now()` when the INVITE was sent. */
  readonly startedAt: number;
  /** The caller hangs up: BYE. */
  readonly hangUp: () => Promise<void>;
  /** SIPp's exit: 0 when the scenario went as written. */
  readonly ended: Promise<number>;
  readonly errors: () => Promise<string>;
  readonly kill: () => void;
}

export interface CallOptions {
  readonly sipPort: number;
  /** The number called, E.164. */
  readonly to: string;
  /** The caller's number, E.164, or `anonymous`. */
  readonly from: string;
  readonly display?: string;
  readonly hz: number;
  readonly scenario?: string;
}

/** Places one call. The phone speaks as soon as it hears something. */
export async function callBySipp(options: CallOptions): Promise<SippCall> {
  const phone = await openRtpPhone(options.hz);
  const port = await freePort();
  const cid = `e2e-${process.pid}-${port}`;
  const dir = await scratch("sipp");
  const scenario = options.scenario ?? "caller.xml";
  const child: ChildProcess = spawn("sipp", [
    `127.0.0.1:${options.sipPort}`, "-sf", join(import.meta.dirname, "sipp", scenario), "-s", options.to, "-i", "127.0.0.1", "-p", String(port), "-m", "1",
    "-cid_str", `${cid}-%u@test`, "-key", "caller", options.from, "-key", "display", options.display ?? "", "-key", "rtpport", String(phone.port),
    "-nostdin", "-trace_err", "-error_file", join(dir, "errors.log"), "-trace_msg", "-message_file", join(dir, "messages.log"),
  ], { stdio: "ignore" });
  const startedAt = performance.now();
  const ended = once(child, "exit").then(([code]) => { phone.close(); return (code as number | null) ?? 1; });
  return {
    phone, startedAt, ended,
    hangUp: async () => {
      const s = createSocket("udp4");
      const line = `INFO sip:hangup@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-hangup\r\nFrom: <sip:test@127.0.0.1>;tag=t\r\nTo: <sip:caller@127.0.0.1>;tag=1\r\nCall-ID: ${cid}-1@test\r\nCSeq: 9 INFO\r\nContent-Length: 0\r\n\r\n`;
      await new Promise<void>((r) => { s.send(line, port, "127.0.0.1", () => { s.close(); r(); }); });
    },
    errors: async () => (await Promise.all(["errors.log", "messages.log"].map((f) => readFile(join(dir, f), "utf8").catch(() => "")))).join("\n---\n"),
    kill: () => { child.kill("SIGKILL"); },
  };
}
