// Strangers that send SIP from many addresses of loopback: a process of its own, so that the calls' timing is nobody else's.
// Arguments: port, packets per second, seconds. Sends what happened as its only message.
import { createSocket } from "node:dgram";
import { once } from "node:events";

const [port = 0, perSecond = 0, seconds = 0] = process.argv.slice(2).map(Number);
const ADDRESSES = 8;
const TICK_MS = 10;

let replies = 0;
const sockets = await Promise.all(Array.from({ length: ADDRESSES }, async (_, i) => {
  const s = createSocket("udp4").bind(0, `127.0.0.${20 + i}`);
  await once(s, "listening");
  s.on("message", () => { replies += 1; });
  return s;
}));
const message = (method: string, n: number): string => [
  `${method} sip:${1_000 + (n % 9_000)}@127.0.0.1 SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.20:5060;branch=z9hG4bK${n};rport`, "From: <sip:scanner@127.0.0.20>;tag=s", `To: <sip:${n}@127.0.0.1>`, `Call-ID: scan-${n}`,
  `CSeq: 1 ${method}`, "Max-Forwards: 70", "User-Agent: friendly-scanner", "Contact: <sip:scanner@127.0.0.20>", "Content-Length: 0", "", "",
].join("\r\n");
const methods = ["OPTIONS", "REGISTER", "INVITE", "BYE"];
const begun = performance.now();
let sent = 0;
const timer = setInterval(() => {
  const due = Math.min(seconds, (performance.now() - begun) / 1_000) * perSecond;
  for (; sent < due; sent += 1) sockets[sent % ADDRESSES]!.send(sent % 7 === 0 ? Buffer.alloc(200, sent) : message(methods[sent % methods.length]!, sent), port, "127.0.0.1");
  if (performance.now() - begun < (seconds + 0.5) * 1_000) return;
  clearInterval(timer);
  process.send?.({ sent, replies, tookMs: performance.now() - begun });
  for (const s of sockets) s.close();
  process.disconnect();
}, TICK_MS);
