import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Command, ServerFrame } from "@ringdesk/contract/switch";
import type { E164, LegId } from "@ringdesk/std";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSystemClock } from "../kernel/index.ts";
import { createSwitchLink, type SwitchLink } from "./switch-link.socket.ts";

/** A switch on a thread of its own, which reads while this one is kept busy. It says when it has read a dial. */
const FAR_SIDE = `
  const { createServer } = require("node:net"), { parentPort, workerData: { path, shared } } = require("node:worker_threads");
  const dialled = new Int32Array(shared);
  let text = "";
  createServer((socket) => socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    if (text.includes("leg.dial") && Atomics.exchange(dialled, 0, 1) === 0) { Atomics.notify(dialled, 0); parentPort.postMessage(text); }
    else if (text.includes("hello")) parentPort.postMessage("greeted");
  })).listen(path, () => parentPort.postMessage("listening"));`;

let folder: string, farSide: Worker, link: SwitchLink;
const dialled = new Int32Array(new SharedArrayBuffer(4));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "link-"));
  const socketPath = join(folder, "switch.sock");
  farSide = new Worker(FAR_SIDE, { eval: true, workerData: { path: socketPath, shared: dialled.buffer } });
  await once(farSide, "message");
  link = createSwitchLink({
    socketPath, server: "test", clock: createSystemClock(), log: pino({ level: "silent" }), acked: () => null,
    onGreeting: () => undefined, onFrame: () => undefined, onLost: () => undefined,
  });
  link.start();
  await once(farSide, "message");
});
afterEach(async () => {
  link.close();
  await farSide.terminate();
  await rm(folder, { recursive: true, force: true });
});

const frame = (id: string, command: Command): ServerFrame => ({ frame: "command", id, command });
const hangup = (leg: string): Command => ({ do: "leg.hangup", leg: leg as LegId });

test("a dial is at the switch, with what was said before it, while this turn of the loop still goes on", async () => {
  const read = once(farSide, "message");
  link.send(frame("1", hangup("first")));
  link.send(frame("2", { do: "leg.dial", leg: "phone" as LegId, trunk: "phones", to: "agent", from: "+12025550123" as E164, ringTimeoutMs: 1_000 }));
  await Promise.resolve();
  link.send(frame("3", hangup("last")));
  expect(Atomics.wait(dialled, 0, 0, 10_000)).not.toBe("timed-out"); // nothing else runs here until then
  const [text] = await read as [string];
  expect([text.includes("first"), text.includes("last")]).toEqual([true, false]);
});
