// SEC-3: damaged messages at everything that reads the network. 20,000 by default, FUZZ_INPUTS for more (`npm run fuzz`), from
// seeds of our own and, where they lie beside the checkout, the corpora. FUZZ_SEED repeats another run.
import { createCipheriv } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Millis } from "@ringdesk/std";
import { expect, test } from "vitest";
import { EventReceiver } from "./dtmf/index.ts";
import { parseRtcp } from "./rtcp/index.ts";
import { emptyRtpHeader, isRtcp, parseRtp } from "./rtp/index.ts";
import { answerOffer, createOffer, parseSdp, printSdp, readAnswer, SRTP_MASTER_BYTES } from "./sdp/index.ts";
import { MASTER_BYTES, SrtpReceiver } from "./srtp/index.ts";
import { StreamFramer } from "./sip/framing/index.ts";
import { createUserAgent, parseMessage, printMessage, type Flow } from "./sip/index.ts";

const inputs = Number(process.env["FUZZ_INPUTS"] ?? 20_000);
const MINUTES_MS = 60_000;
/** SEC-3: no input may cost more. */
const MOST_MS = 10;
/** A machine that does other things pauses any single run; what is slow by itself is slow each time. */
const TRIES = 5;

const corpora = join(import.meta.dirname, "../../../../shared/reference");
const filesOf = (...folders: string[]): Uint8Array[] => folders.flatMap((folder) => {
  const path = join(corpora, folder);
  return existsSync(path) ? readdirSync(path).map((file) => new Uint8Array(readFileSync(join(path, file)))) : [];
});
const text = (...lines: string[]): Uint8Array => Buffer.from(lines.join("\r\n"));

const offer = [
  "v=0", "o=- 1 1 IN IP4 192.0.2.10", "s=-", "c=IN IP4 192.0.2.10", "t=0 0", "m=audio 40000 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=ptime:20", "a=maxptime:150",
  "a=sendrecv", "m=audio 40002 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAECAwQFBgcICQoLDA0ODw8ODQwLCgkIBwYFBAMC|2^20", "a=rtcp-mux", "m=video 0 RTP/AVP 31", "",
];
const dialog = (method: string, seq: number): string[] => [
  `${method} sip:+12025550100@198.51.100.1:5060;transport=udp SIP/2.0`, `Via: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK${method}${seq};rport`,
  'From: "Ann \\"A\\" B" <sip:+12025550111@192.0.2.10;user=phone>;tag=from', `To: <sip:+12025550100@198.51.100.1>${seq > 1 ? ";tag=t2" : ""}`, "Call-ID: a@192.0.2.10", `CSeq: ${seq} ${method}`, "Max-Forwards: 70",
  "Contact: <sip:ann@192.0.2.10:5070>", "Supported: timer, 100rel", "Session-Expires: 600;refresher=uac", "Min-SE: 90",
];
const withBody = (head: readonly string[], type: string, body: string): Uint8Array => text(...head, `Content-Type: ${type}`, `Content-Length: ${body.length}`, "", body);
const sipSeeds: readonly Uint8Array[] = [
  withBody(dialog("INVITE", 1), "application/sdp", offer.join("\r\n")),
  withBody(dialog("INVITE", 1), "multipart/mixed;boundary=b", `--b\r\nContent-Type: application/sdp\r\n\r\n${offer.join("\r\n")}\r\n--b\r\nContent-Type: application/isup\r\n\r\n\u0001\r\n--b--`),
  text(...dialog("ACK", 1), "Content-Length: 0", "", ""), text(...dialog("CANCEL", 1), "Content-Length: 0", "", ""), text(...dialog("BYE", 4), "Content-Length: 0", "", ""),
  withBody(dialog("INFO", 2), "application/dtmf-relay", "Signal=5\r\nDuration=160"), withBody(dialog("UPDATE", 3), "application/sdp", offer.join("\r\n")),
  text(...dialog("REFER", 5), "Refer-To: <sip:+19005550100@x?Replaces=a%3Bto-tag%3Db>", "Content-Length: 0", "", ""),
  text(...dialog("INVITE", 1), "Replaces: a@192.0.2.10;to-tag=t2;from-tag=from", "Content-Length: 0", "", ""),
  text("SIP/2.0 200 OK", ...dialog("INVITE", 1).slice(1), "Content-Length: 0", "", ""),
  text("SIP/2.0 401 Unauthorized", ...dialog("INVITE", 1).slice(1), 'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth", algorithm=MD5', "Content-Length: 0", "", ""),
];
const rtpSeeds: readonly Uint8Array[] = [
  Uint8Array.from({ length: 172 }, (_, i) => [0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4][i] ?? 0xff),
  Uint8Array.of(0x80, 0xe5, 0, 2, 0, 0, 0, 160, 1, 2, 3, 4, 5, 0x8a, 3, 0x20),
  Uint8Array.of(0xb1, 0, 0, 3, 0, 0, 0, 160, 1, 2, 3, 4, 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 0xff, 0xff, 0, 2),
];
const rtcpSeeds: readonly Uint8Array[] = [
  Uint8Array.from({ length: 52 }, (_, i) => [0x81, 200, 0, 12][i] ?? i),
  Uint8Array.of(0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 202, 0, 3, 1, 2, 3, 4, 1, 2, 65, 66, 0, 0, 0, 0, 0x81, 203, 0, 1, 1, 2, 3, 4),
];
const stunSeeds: readonly Uint8Array[] = [Uint8Array.of(0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 6, 0, 3, 97, 58, 98, 0)];

type Random = (below: number) => number;
function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return below <= 0 ? 0 : Math.floor((state / 2 ** 32) * below);
  };
}

/** Bytes changed, cut out, cut off, doubled, or put in from another seed. */
function mutated(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(seeds[random(seeds.length)] ?? []);
  for (let rounds = random(6); rounds >= 0; rounds--) {
    const at = random(bytes.length);
    const other = seeds[random(seeds.length)] ?? bytes;
    const from = random(other.length);
    switch (random(6)) {
      case 0: case 1: bytes[at] = random(256); break;
      case 2: bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(30))]); break;
      case 3: bytes = bytes.slice(0, at + 1); break;
      case 4: bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + random(120)), bytes.subarray(at)]); break;
      default: for (let i = random(8); i > 0 && bytes.length < 20_000; i--) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + 40), bytes.subarray(at)]);
    }
  }
  return bytes;
}

const local = { address: "198.51.100.1", port: 10_000, sessionId: 7, version: 1, srtpMaster: new Uint8Array(SRTP_MASTER_BYTES) };
const rules = { allowLocalAddresses: false };
const from: Flow = { transport: "udp", address: "192.0.2.10", port: 5070 };

/** Every reader of bytes from the network, each with its seeds and its share. */
function readers(random: Random): readonly { readonly name: string; readonly share: number; readonly seeds: readonly Uint8Array[]; readonly read: (bytes: Uint8Array) => void }[] {
  let n = 0;
  let at = 0;
  const agent = createUserAgent({
    host: "198.51.100.1", port: 5060, product: "test", newToken: () => `t${++n}`, newCall: () => `c${++n}`,
    ownsAddress: () => false, admitsCall: () => true, registrar: { serves: () => true, admits: () => true }, maxCalls: 50, maxTransactions: 200,
  });
  const readSip = (bytes: Uint8Array): void => {
    agent.handle({ type: "datagram", peer: "trunk", from, bytes }, (at += 20) as Millis);
    for (let out = agent.poll(); out !== null; out = agent.poll()) {
      if (out.type === "send" && (out.to.address !== from.address)) throw new Error(`sent to ${out.to.address}`);
      if (out.type === "incoming") agent.handle([{ type: "answer", call: out.call, sdp: "v=0" }, { type: "ring", call: out.call }, { type: "reject", call: out.call, status: 486 }][random(3)] as never, at as Millis);
      if (out.type === "offer") agent.handle({ type: "accept-offer", call: out.call, sdp: "v=0" }, at as Millis);
    }
    const parsed = parseMessage(bytes);
    if (parsed.outcome === "request") parseMessage(printMessage(parsed.request));
    const framer = new StreamFramer();
    const cut = random(bytes.length);
    if (framer.push(bytes.subarray(0, cut)).fault === null) framer.push(bytes.subarray(cut));
  };
  const readSdp = (bytes: Uint8Array): void => {
    const parsed = parseSdp(Buffer.from(bytes).toString("utf8"));
    if (!parsed.ok) return;
    const answered = answerOffer(parsed.value, local, rules);
    readAnswer(parsed.value, local, rules);
    if (answered.ok && !parseSdp(printSdp(answered.value.answer)).ok) throw new Error("our own answer cannot be read");
  };
  const header = emptyRtpHeader();
  const keys = new EventReceiver();
  const secured = new SrtpReceiver(new Uint8Array(MASTER_BYTES), (key) => {
    const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    return (blocks) => cipher.update(blocks);
  });
  const readRtp = (bytes: Uint8Array): void => {
    secured.unprotect(Uint8Array.from(bytes));
    if (!parseRtp(bytes, header)) return;
    if (header.payloadEnd < header.payloadStart || header.payloadEnd > bytes.length) throw new Error("payload outside the packet");
    keys.receive(bytes, header.payloadStart, header.payloadEnd, header.timestamp);
  };
  return [
    { name: "SIP", share: 0.4, seeds: [...sipSeeds, ...filesOf("sip-torture/rfc4475", "wire/sip")], read: readSip },
    { name: "SDP", share: 0.3, seeds: [text(...offer), Buffer.from(printSdp(createOffer(local))), ...filesOf("wire/sdp")], read: readSdp },
    { name: "RTP", share: 0.1, seeds: [...rtpSeeds, ...filesOf("wire/rtp")], read: readRtp },
    { name: "RTCP", share: 0.1, seeds: [...rtcpSeeds, ...filesOf("wire/rtcp")], read: (bytes) => void parseRtcp(bytes) },
    // STUN is read by libdatachannel; here it is what comes to the ports of the others.
    { name: "STUN", share: 0.1, seeds: [...stunSeeds, ...filesOf("wire/stun")], read: (bytes) => [readRtp, parseRtcp, isRtcp, readSip].forEach((read) => void read(bytes)) },
  ];
}

test(`SEC-3 ${inputs.toLocaleString("en")} damaged inputs of SIP, SDP, RTP, RTCP and STUN: none throws, none costs more than ${MOST_MS} ms`, () => {
  const seed = Number(process.env["FUZZ_SEED"] ?? 20_261_122);
  const random = createRandom(seed);
  const slow: string[] = [];
  let read = 0;
  for (const reader of readers(random)) {
    for (let i = Math.round(inputs * reader.share); i > 0; i--) {
      const bytes = mutated(reader.seeds, random);
      let best = Infinity;
      for (let tries = 0; tries < TRIES && best > MOST_MS; tries++) {
        const before = performance.now();
        try {
          reader.read(bytes);
        } catch (error) {
          throw new Error(`seed ${seed}: ${reader.name} threw on ${Buffer.from(bytes).toString("base64")}`, { cause: error });
        }
        best = Math.min(best, performance.now() - before);
      }
      if (best > MOST_MS) slow.push(`${reader.name} number ${i} of seed ${seed}, ${bytes.length} bytes: ${best.toFixed(1)} ms`);
      read++;
    }
  }
  expect(slow).toEqual([]);
  expect(read).toBeGreaterThanOrEqual(inputs);
}, 30 * MINUTES_MS);
