// A caller whose every message a test writes: what SIPp cannot be made to send.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { until } from "../support/product.ts";

export interface RequestOptions { readonly call?: string; readonly user?: string; readonly to?: string; readonly body?: string; readonly headers?: readonly string[]; readonly branch?: string }

export interface RawCall { readonly call: string; readonly to: string; readonly answer: string; readonly bye: () => Promise<void> }

export interface RawCaller {
  readonly port: number;
  readonly got: string[];
  readonly send: (message: string | Uint8Array) => void;
  /** A request in words; CSeq is `cseq`. ACK and CANCEL share the branch of the INVITE with that number. */
  readonly request: (method: string, cseq: number, o?: RequestOptions) => string;
  /** Answers a request of the switch. */
  readonly reply: (to: string, status: string, body?: string) => void;
  /** The first message from the switch that fits. */
  readonly message: (what: string, fits: (text: string) => boolean, ms?: number) => Promise<string>;
  /** The final response to that request of that call. */
  readonly final: (call: string, cseq: string, ms?: number) => Promise<string>;
  /** Calls, and acknowledges the answer. `rtpPort` is where the caller hears. */
  readonly call: (user: string, rtpPort?: number, headers?: readonly string[], sdp?: string) => Promise<RawCall>;
  /** Milliseconds until a valid OPTIONS is answered. */
  readonly options: () => Promise<number>;
  readonly close: () => void;
}

export const audioSdp = (port: number, ...more: string[]): string =>
  ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${port} RTP/AVP 0 101`, "a=rtpmap:101 telephone-event/8000", ...more, ""].join("\r\n");

let callers = 0;

/** Opens the caller at 127.0.0.1, or at another address of loopback: there it is a stranger. */
export async function openRawCaller(sipPort: number, { address = "127.0.0.1", port = 0, transport = "udp" as "udp" | "tcp" | "tls" } = {}): Promise<RawCaller> {
  callers += 1;
  const name = `raw${process.pid}x${callers}`;
  const got: string[] = [];
  const listeners = new Set<() => void>();
  const hear = (text: string): void => {
    got.push(text);
    for (const l of listeners) l();
  };
  const link = transport === "udp" ? await openDatagrams(sipPort, address, port, hear) : await openStream(sipPort, transport === "tls", hear);
  let calls = 0;
  const request: RawCaller["request"] = (method, cseq, { call = `${name}-0`, user = "4000", to = "", body = "", headers = [], branch } = {}) => [
    `${method} sip:${user}@127.0.0.1:${sipPort} SIP/2.0`,
    `Via: SIP/2.0/${transport.toUpperCase()} ${address}:${link.port};branch=z9hG4bK${branch ?? `${call}${method === "CANCEL" ? "INVITE" : method}${cseq}`};rport`,
    `From: <sip:+12025550111@${address}>;tag=${name}`, `To: <sip:${user}@127.0.0.1>${to}`, `Call-ID: ${call}`, `CSeq: ${cseq} ${method}`, "Max-Forwards: 70", `Contact: <sip:raw@${address}:${link.port};transport=${transport}>`,
    ...headers, ...(body === "" || headers.some((h) => /^content-type/i.test(h)) ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${Buffer.byteLength(body)}`, "", body,
  ].join("\r\n");
  const message: RawCaller["message"] = (what, fits, ms = 5_000) => new Promise((resolve, reject) => {
    const look = (): boolean => {
      const found = got.find(fits);
      if (found === undefined) return false;
      clearTimeout(timer);
      listeners.delete(look);
      resolve(found);
      return true;
    };
    const timer = setTimeout(() => { listeners.delete(look); reject(new Error(`${name}: no ${what}; had ${got.map((g) => g.split("\r\n", 1)[0]).slice(-20).join(" | ")}`)); }, ms);
    if (!look()) listeners.add(look);
  });
  const final: RawCaller["final"] = (call, cseq, ms) => message(`final response to ${cseq} of ${call}`, (g) => /^SIP\/2\.0 [2-6]/.test(g) && g.includes(`Call-ID: ${call}\r\n`) && g.includes(`CSeq: ${cseq}\r\n`), ms);
  return {
    port: link.port, got, send: link.send, request, message, final, close: link.close,
    reply: (to, status, body = "") => link.send([
      `SIP/2.0 ${status}`, ...to.split("\r\n").filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line)), `Contact: <sip:raw@${address}:${link.port};transport=${transport}>`,
      ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${Buffer.byteLength(body)}`, "", body,
    ].join("\r\n")),
    call: async (user, rtpPort = 9_999, headers = [], sdp = audioSdp(rtpPort)) => {
      calls += 1;
      const call = `${name}-${calls}`;
      link.send(request("INVITE", 1, { call, user, body: sdp, headers }));
      const answer = await final(call, "1 INVITE");
      const to = `;tag=${/\r\nTo: [^\r]*;tag=([^;\r]+)/.exec(answer)?.[1] ?? ""}`;
      link.send(request("ACK", 1, { call, user, to, branch: answer.startsWith("SIP/2.0 2") ? `${call}-ack` : `${call}INVITE1` }));
      if (!answer.startsWith("SIP/2.0 200")) throw new Error(`${user}: ${answer.split("\r\n", 1)[0]}`);
      return { call, to, answer, bye: async () => { link.send(request("BYE", 99, { call, user, to })); await final(call, "99 BYE"); } };
    },
    options: async () => {
      calls += 1;
      const call = `${name}-${calls}`;
      const before = performance.now();
      link.send(request("OPTIONS", 1, { call }));
      await final(call, "1 OPTIONS");
      return performance.now() - before;
    },
  };
}

interface Link { readonly port: number; readonly send: (message: string | Uint8Array) => void; readonly close: () => void }

async function openDatagrams(sipPort: number, address: string, port: number, hear: (text: string) => void): Promise<Link> {
  const socket = createSocket("udp4").bind(port, address);
  await once(socket, "listening");
  socket.on("message", (b) => { hear(b.toString("latin1")); });
  return { port: socket.address().port, send: (m) => { socket.send(m, sipPort, "127.0.0.1"); }, close: () => { socket.close(); } };
}

async function openStream(sipPort: number, secure: boolean, hear: (text: string) => void): Promise<Link> {
  const socket = await until("the SIP port for TCP", async () => {
    // The test knows whom it calls; the certificate is another test's.
    const s = secure ? connectTls({ port: sipPort, host: "127.0.0.1", rejectUnauthorized: false }) : connect(sipPort, "127.0.0.1");
    return Promise.race([once(s, secure ? "secureConnect" : "connect").then(() => s), once(s, "error").then(() => false as const)]);
  });
  socket.on("error", () => undefined);
  let buffer = "";
  socket.on("data", (d: Buffer) => {
    buffer += d.toString("latin1");
    for (let end = buffer.indexOf("\r\n\r\n"); end >= 0; end = buffer.indexOf("\r\n\r\n")) {
      const length = Number(/\r\nContent-Length: (\d+)/i.exec(buffer.slice(0, end + 2))?.[1] ?? 0);
      if (buffer.length < end + 4 + length) break;
      if (end > 0) hear(buffer.slice(0, end + 4 + length));
      buffer = buffer.slice(end + 4 + length);
    }
  });
  return { port: socket.localPort ?? 0, send: (m) => { if (socket.writable) socket.write(m); }, close: () => { socket.destroy(); } };
}
