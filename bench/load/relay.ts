// The floor: the least that a Node process must do to relay RTP between pairs of legs.
import { createSocket } from "node:dgram";
import { once } from "node:events";

process.on("message", async (peers: readonly number[]) => {
  const sockets = await Promise.all(peers.map(async (port) => {
    const s = createSocket({ type: "udp4", recvBufferSize: 262_144 });
    s.bind(0, "127.0.0.1");
    await once(s, "listening");
    s.connect(port, "127.0.0.1");
    await once(s, "connect");
    return s;
  }));
  sockets.forEach((s, i) => {
    const other = sockets[i ^ 1]!;
    s.on("message", (b) => { other.send(b); });
    s.on("error", () => undefined);
  });
  process.send!(sockets.map((s) => s.address().port));
});
process.on("disconnect", () => { process.exit(0); });
