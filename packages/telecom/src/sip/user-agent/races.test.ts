// The races of RFC 5407 (BCP 147), and those of RFC 3261 §14.1: two user agents, or one and a hand-made peer.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { header, noParams } from "../syntax/index.ts";
import { createRawPeer, OUR_ADDRESS, PEER_ADDRESS } from "./raw-peer.fake.ts";
import { fair, flowOf, SimulatedNetwork, type Station, type Weather } from "./simulated-network.fake.ts";

const SDP = ["Content-Type: application/sdp", "", "offer"] as const;
const types = (station: Station): string[] => station.told.map((t) => (t.type === "ended" ? `ended ${t.by} ${t.reason.why}` : t.type));
const nothingLeft = (station: Station): void => {
  expect(station.agent.counters()).toMatchObject({ calls: 0, transactions: 0 });
  expect(station.agent.deadline()).toBeNull();
};

/** The peer has sent an INVITE; `answered`: our 200 is out, its ACK is not here. */
function moratorium(answered: boolean, offer: readonly string[] = SDP) {
  const peer = createRawPeer();
  peer.say("INVITE", 1, ...offer);
  const incoming = peer.us.told[0];
  if (incoming?.type !== "incoming") throw new Error("no call");
  const { call } = incoming;
  peer.us.command({ type: "ring", call });
  if (answered) peer.us.command({ type: "answer", call, sdp: "answer" });
  return { ...peer, call };
}

/** Two of us in a call; messages take 100 ms, so that what both do at once crosses. */
function crossing(weather: Weather = { ...fair, maxDelayMs: 0 }) {
  const net = new SimulatedNetwork(weather, 100);
  const a = net.station("192.0.2.1");
  const b = net.station("192.0.2.2");
  b.react = (told) => {
    if (told.type === "incoming") b.command({ type: "answer", call: told.call, sdp: "answer" });
    if (told.type === "offer") b.command({ type: "accept-offer", call: told.call, sdp: "answer of b" });
  };
  a.react = (told) => {
    if (told.type === "offer") a.command({ type: "accept-offer", call: told.call, sdp: "answer of a" });
  };
  const address = { displayName: null, uri: "sip:+1@x", params: noParams };
  a.command({ type: "dial", call: "c", peer: b.address, to: flowOf(b.address), requestUri: "sip:+1@x", fromAddress: address, toAddress: address, headers: [], sdp: "offer", ringTimeoutMs: 10_000 });
  net.runUntil(1_000);
  const incoming = b.told[0];
  const inB = incoming?.type === "incoming" ? incoming.call : "";
  return { net, a, b, inA: "c", inB };
}

describe("RFC 5407 §3.1 while our 200 is not acknowledged", () => {
  test("3.1.1 the INVITE again: it is our 200 that answers it, by its own clock", () => {
    const peer = moratorium(true);
    const before = peer.us.sent.length;
    peer.say("INVITE", 1, ...SDP);
    expect(peer.us.sent).toHaveLength(before);
    peer.net.runUntil(500);
    expect(peer.us.sent.at(-1)).toBe("200");
    expect(types(peer.us)).toEqual(["incoming"]);
  });

  test("3.1.2 CANCEL comes too late: 200 to it, the call stays, and the caller's BYE ends it", () => {
    const peer = moratorium(true);
    peer.say("CANCEL", 1);
    expect(peer.count("487")).toBe(0);
    expect(types(peer.us)).toEqual(["incoming"]);
    peer.say("ACK", 1);
    peer.say("BYE", 2);
    expect(types(peer.us)).toEqual(["incoming", "acked", "ended peer bye"]);
    peer.net.runUntil(100_000);
    nothingLeft(peer.us);
  });

  test("3.1.3 BYE before the ACK: 200 to it, the repetition of our 200 stops, and the late ACK is swallowed", () => {
    const peer = moratorium(true);
    peer.say("BYE", 2);
    expect(peer.us.sent.at(-1)).toBe("200");
    const sent = peer.us.sent.length;
    peer.say("ACK", 1);
    peer.net.runUntil(100_000);
    expect(peer.us.sent).toHaveLength(sent);
    expect(types(peer.us)).toEqual(["incoming", "ended peer bye"]);
    nothingLeft(peer.us);
  });

  test("3.1.4 a re-INVITE whose ACK was lost: taken, for our 200 has arrived; the ACK that comes late does nothing", () => {
    const peer = moratorium(true);
    peer.say("INVITE", 2, "Content-Type: application/sdp", "", "hold");
    expect(peer.us.told.at(-1)).toMatchObject({ type: "offer", sdp: "hold" });
    peer.us.command({ type: "accept-offer", call: peer.call, sdp: "held" });
    peer.say("ACK", 1);
    peer.say("ACK", 2);
    expect(types(peer.us)).toEqual(["incoming", "acked", "offer", "acked"]);
    const sent = peer.us.sent.length;
    peer.net.runUntil(100_000);
    expect(peer.us.sent).toHaveLength(sent);
  });

  test("3.1.5 a re-INVITE while the answer to our offer is in the lost ACK: 491", () => {
    const peer = moratorium(true, []);
    peer.say("INVITE", 2, ...SDP);
    expect(peer.us.sent.at(-1)).toBe("491");
    peer.say("ACK", 2);
    peer.say("ACK", 1, "Content-Type: application/sdp", "", "answer");
    expect(peer.us.told.at(-1)).toMatchObject({ type: "acked", sdp: "answer" });
  });

  test("we hang up before the ACK: no BYE until it is here, and none of the peer's offers is taken meanwhile (RFC 3261 §15)", () => {
    const peer = moratorium(true);
    peer.us.command({ type: "hangup", call: peer.call });
    peer.say("INVITE", 2, ...SDP);
    expect(peer.us.sent.at(-1)).toBe("491");
    expect(peer.us.sent).not.toContain("BYE");
    peer.say("ACK", 1);
    expect(peer.us.sent.at(-1)).toBe("BYE");
  });

  test("the ACK of the 200 never comes: BYE after 64*T1", () => {
    const peer = moratorium(true);
    peer.net.runUntil(32_000);
    expect(types(peer.us)).toEqual(["incoming", "ended local no-ack"]);
    expect(peer.us.sent.at(-1)).toBe("BYE");
  });
});

describe("RFC 5407 §3.2 while the call is ending", () => {
  test("3.2.1 BYE and BYE: each side answers the other's with 200", () => {
    const { net, a, b, inA, inB } = crossing();
    a.command({ type: "hangup", call: inA });
    b.command({ type: "hangup", call: inB });
    net.runUntil(100_000);
    expect([a.sent.at(-1), b.sent.at(-1)]).toEqual(["200", "200"]);
    expect([types(a).at(-1), types(b).at(-1)]).toEqual(["ended local hung-up", "ended local hung-up"]);
    for (const station of [a, b]) nothingLeft(station);
  });

  test("3.2.2 BYE and re-INVITE: 481 to the re-INVITE, 200 to the BYE, and both sides forget the call", () => {
    const { net, a, b, inA, inB } = crossing();
    a.command({ type: "offer", call: inA, sdp: "another offer" });
    b.command({ type: "hangup", call: inB });
    net.runUntil(100_000);
    expect(b.sent).toContain("481");
    expect(types(a).at(-1)).toBe("ended peer bye");
    for (const station of [a, b]) nothingLeft(station);
  });

  test("3.2.3 BYE and the 200 of a re-INVITE: the 200 is acknowledged although the call is over", () => {
    const { net, a, b, inA } = crossing();
    a.command({ type: "offer", call: inA, sdp: "another offer" });
    net.runUntil(1_150);
    expect(b.sent.at(-1)).toBe("200");
    a.command({ type: "hangup", call: inA });
    net.runUntil(1_210);
    expect(a.sent.slice(-2)).toEqual(["BYE", "ACK"]);
    net.runUntil(100_000);
    for (const station of [a, b]) nothingLeft(station);
  });

  test("an INFO or a REFER that crosses our BYE gets 481", () => {
    const peer = moratorium(true);
    peer.say("ACK", 1);
    peer.us.command({ type: "hangup", call: peer.call });
    for (const [method, seq] of [["INFO", 2], ["REFER", 3], ["UPDATE", 4], ["INVITE", 5]] as const) {
      peer.say(method, seq);
      expect(peer.us.sent.at(-1)).toBe("481");
    }
  });
});

describe("RFC 5407 §3.3, RFC 3261 §14.1 glare", () => {
  test("3.3.1 re-INVITE and re-INVITE: 491 both ways, then the callee tries first, and both offers come through", () => {
    const { net, a, b, inA, inB } = crossing();
    a.command({ type: "offer", call: inA, sdp: "of a" });
    b.command({ type: "offer", call: inB, sdp: "of b" });
    net.runUntil(1_250);
    expect([a.sent.includes("491"), b.sent.includes("491")]).toEqual([true, true]);
    net.runUntil(20_000);
    expect(a.told).toContainEqual({ type: "reanswered", call: inA, sdp: "answer of b" });
    expect(b.told).toContainEqual({ type: "reanswered", call: inB, sdp: "answer of a" });
    expect(types(a)).not.toContain("reoffer-refused");
  });

  test("who owns the Call-ID waits 2.1 to 4 s, the other 0 to 2 s", () => {
    const waits = { owner: new Set<number>(), other: new Set<number>() };
    for (let seed = 1; seed <= 40; seed++) {
      const { net, a, b, inA, inB } = crossing({ ...fair, seed });
      for (let i = 0; i < seed; i++) net.drawToken();
      for (const [station, call, kind] of [[a, inA, "owner"], [b, inB, "other"]] as const) {
        const peer = station === a ? b : a;
        const usual = peer.react;
        peer.react = (told) => void (told.type === "offer" && peer.command({ type: "refuse-offer", call: told.call, status: 491 }));
        const before = station.sent.filter((s) => s === "INVITE").length;
        station.command({ type: "offer", call, sdp: `${kind} ${seed}` });
        const refusedAt = net.now + 200;
        for (let ms = 0; ms <= 4_300 && station.sent.filter((s) => s === "INVITE").length < before + 2; ms += 10) net.runUntil(refusedAt + ms);
        waits[kind].add(net.now - refusedAt);
        peer.react = usual;
        net.runUntil(net.now + 20_000);
      }
    }
    expect(Math.min(...waits.owner)).toBeGreaterThanOrEqual(2_100);
    expect(Math.max(...waits.owner)).toBeLessThanOrEqual(4_000);
    expect(Math.max(...waits.other)).toBeLessThanOrEqual(2_000);
    expect(Math.min(waits.owner.size, waits.other.size)).toBeGreaterThan(10);
  });

  test("an UPDATE with an offer while ours is under way gets 491, one without an offer 200", () => {
    const peer = moratorium(true);
    peer.say("ACK", 1);
    peer.us.command({ type: "offer", call: peer.call, sdp: "ours" });
    peer.say("UPDATE", 2, ...SDP);
    expect(peer.us.sent.at(-1)).toBe("491");
    peer.say("UPDATE", 3);
    expect(peer.us.sent.at(-1)).toBe("200");
  });

  test("an offer of ours waits for the peer's to be settled", () => {
    const peer = moratorium(true);
    peer.us.command({ type: "offer", call: peer.call, sdp: "early" });
    expect(peer.count("INVITE")).toBe(0);
    peer.say("ACK", 1);
    expect(peer.count("INVITE")).toBe(1);
  });

  test("an offer that the peer refuses, or leaves unanswered, changes nothing but what the server hears", () => {
    const peer = moratorium(true);
    peer.say("ACK", 1);
    peer.us.command({ type: "offer", call: peer.call, sdp: "ours" });
    const invite = peer.got("INVITE")[0];
    if (invite !== undefined) peer.respond(invite, 488, null);
    expect(peer.us.told.at(-1)).toEqual({ type: "reoffer-refused", call: peer.call, status: 488 });
    expect(invite && header(invite, "cseq")).toBe("1 INVITE");
    expect(peer.us.sent.at(-1)).toBe("ACK");
  });

  test("3.3.2 CANCEL and a 200 from the caller's side: the answer is acknowledged and hung up", () => {
    const net = new SimulatedNetwork(fair, 100);
    const a = net.station(PEER_ADDRESS);
    const b = net.station(OUR_ADDRESS);
    const address = { displayName: null, uri: "sip:+1@x", params: noParams };
    a.command({ type: "dial", call: "c", peer: b.address, to: flowOf(b.address), requestUri: "sip:+1@x", fromAddress: address, toAddress: address, headers: [], sdp: "offer", ringTimeoutMs: 10_000 });
    net.runUntil(150);
    const incoming = b.told[0];
    b.command({ type: "ring", call: incoming?.type === "incoming" ? incoming.call : "" });
    net.runUntil(300);
    a.command({ type: "hangup", call: "c" });
    b.command({ type: "answer", call: incoming?.type === "incoming" ? incoming.call : "", sdp: "answer" });
    net.runUntil(100_000);
    expect(a.sent).toEqual(["INVITE", "CANCEL", "ACK", "BYE"]);
    expect(types(b)).toEqual(["incoming", "acked", "ended peer bye"]);
    for (const station of [a, b]) nothingLeft(station);
  });
});

test("whatever both sides do, on whatever network, each call ends once on each side, and nothing is left behind", () => {
  const deed = fc.record({ who: fc.constantFrom("a", "b"), what: fc.constantFrom("offer", "hangup", "wait"), ms: fc.constantFrom(0, 10, 90, 110, 700, 3_000) });
  const weather = fc.record({ seed: fc.integer({ min: 1 }), lossPercent: fc.integer({ min: 0, max: 30 }), doublePercent: fc.integer({ min: 0, max: 30 }), maxDelayMs: fc.constantFrom(0, 50, 700) });
  fc.assert(fc.property(weather, fc.array(deed, { maxLength: 12 }), (sky, deeds) => {
    const { net, a, b, inA } = crossing(sky);
    const callOf = (station: Station): string => (station === a ? inA : station.told.find((t) => t.type === "incoming")?.call ?? "");
    let offers = 0;
    for (const { who, what, ms } of deeds) {
      const station = who === "a" ? a : b;
      if (what === "offer") station.command({ type: "offer", call: callOf(station), sdp: `offer ${++offers}` });
      if (what === "hangup") station.command({ type: "hangup", call: callOf(station) });
      net.runUntil(net.now + ms);
    }
    for (const station of [a, b]) station.command({ type: "hangup", call: callOf(station) });
    net.runUntil(net.now + 300_000);
    for (const station of [a, b]) {
      expect(types(station).filter((t) => t.startsWith("ended")).length).toBeLessThanOrEqual(1);
      expect(types(station).at(-1)?.startsWith("ended") ?? true).toBe(true);
      nothingLeft(station);
    }
  }), { numRuns: 150 });
});
