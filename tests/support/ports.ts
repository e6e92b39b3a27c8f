// Ports of tests. Two test files may run side by side, each in a worker of its own: each has its half of every range.
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const half = (Number(process.env["VITEST_POOL_ID"] ?? 1) + 1) % 2;

/** Below the ports that the system gives to whoever asks for any, so that nobody takes one between two uses of a test. */
const FIRST_PORT = 20_000 + 1_450 * half, PORTS = 1_450;
/** SIPp takes four ports from its media port on, and ends when one of them is not free. */
const FIRST_MEDIA_PORT = 27_000 + 2_800 * half, MEDIA_BLOCKS = 700;
/** Audio of a switch: another block for each of this process. */
const FIRST_RTP_PORT = 10_000 + 5_000 * half, RTP_PORTS = 500, RTP_BLOCKS = 10;
/** In turn, so that nobody is given what somebody else is about to open. */
let [nextPort, nextMediaBlock, nextRtpBlock] = [randomInt(PORTS), randomInt(MEDIA_BLOCKS), randomInt(RTP_BLOCKS)];

/** A port of loopback that was free for UDP and TCP a moment ago. */
export async function freePort(): Promise<number> {
  const port = FIRST_PORT + nextPort;
  nextPort = (nextPort + 1) % PORTS;
  const [udp, tcp] = [createSocket("udp4").bind(port, "127.0.0.1"), createServer().listen(port, "127.0.0.1")];
  const open = await Promise.all([udp, tcp].map((s) => once(s, "listening").then(() => true, () => false)));
  if (open[1]) await new Promise<void>((r) => { tcp.close(() => r()); });
  await new Promise<void>((r) => { udp.close(r); });
  return open.every(Boolean) ? port : freePort();
}

/** The first of four UDP ports in a row that were free a moment ago. */
export async function freeMediaPort(): Promise<number> {
  for (;;) {
    const first = FIRST_MEDIA_PORT + 4 * nextMediaBlock;
    nextMediaBlock = (nextMediaBlock + 1) % MEDIA_BLOCKS;
    const free = await Promise.all([0, 1, 2, 3].map(async (n) => {
      const s = createSocket("udp4").bind(first + n, "127.0.0.1");
      const isFree = await once(s, "listening").then(() => true, () => false);
      await new Promise<void>((r) => { s.close(r); });
      return isFree;
    }));
    if (free.every(Boolean)) return first;
  }
}

/** A range as the settings write it, `first-last`, which no other switch of this process was given lately. */
export function rtpPorts(): string {
  const first = FIRST_RTP_PORT + RTP_PORTS * nextRtpBlock;
  nextRtpBlock = (nextRtpBlock + 1) % RTP_BLOCKS;
  return `${first}-${first + RTP_PORTS - 2}`;
}
