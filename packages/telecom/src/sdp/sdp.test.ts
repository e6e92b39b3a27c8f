import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quickestMs } from "../../../../tests/support/quickest.ts";
import { answerOffer, createOffer, offerAgain, parseSdp, printSdp, readAnswer, readIpAddress, SRTP_MASTER_BYTES, type NegotiatedMedia, type SessionDescription } from "./index.ts";

const local = { address: "198.51.100.1", port: 10_000, sessionId: 7, version: 1 };
const strict = { allowLocalAddresses: false };
const sdp = (...lines: string[]): string => ["v=0", "o=- 1 1 IN IP4 192.0.2.10", "s=-", "c=IN IP4 192.0.2.10", "t=0 0", ...lines].join("\r\n") + "\r\n";
const audio = "m=audio 40000 RTP/AVP 0 8 101";
const events = "a=rtpmap:101 telephone-event/8000";

function parsed(text: string): SessionDescription {
  const result = parseSdp(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
/** What an offer leads to: the media, or the word of the refusal. */
function outcome(text: string, rules = strict): NegotiatedMedia | string {
  const description = parseSdp(text);
  if (!description.ok) return description.error.type;
  const answered = answerOffer(description.value, local, rules);
  return answered.ok ? answered.value.media : answered.error.type;
}
const answerText = (text: string): string => {
  const answered = answerOffer(parsed(text), local, strict);
  return answered.ok ? printSdp(answered.value.answer) : answered.error.type;
};

describe("answering an offer", () => {
  test("the first G.711 codec of the offer is taken, with the offer's telephone-event payload type", () => {
    expect(outcome(sdp("m=audio 40000 RTP/AVP 9 8 0 96", "a=rtpmap:96 telephone-event/8000", "a=ptime:30"))).toEqual({
      codec: "PCMA", payloadType: 8, telephoneEventPayloadType: 96, remote: { address: "192.0.2.10", port: 40_000 },
      ptimeMs: 30, direction: "sendrecv", heldByPeer: false, srtp: null, rtcpMux: false,
    });
  });

  const lengths: readonly (readonly [lines: readonly string[], ms: number])[] = [
    [[], 20], [["a=ptime:30"], 30], [["a=ptime:40", "a=maxptime:30"], 30], [["a=maxptime:10"], 10], [["a=maxptime:150"], 20], [["a=ptime:1"], 20], [["a=ptime:-20", "a=maxptime:0"], 20],
  ];
  for (const [lines, ptimeMs] of lengths) test(`packets of ${ptimeMs} ms for ${lines.join(" ") || "no wish"}`, () => expect(outcome(sdp(audio, ...lines))).toMatchObject({ ptimeMs }));

  test("RTCP on the port of RTP when the offer has it (RFC 5761)", () => {
    expect(outcome(sdp(audio, "a=rtcp-mux"))).toMatchObject({ rtcpMux: true });
    expect(answerText(sdp(audio, "a=rtcp-mux"))).toContain("a=rtcp-mux\r\n");
    expect(answerText(sdp(audio))).not.toContain("rtcp-mux");
  });

  test("IPv6: an offer over IPv6 is answered over IPv6", () => {
    const six = { ...local, address: "2001:db8::1" };
    const answered = answerOffer(parsed(sdp("m=audio 40000 RTP/AVP 0", "c=IN IP6 2001:db8::2")), six, strict);
    expect(answered.ok && [answered.value.media.remote, printSdp(answered.value.answer)]).toEqual([
      { address: "2001:db8::2", port: 40_000 }, expect.stringContaining("c=IN IP6 2001:db8::1\r\n"),
    ]);
  });

  test("the answer names one codec, the events and our address", () => {
    expect(answerText(sdp(audio, events))).toBe([
      "v=0", "o=- 7 1 IN IP4 198.51.100.1", "s=-", "c=IN IP4 198.51.100.1", "t=0 0", "m=audio 10000 RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv", "",
    ].join("\r\n"));
  });

  test("streams that are not taken are answered with port 0 in their place", () => {
    const answer = parsed(answerText(sdp("m=video 5000 RTP/AVP 31", "m=audio 41000 RTP/SAVP 0", audio, "m=audio 42000 RTP/AVP 0")));
    expect(answer.media.map((m) => m.port)).toEqual([0, 0, 10_000, 0]);
  });

  const direction: readonly (readonly [offered: string, ours: string, held: boolean])[] = [
    ["sendrecv", "sendrecv", false], ["sendonly", "recvonly", true], ["recvonly", "sendonly", false], ["inactive", "inactive", true],
  ];
  for (const [offered, ours, heldByPeer] of direction) {
    test(`offered ${offered} we are ${ours}`, () => {
      expect(outcome(sdp(audio, `a=${offered}`))).toMatchObject({ direction: ours, heldByPeer });
      expect(answerText(sdp(audio, `a=${offered}`))).toContain(`a=${ours}\r\n`);
      expect(outcome(sdp(`a=${offered}`, audio))).toMatchObject({ direction: ours });
    });
  }

  test("an address of zeros is the old way to hold: nothing is sent there", () => {
    expect(outcome(sdp(audio, "c=IN IP4 0.0.0.0"))).toMatchObject({ remote: null, direction: "recvonly", heldByPeer: true });
  });

  test("a dynamic payload type for G.711 is understood", () => {
    expect(outcome(sdp("m=audio 40000 RTP/AVP 97", "a=rtpmap:97 pcma/8000/1"))).toMatchObject({ codec: "PCMA", payloadType: 97 });
  });

  const refused: readonly (readonly [why: string, text: string, outcome: string])[] = [
    ["no G.711", sdp("m=audio 40000 RTP/AVP 9 18", "a=rtpmap:9 G722/8000"), "no-common-codec"],
    ["SRTP by DTLS", sdp("m=audio 40000 UDP/TLS/RTP/SAVPF 0"), "secure-media"],
    ["SRTP by SDES", sdp("m=audio 40000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA"), "secure-media"],
    ["only a refused stream", sdp("m=audio 0 RTP/AVP 0"), "no-audio"],
    ["no stream", sdp(), "no-audio"],
    ["multicast", sdp(audio, "c=IN IP4 224.2.1.1/127"), "address-refused"],
    ["broadcast", sdp(audio, "c=IN IP4 255.255.255.255"), "address-refused"],
    ["a host name", sdp(audio, "c=IN IP4 evil.example"), "address-refused"],
    ["loopback", sdp(audio, "c=IN IP4 127.0.0.1"), "address-refused"],
    ["loopback in IPv6 clothes", sdp(audio, "c=IN IP6 ::ffff:127.0.0.1"), "address-refused"],
    ["loopback in strange IPv6 clothes", sdp(audio, "c=IN IP6 0:0:0:0:0:FFFF:7f00:1"), "address-refused"],
    ["the metadata address of clouds", sdp(audio, "c=IN IP4 169.254.169.254"), "address-refused"],
    ["a family that we do not have here", sdp(audio, "c=IN IP6 2001:db8::1"), "address-refused"],
    ["a well-known port", sdp("m=audio 53 RTP/AVP 0"), "port-refused"],
    ["a port beyond 16 bits", sdp("m=audio 65536 RTP/AVP 0"), "sdp-malformed"],
    ["no version", sdp(audio).slice(5), "sdp-malformed"],
    ["nothing", "", "sdp-malformed"],
  ];
  for (const [why, text, expected] of refused) test(`${why} is refused: ${expected}`, () => expect(outcome(text)).toBe(expected));

  test("loopback is fine for a neighbour on loopback", () => {
    expect(outcome(sdp(audio, "c=IN IP4 127.0.0.1"), { allowLocalAddresses: true })).toMatchObject({ remote: { address: "127.0.0.1", port: 40_000 } });
  });
});

describe("SRTP with keys in the description (RFC 4568)", () => {
  const master = Uint8Array.from({ length: SRTP_MASTER_BYTES }, (_, i) => i);
  const theirs = "AAECAwQFBgcICQoLDA0ODw8ODQwLCgkIBwYFBAMC";
  const secured = { ...local, srtpMaster: master };
  const savp = "m=audio 40000 RTP/SAVP 0";
  const crypto = (rest: string, tag = 1): string => `a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 ${rest}`;
  const answerTo = (text: string, own: typeof local = secured, requireSrtp = false) => answerOffer(parsed(text), own, { ...strict, requireSrtp });
  const refusedFor = (text: string, own?: typeof local, requireSrtp?: boolean): string => {
    const answered = answerTo(text, own, requireSrtp);
    return answered.ok ? "taken" : answered.error.type;
  };

  test("the first line that we can use is answered with its tag and our key", () => {
    const answered = answerTo(sdp(savp, "a=crypto:1 AEAD_AES_256_GCM inline:AAAA", crypto(`inline:${theirs}|2^20`, 7), crypto(`inline:${theirs}`, 8)));
    expect(answered.ok && answered.value.media.srtp?.send).toEqual(master);
    expect(answered.ok && answered.value.media.srtp?.receive).toEqual(Uint8Array.from(Buffer.from(theirs, "base64")));
    expect(answered.ok && printSdp(answered.value.answer)).toContain(`m=audio 10000 RTP/SAVP 0\r\n`);
    expect(answered.ok && printSdp(answered.value.answer)).toContain(`a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.from(master).toString("base64")}\r\n`);
  });

  const unusable: readonly (readonly [why: string, line: string])[] = [
    ["a short key", crypto("inline:AAAA")], ["no key", crypto("")], ["32-bit tags", `a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:${theirs}`],
    ["unencrypted", crypto(`inline:${theirs} UNENCRYPTED_SRTP`)], ["unauthenticated", crypto(`inline:${theirs} UNAUTHENTICATED_SRTP`)], ["key identifiers", crypto(`inline:${theirs}|2^20|1:4`)],
    ["two keys", crypto(`inline:${theirs};inline:${theirs}`)], ["an endless tag", `a=crypto:12345678901 AES_CM_128_HMAC_SHA1_80 inline:${theirs}`], ["not base 64", crypto(`inline:${theirs.replace("A", "*")}`)],
  ];
  for (const [why, line] of unusable) test(`${why} is refused`, () => expect(refusedFor(sdp(savp, line))).toBe("secure-media"));

  test("a window size hint is harmless", () => expect(refusedFor(sdp(savp, crypto(`inline:${theirs} WSH=128`)))).toBe("taken"));

  test("never without a key of ours: signalling that others can read would give it away", () => {
    expect(refusedFor(sdp(savp, crypto(`inline:${theirs}`)), local)).toBe("secure-media");
    expect(printSdp(createOffer(local))).not.toContain("crypto");
  });

  test("the secured of two streams is taken; plain RTP only when it is allowed", () => {
    const both = answerTo(sdp("m=audio 41000 RTP/AVP 0", savp, crypto(`inline:${theirs}`)));
    expect(both.ok && both.value.answer.media.map((m) => m.port)).toEqual([0, 10_000]);
    expect(refusedFor(sdp(audio))).toBe("taken");
    expect(refusedFor(sdp(audio), secured, true)).toBe("secure-media");
  });

  test("our own offer and our own answer agree on the keys", () => {
    const other = { ...secured, srtpMaster: master.map((byte) => 255 - byte) };
    const offer = createOffer(secured);
    const answered = answerOffer(parsed(printSdp(offer)), other, strict);
    const read = answered.ok ? readAnswer(parsed(printSdp(answered.value.answer)), secured, strict) : answered;
    expect(read).toMatchObject({ ok: true, value: { srtp: { send: master, receive: other.srtpMaster } } });
    expect(answered).toMatchObject({ ok: true, value: { media: { srtp: { send: other.srtpMaster, receive: master } } } });
  });

  test("an answer that falls back to plain RTP, or to another tag, is no call", () => {
    for (const lines of [["m=audio 6000 RTP/AVP 0"], [savp], [savp, crypto(`inline:${theirs}`, 2)]]) {
      expect(readAnswer(parsed(sdp(...lines)), secured, strict)).toEqual({ ok: false, error: { type: "secure-media" } });
    }
  });
});

describe("making an offer", () => {
  test("both codecs and the events are offered, and the answer to it is read", () => {
    const offer = createOffer(local);
    expect(offer.media[0]?.formats).toEqual(["0", "8", "101"]);
    const answered = readAnswer(parsed(sdp("m=audio 6000 RTP/AVP 8 96", "a=rtpmap:96 telephone-event/8000")), local, strict);
    expect(answered).toMatchObject({ ok: true, value: { codec: "PCMA", telephoneEventPayloadType: 96, remote: { port: 6000 } } });
  });

  test("an answer that refuses the stream is no call", () => {
    expect(readAnswer(parsed(sdp("m=audio 0 RTP/AVP 0")), local, strict)).toEqual({ ok: false, error: { type: "no-audio" } });
  });

  test("our own answer to our own offer agrees with itself", () => {
    const answered = answerOffer(createOffer(local), local, strict);
    expect(answered.ok && readAnswer(answered.value.answer, local, strict)).toMatchObject({ ok: true, value: { codec: "PCMU", telephoneEventPayloadType: 101 } });
  });
});

describe("hold from our side (RFC 3264 §8.4)", () => {
  const holding = { ...local, holds: true };

  /** What the peer says, what we answer while we hold it, and whether it holds us. */
  const crossed = { sendrecv: ["sendonly", false], recvonly: ["sendonly", false], sendonly: ["inactive", true], inactive: ["inactive", true] } as const;
  for (const [theirs, [ours, heldByPeer]] of Object.entries(crossed)) test(`while we hold, ${theirs} is answered with ${ours}`, () => {
    const answered = answerOffer(parsed(sdp(audio, `a=${theirs}`)), holding, strict);
    expect(answered).toMatchObject({ ok: true, value: { media: { direction: ours, heldByPeer, remote: { port: 40_000 } } } });
    expect(answered.ok && printSdp(answered.value.answer)).toContain(`a=${ours}\r\n`);
  });

  test("an offer that we are asked for says that we hold", () => expect(printSdp(createOffer(holding))).toContain("a=sendonly\r\n"));

  const answers = { recvonly: ["sendonly", false], inactive: ["inactive", true], sendrecv: ["sendonly", false] } as const;
  for (const [theirs, [direction, heldByPeer]] of Object.entries(answers)) test(`our hold, answered with ${theirs}: ${direction}`, () => {
    const offered = offerAgain(createOffer(local), "sendonly");
    expect(readAnswer(parsed(sdp("m=audio 6000 RTP/AVP 0", `a=${theirs}`)), holding, strict, offered)).toMatchObject({ ok: true, value: { direction, heldByPeer } });
  });

  test("only the direction changes: refused streams, payload types and keys stay where they are", () => {
    const master = new Uint8Array(SRTP_MASTER_BYTES).fill(7);
    const secured = { ...local, srtpMaster: master };
    const key = `inline:${"A".repeat(40)}`;
    const offer = sdp("m=video 50000 RTP/AVP 99", "m=audio 40000 RTP/SAVP 8 96", `a=crypto:3 AES_CM_128_HMAC_SHA1_80 ${key}`, "a=rtpmap:96 telephone-event/8000");
    const answered = answerOffer(parsed(offer), secured, strict);
    if (!answered.ok) throw new Error(answered.error.type);
    const last = answered.value.answer;
    const again = offerAgain(last, "sendonly");
    expect(printSdp(again)).toBe(printSdp(last).replace("a=sendrecv", "a=sendonly"));
    expect(printSdp(offerAgain(again, "sendrecv"))).toBe(printSdp(last));
    const theirs = (tag: number): SessionDescription => parsed(sdp("m=video 0 RTP/AVP 99", "m=audio 40000 RTP/SAVP 8 96", `a=crypto:${tag} AES_CM_128_HMAC_SHA1_80 ${key}`, "a=recvonly"));
    expect(readAnswer(theirs(3), { ...secured, holds: true }, strict, again)).toMatchObject({ ok: true, value: { codec: "PCMA", direction: "sendonly", srtp: { send: master } } });
    expect(readAnswer(theirs(1), secured, strict, again)).toEqual({ ok: false, error: { type: "secure-media" } });
    expect(readAnswer(parsed(sdp("m=audio 40000 RTP/SAVP 8")), secured, strict, again)).toEqual({ ok: false, error: { type: "no-audio" } });
  });
});

describe("IP addresses", () => {
  const kinds: readonly (readonly [text: string, kind: string | null])[] = [
    ["192.0.2.1", "host"], ["0.0.0.0", "any"], ["0.1.2.3", "reserved"], ["127.1.2.3", "loopback"], ["169.254.1.1", "link-local"], ["224.0.0.1", "reserved"],
    ["255.255.255.255", "reserved"], ["1.2.3", null], ["01.2.3.4", null], ["1.2.3.256", null], ["2001:db8::1", "host"], ["::", "any"], ["::1", "loopback"],
    ["0:0:0:0:0:0:0:1", "loopback"], ["fe80::1", "link-local"], ["ff02::1", "reserved"], ["::ffff:10.0.0.1", "host"], ["::ffff:7f00:1", "reserved"],
    ["64:ff9b::7f00:1", "reserved"], ["1::2::3", null], ["12345::", null], [":::", null], ["example", null], ["", null],
  ];
  for (const [text, kind] of kinds) test(`${text || "nothing"} is ${kind ?? "no address"}`, () => expect(readIpAddress(text)?.kind ?? null).toBe(kind));
});

describe("the parser is total", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9./+-]{1,12}$/);
  const attribute = fc.record({ name: fc.stringMatching(/^[a-z0-9-]{1,10}$/), value: fc.option(fc.stringMatching(/^(|[!-~]([ -~]{0,20}[!-~])?)$/)) });
  const family = fc.constantFrom("IP4" as const, "IP6" as const);
  const connection = fc.record({ family, address: fc.stringMatching(/^[0-9a-f.:]{1,15}$/) });
  const description = fc.record({
    origin: fc.record({ user: word, sessionId: word, version: word, family, address: word }),
    connection: fc.option(connection),
    attributes: fc.array(attribute, { maxLength: 5 }),
    media: fc.array(fc.record({
      kind: word, port: fc.integer({ min: 0, max: 65_535 }), protocol: word, formats: fc.array(word, { minLength: 1, maxLength: 5 }),
      connection: fc.option(connection), attributes: fc.array(attribute, { maxLength: 5 }),
    }), { maxLength: 4 }),
  });

  test("parse(print(d)) = d", () => {
    fc.assert(fc.property(description, (d) => void expect(parseSdp(printSdp(d))).toEqual({ ok: true, value: d })));
  });

  test("any text gives an outcome", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }).map((s) => sdp(s)), fc.array(fc.string()).map((l) => sdp(...l))), (text) => void outcome(text)));
  });
});

const corpus = join(import.meta.dirname, "../../../../../shared/reference/wire");
const present = existsSync(join(corpus, "manifest.json"));
if (!present) process.stderr.write("sdp.test.ts: corpus skipped, no ../shared/reference beside this checkout\n");

describe.skipIf(!present)("SEC-3 hostile SDP", () => {
  type Wire = { readonly file: string; readonly expect: string };
  const entries: readonly Wire[] = present ? JSON.parse(readFileSync(join(corpus, "manifest.json"), "utf8")) : [];
  for (const { file, expect: expected } of entries.filter((e) => e.file.startsWith("sdp/") && !e.expect.includes("browser") && !e.expect.includes("ICE"))) {
    test(`${file} → ${expected}`, () => {
      const text = readFileSync(join(corpus, file), "utf8");
      expect(quickestMs(() => outcome(text))).toBeLessThan(10);
      const got = outcome(text);
      const status = got === "sdp-malformed" ? "400" : typeof got === "string" ? "488" : "process";
      if (status === "process" && !expected.includes("process")) expect((got as NegotiatedMedia).remote).toBeNull();
      else expect(expected.includes(status) || (expected.includes("no RTP") && status === "process")).toBe(true);
      if (typeof got !== "string") expect(got.ptimeMs).toBe(20);
    });
  }
});
