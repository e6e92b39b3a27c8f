// The one ear of all callers: hears nothing, and now and then makes each line a sound, so that nobody counts as gone. The
// switch sends 50 packets a second to everybody who waits; reading them would cost the load more than sending them costs the
// switch, so the thread sleeps and the kernel throws away what piles up.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { LineAsk } from "./crowd-protocol.ts";

const FRAME_BYTES = 160, HEADER_BYTES = 12, ULAW_SILENCE = 0xff;
/** Within the half minute after which a silent line counts as lost. */
const SOUND_EVERY_MS = 4_000;
const SMALL_BUFFER_BYTES = 4_096;

const lines = new Map<number, number>();
const packet = Buffer.alloc(HEADER_BYTES + FRAME_BYTES, ULAW_SILENCE);
packet[0] = 0x80;
packet[1] = 0;

const socket = createSocket({ type: "udp4", recvBufferSize: SMALL_BUFFER_BYTES });
socket.on("message", () => undefined);
socket.bind(0, "127.0.0.1");
await once(socket, "listening");
parentPort?.on("message", ({ port, open }: LineAsk) => {
  if (open) lines.set(port, 0);
  else lines.delete(port);
});
parentPort?.postMessage(socket.address().port);

const never = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  await turn();
  for (const [port, sent] of lines) {
    lines.set(port, sent + 1);
    packet.writeUInt16BE(sent & 0xffff, 2);
    packet.writeUInt32BE(sent * FRAME_BYTES, 4);
    packet.writeUInt32BE(port, 8);
    socket.send(Buffer.from(packet), port, "127.0.0.1");
  }
  await turn();
  Atomics.wait(never, 0, 0, SOUND_EVERY_MS);
}
