// SEC-3: of a call whose audio is encrypted, nobody else's packet is heard, wherever it comes from, and none ends it.
import { execFileSync } from "node:child_process";
import { createCipheriv, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MASTER_BYTES, SrtpSender } from "@ringdesk/telecom/srtp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../support/product.ts";
import { openRtpPhone } from "../support/rtp-phone.ts";
import { freePort } from "../support/ports.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { openRawCaller } from "./raw-caller.ts";

let sut: SwitchProcess, sipsPort: number, folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ringdesk-srtp-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert], { stdio: "ignore" });
  sipsPort = await freePort();
  sut = await startSwitch({ rtpPorts: "17400-17498", env: { RINGDESK_TLS_CERT: cert, RINGDESK_TLS_KEY: key, RINGDESK_SIPS_PORT: String(sipsPort) } });
  attend(sut);
}, 30_000);
afterAll(async () => { await sut.stop(); await rm(folder, { recursive: true, force: true }); });

const VOICE = 0x2a, INTRUDER = 0x3b;
const srtpSender = (master: Uint8Array): SrtpSender => new SrtpSender(master, (key) => {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return (blocks) => cipher.update(blocks);
});
const rtp = (fill: number, n: number, ssrc: number): Buffer => {
  const packet = Buffer.alloc(172, fill);
  packet.writeUInt32BE(0x8000_0000 + n, 0);
  packet.writeUInt32BE(n * 160, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
};
const open = async (address: string): Promise<Socket> => {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  return socket;
};

test("SEC-3 of 400 packets of strangers, plain, with a wrong key, and from the telephone's own port, none passes; the telephone's do", async () => {
  const [secure, plain] = [await openRawCaller(sipsPort, { transport: "tls" }), await openRawCaller(sut.sipPort)];
  const [mine, other, near] = [await open("127.0.0.1"), await open("127.0.0.33"), await open("127.0.0.1")];
  const listener = await openRtpPhone(620);
  const legs: string[] = [];
  sut.onEvent((e) => { if (e.type === "play.reached") legs.push(e.leg); });
  const master = Uint8Array.from(randomBytes(MASTER_BYTES));
  const first = await secure.call("4000", 0, [], [
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${mine.address().port} RTP/SAVP 0`, `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.from(master).toString("base64")}`, "",
  ].join("\r\n"));
  expect(first.answer).toMatch(/m=audio \d+ RTP\/SAVP 0\r\n[^]*a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}\r\n/);
  const second = await plain.call("4000", listener.port);
  await until("music in both calls", async () => legs.length === 2);
  await sut.command({ do: "bridge.set", bridge: "srtp", legs });
  const port = Number(/m=audio (\d+)/.exec(first.answer)?.[1]);
  listener.talkTo(Number(/m=audio (\d+)/.exec(second.answer)?.[1]));

  const heard = (fill: number): number => {
    const bytes = listener.bytes(0, Infinity);
    let packets = 0;
    for (let at = 0; at + 160 <= bytes.length; at += 160) if (bytes.subarray(at, at + 160).every((b) => b === fill)) packets += 1;
    return packets;
  };
  const protect = (sender: SrtpSender, packet: Buffer): Buffer => {
    const into = Buffer.alloc(packet.length + 32);
    return into.subarray(0, sender.protect(packet, into));
  };
  const telephone = srtpSender(master);
  let said = 0;
  const speak = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      mine.send(protect(telephone, rtp(VOICE, said++, 77)), port, "127.0.0.1");
      await wait(5);
    }
  };
  const stranger = srtpSender(Uint8Array.from(randomBytes(MASTER_BYTES)));
  const intrude = async (): Promise<void> => {
    for (let i = 0; i < 25; i++) for (const socket of [other, near, mine]) for (const packet of [rtp(INTRUDER, 1_000 + i, 77), protect(stranger, rtp(INTRUDER, 2_000 + i, 78))]) {
      socket.send(packet, port, "127.0.0.1");
      await wait(1);
    }
    for (let i = 0; i < 50; i++) other.send(randomBytes(182), port, "127.0.0.1");
  };
  await intrude();
  await speak(50);
  await intrude();
  await speak(50);
  await wait(200);
  process.stdout.write(`SRTP: ${heard(INTRUDER)} of 400 packets of strangers passed, ${heard(VOICE)} of 100 of the telephone\n`);
  expect(heard(INTRUDER)).toBe(0);
  expect(heard(VOICE)).toBeGreaterThan(90);
  expect((await sut.command({ do: "snapshot" })).snapshot?.legs.filter((l) => l.state === "up")).toHaveLength(2);
  await first.bye();
  await second.bye();
  for (const socket of [mine, other, near]) socket.close();
  for (const caller of [secure, plain]) caller.close();
  listener.close();
}, 30_000);
