import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { browserAnswer, MAX_OFFER_BYTES, plainOffer, readBrowserOffer, readLocalTransport } from "./browser-offer.ts";

const fingerprint = `sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`;
const offer = (change: (lines: string[]) => string[] = (lines) => lines): string => change([
  "v=0", "o=- 4611 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=extmap-allow-mixed", "a=msid-semantic: WMS x",
  "m=audio 9 UDP/TLS/RTP/SAVPF 0 8 126", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
  "a=candidate:1 1 udp 2113937151 7d3e.local 50123 typ host", "a=ice-ufrag:abcd", "a=ice-pwd:0123456789abcdefghijkl", "a=ice-options:trickle",
  `a=fingerprint:${fingerprint}`, "a=setup:actpass", "a=mid:0", "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", "a=sendrecv", "a=rtcp-mux",
  "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:126 telephone-event/8000", "a=ssrc:1 cname:y",
]).join("\r\n");
const without = (start: string) => (lines: string[]): string[] => lines.filter((line) => !line.startsWith(start));

describe("a browser's offer", () => {
  test("is read, µ-law preferred, candidates and extensions ignored", () => {
    const read = readBrowserOffer(offer());
    expect(read).toEqual({ ok: true, value: { mid: "0", iceUfrag: "abcd", icePwd: "0123456789abcdefghijkl", setup: "actpass", law: "pcmu", eventPayloadType: 126, fingerprint: { algorithm: "sha-256", value: fingerprint.slice(8) } } });
    const plain = read.ok ? plainOffer(read.value) : "";
    expect(plain).not.toMatch(/candidate|extmap|ssrc/);
    expect(plain).toContain("m=audio 9 UDP/TLS/RTP/SAVPF 0 126\r\n");
  });

  test("A-law alone is taken, and telephone-event at another rate is not", () => {
    const read = readBrowserOffer(offer((lines) => lines.map((line) => line.replace("SAVPF 0 8 126", "SAVPF 8 126").replace("telephone-event/8000", "telephone-event/48000"))));
    expect(read.ok && [read.value.law, read.value.eventPayloadType]).toEqual(["pcma", null]);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["no G.711", offer((lines) => lines.map((line) => line.replace("SAVPF 0 8 126", "SAVPF 111 126")))],
    ["a second media line", `${offer()}\r\nm=video 9 UDP/TLS/RTP/SAVPF 96`],
    ["no encryption", offer((lines) => lines.map((line) => line.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP")))],
    ["keys in the SDP (SDES)", offer((lines) => [...lines.map((line) => line.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF")), "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"])],
    ["no fingerprint", offer(without("a=fingerprint"))],
    ["a weak fingerprint", offer((lines) => lines.map((line) => line.replace("sha-256", "sha-1")))],
    ["no ICE password", offer(without("a=ice-pwd"))],
    ["no rtcp-mux", offer(without("a=rtcp-mux"))],
    ["a line within a value", offer((lines) => lines.map((line) => line.replace("a=mid:0", "a=mid:0 x")))],
    ["too long", `${offer()}${"a".repeat(MAX_OFFER_BYTES)}`],
    ["nothing", ""],
  ];
  for (const [name, sdp] of refused) test(`is refused: ${name}`, () => expect(readBrowserOffer(sdp)).toMatchObject({ ok: false, error: { type: "sdp-refused" } }));
});

test("keys in the SDP beside a fingerprint are not used: the library is told of DTLS alone", () => {
  const read = readBrowserOffer(offer((lines) => [...lines, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"]));
  expect(read.ok && plainOffer(read.value)).not.toMatch(/crypto|inline/);
});

const wire = fileURLToPath(new URL("../../../../../shared/reference/wire/sdp", import.meta.url));
describe.skipIf(!existsSync(wire))("every malformed SDP of the corpus is refused (skipped where the corpus is absent)", () => {
  for (const file of existsSync(wire) ? readdirSync(wire) : []) test(file, () => expect(readBrowserOffer(readFileSync(`${wire}/${file}`, "utf8")).ok).toBe(false));
});

test("the answer has one candidate, at the advertised address, and 8 kHz codecs only", () => {
  const read = readBrowserOffer(offer());
  const local = readLocalTransport(`a=ice-ufrag:uvwx\r\na=ice-pwd:zzzzzzzzzzzzzzzzzzzzzz\r\na=fingerprint:${fingerprint}\r\na=setup:active\r\n`);
  expect(local?.setup).toBe("active");
  const answer = read.ok && local !== null ? browserAnswer({ offer: read.value, local, address: "203.0.113.7", insideAddress: null, port: 8443, ssrc: 42 }) : "";
  expect(answer.match(/a=candidate:.*/g)).toEqual(["a=candidate:1 1 UDP 2130706431 203.0.113.7 8443 typ host"]);
  const twoWays = read.ok && local !== null ? browserAnswer({ offer: read.value, local, address: "203.0.113.7", insideAddress: "192.168.1.20", port: 8443, ssrc: 42 }) : "";
  expect(twoWays.match(/a=candidate:.*/g)).toEqual(["a=candidate:1 1 UDP 2130706431 203.0.113.7 8443 typ host", "a=candidate:2 1 UDP 2130706175 192.168.1.20 8443 typ host"]);
  expect(answer).toContain("a=rtpmap:126 telephone-event/8000\r\n");
  expect(answer).not.toContain("48000");
  expect(readLocalTransport("a=setup:actpass")).toBeNull();
});
