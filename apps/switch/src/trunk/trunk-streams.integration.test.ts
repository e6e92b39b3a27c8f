// SIP over TCP between trunk sides of this machine, and strangers at the door.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Trunk } from "@ringdesk/contract/switch";
import type { LegId, Millis } from "@ringdesk/std";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../../../tests/support/ports.ts";
import { createTrunkSide } from "./trunk-side.ts";
import { MAX_CONNECTIONS_PER_SOURCE } from "./trunk.limits.ts";
import type { TrunkSide } from "./trunk.types.ts";

const HOME = "127.0.0.1";
const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

type Side = { readonly side: TrunkSide; readonly told: string[]; trunks: readonly Trunk[] };

async function start(): Promise<Side> {
  const told: string[] = [];
  const own: { trunks: readonly Trunk[] } = { trunks: [] };
  const note = (name: string) => (leg: unknown, ...more: unknown[]) => void told.push([name, typeof leg === "string" ? leg : "", ...more.filter((x) => typeof x === "string")].join(" ").trim());
  const made = await createTrunkSide({
    address: HOME, port: await freePort(), advertised: HOME, trunks: () => own.trunks, acceptingCalls: () => true, newLegId: () => "in" as LegId,
    now: () => Math.floor(performance.now()) as Millis, log: { info: () => {}, warn: () => {}, error: () => {} },
    events: {
      incoming: ({ leg }) => {
        told.push("incoming");
        if (made.ok) made.value.answer(leg, { address: HOME, port: 30_000 });
      },
      ringing: note("ringing"), earlyMedia: note("earlyMedia"), answered: note("answered"), mediaChanged: note("mediaChanged"), dtmf: note("dtmf"), ended: note("ended"),
      phoneRegistered: note("phoneRegistered"), phoneUnregistered: note("phoneUnregistered"), trunkState: note("trunkState"),
    },
  });
  if (!made.ok) throw new Error(made.error.detail);
  open.push(made.value);
  return Object.assign(own, { side: made.value, told });
}

async function eventually(ready: () => boolean): Promise<void> {
  for (const end = performance.now() + 5_000; !ready(); await new Promise((resolve) => setTimeout(resolve, 5)))
    if (performance.now() > end) throw new Error("waited five seconds in vain");
}

const visitor = async (port: number): Promise<Socket & { readonly heard: () => string }> => {
  const socket = connect(port, HOME);
  let heard = "";
  socket.on("data", (bytes) => { heard += bytes.toString(); });
  socket.on("error", () => undefined);
  open.push({ close: () => socket.destroy() });
  await Promise.race([once(socket, "connect"), once(socket, "close")].map((happened) => happened.catch(() => undefined)));
  return Object.assign(socket, { heard: () => heard });
};
const lab = (port: number): Trunk => ({ id: "lab", sources: [HOME], target: { host: HOME, port, transport: "tcp" }, registers: false });

describe("SIP over TCP", () => {
  test("a call from answer to BYE over one connection in each direction", async () => {
    const [a, b] = [await start(), await start()];
    a.trunks = [lab(b.side.port)];
    b.trunks = [lab(a.side.port)];
    expect(a.side.dial({ leg: "out" as LegId, trunk: "lab", to: "+15550100", from: "+15550199", ringTimeoutMs: 5_000, local: { address: HOME, port: 20_000 } }).ok).toBe(true);
    await eventually(() => a.told.includes("answered out"));
    expect([a.side.counters().connections, b.side.counters().connections]).toEqual([1, 1]);
    b.side.hangup("in" as LegId);
    await eventually(() => a.told.includes("ended out hangup peer"));
    expect([a.side.counters().connections, b.side.counters().connections]).toEqual([1, 1]);
  });

  test("what is sent over a connection that the neighbour is giving up goes out once more by a new one", async () => {
    const a = await start();
    // Declines the first INVITE of each connection, and ends it when another comes.
    let invites = 0;
    const server = createServer((socket) => {
      let isUsed = false;
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        const text = bytes.toString().slice(bytes.indexOf("INVITE sip:"));
        if (!text.startsWith("INVITE")) return;
        invites++;
        if (isUsed) socket.destroy();
        isUsed = true;
        const copied = text.split("\r\n").filter((line) => /^(via|from|to|call-id|cseq):/i.test(line)).map((line) => (/^to:/i.test(line) ? `${line};tag=t` : line));
        socket.write(["SIP/2.0 486 Busy Here", ...copied, "Content-Length: 0", "", ""].join("\r\n"));
      });
    }).listen(0, HOME);
    await once(server, "listening");
    open.push(server);
    a.trunks = [lab((server.address() as { port: number }).port)];
    for (const leg of ["one", "two"]) {
      a.side.dial({ leg: leg as LegId, trunk: "lab", to: "+15550100", from: "+15550199", ringTimeoutMs: 5_000, local: { address: HOME, port: 20_000 } });
      await eventually(() => a.told.includes(`ended ${leg} busy peer`));
    }
    expect(invites).toBe(3);
  });

  test("a BYE finds its way by a new connection when the old one is gone", async () => {
    const [a, b] = [await start(), await start()];
    a.trunks = [lab(b.side.port)];
    b.trunks = [lab(a.side.port)];
    a.side.dial({ leg: "out" as LegId, trunk: "lab", to: "+15550100", from: "+15550199", ringTimeoutMs: 5_000, local: { address: HOME, port: 20_000 } });
    await eventually(() => a.told.includes("answered out"));
    const old = await visitor(b.side.port);
    // What is no SIP closes the connection that carried it, and no other.
    old.write("nonsense\r\n\r\n");
    await once(old, "close");
    b.side.hangup("in" as LegId);
    await eventually(() => a.told.includes("ended out hangup peer"));
  });

  test("SEC-3: a stranger's connection is reset before it is read, and counted", async () => {
    const a = await start();
    const socket = await visitor(a.side.port);
    socket.write("OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n");
    await eventually(() => socket.closed);
    expect([socket.heard(), a.side.counters().received, a.side.counters().strangers]).toEqual(["", 0, 1]);
  });

  test("SEC-3: one address has at most so many connections", async () => {
    const a = await start();
    a.trunks = [lab(9)];
    const sockets = await Promise.all(Array.from({ length: MAX_CONNECTIONS_PER_SOURCE + 3 }, () => visitor(a.side.port)));
    await eventually(() => sockets.filter((s) => s.destroyed || s.closed).length === 3);
    expect(a.side.counters().connections).toBe(MAX_CONNECTIONS_PER_SOURCE);
    sockets[0]?.destroy();
    await eventually(() => a.side.counters().connections < MAX_CONNECTIONS_PER_SOURCE);
    const again = await visitor(a.side.port);
    again.write("\r\n\r\n");
    await eventually(() => again.heard() === "\r\n");
  });

  test("nobody listens there: unreachable at once, without timer B", async () => {
    const a = await start();
    const gone = createServer().listen(0, HOME);
    await once(gone, "listening");
    a.trunks = [lab((gone.address() as { port: number }).port)];
    await new Promise((resolve) => gone.close(resolve));
    const at = performance.now();
    a.side.dial({ leg: "out" as LegId, trunk: "lab", to: "+15550100", from: "+15550199", ringTimeoutMs: 30_000, local: { address: HOME, port: 20_000 } });
    await eventually(() => a.told.includes("ended out unreachable peer"));
    expect(performance.now() - at).toBeLessThan(2_000);
  });
});
