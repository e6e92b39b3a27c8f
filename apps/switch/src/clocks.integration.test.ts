// The switch while the machine's clock is set: what happens has the new time, and no timer notices.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseConfig } from "@ringdesk/contract/config";
import { PROTOCOL_VERSION, switchFrame, type SwitchFrame } from "@ringdesk/contract/switch";
import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { freePort } from "../../../tests/support/ports.ts";
import { startSwitch } from "./start-switch.ts";

const DAY_MS = 86_400_000;

test.each([["ahead", DAY_MS], ["back", -DAY_MS]])("a clock set a day %s neither ends a call that is being dialled nor holds its timers back", async (_, jumpMs) => {
  const folder = await mkdtemp(join(tmpdir(), "ringdesk-clock-"));
  const config = parseConfig({
    RINGDESK_DATA: folder, RINGDESK_SIP_PORT: String(await freePort()), RINGDESK_WEBRTC_PORT: String(await freePort()), RINGDESK_RTP_PORTS: "23000-23018",
  });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  const started = await startSwitch(config.value, pino({ level: "silent" }));
  if (!started.ok) throw new Error(started.error.detail);
  const phone = createSocket("udp4").bind(0, "127.0.0.1");
  await once(phone, "listening");
  let invites = 0;
  phone.on("message", () => { invites += 1; });
  const server = connect(join(config.value.runFolder, "switch.sock"));
  const frames: SwitchFrame[] = [];
  createInterface({ input: server }).on("line", (line) => void frames.push(switchFrame.parse(JSON.parse(line))));
  const say = (frame: object): void => void server.write(`${JSON.stringify(frame)}\n`);
  try {
    say({ frame: "hello", protocol: PROTOCOL_VERSION, server: "test", acked: null });
    say({ frame: "command", id: "1", command: { do: "trunks.set", trunks: [{ id: "lab", sources: [], target: { host: "127.0.0.1", port: phone.address().port } }] } });
    say({ frame: "command", id: "2", command: { do: "leg.dial", leg: "out", trunk: "lab", to: "+12025550150", from: "+12025550100", ringTimeoutMs: 2_500 } });
    await vi.waitFor(() => expect(invites).toBe(1), 5_000);
    const set = Date.now() + jumpMs;
    vi.spyOn(Date, "now").mockReturnValue(set);
    // Timer A of RFC 3261: again after 500 ms and 1 s more. A clock that had jumped would end the call at once, or never.
    await vi.waitFor(() => expect(invites).toBe(3), 5_000);
    const ended = (): SwitchFrame | undefined => frames.find((frame) => frame.frame === "event" && frame.event.type === "leg.ended");
    expect(ended()).toBeUndefined();
    await vi.waitFor(() => expect(ended()).toMatchObject({ at: set, event: { leg: "out", cause: "no-answer" } }), 5_000);
  } finally {
    vi.restoreAllMocks();
    server.destroy();
    phone.close();
    await started.value.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 20_000);
