// Offers of ours that are made when their turn comes: against a hand-made peer, and two of us at once.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8, header, noParams, type SipRequest } from "../syntax/index.ts";
import { createRawPeer } from "./raw-peer.fake.ts";
import { fair, flowOf, SimulatedNetwork, type Station } from "./simulated-network.fake.ts";

const sdp = (text: string) => ["Content-Type: application/sdp", "", text];
const types = (station: Station): string[] => station.told.map((t) => (t.type === "ended" ? `ended ${t.by} ${t.reason.why}` : t.type));

/** The peer calls us; whenever our turn comes, we offer what `wish` holds then, or nothing. */
function talk(...headers: string[]) {
  const peer = createRawPeer();
  const wish: { sdp: string | null } = { sdp: null };
  peer.us.react = (told) => {
    if (told.type === "incoming") peer.us.command({ type: "answer", call: told.call, sdp: "answer" });
    if (told.type === "offer-turn" && wish.sdp !== null) peer.us.command({ type: "offer-in-turn", call: told.call, sdp: wish.sdp });
  };
  peer.say("INVITE", 1, ...headers, ...sdp("offer"));
  const call = peer.us.told[0]?.type === "incoming" ? peer.us.told[0].call : "";
  const lastInvite = (): SipRequest => {
    const invite = peer.got("INVITE").at(-1);
    if (invite === undefined) throw new Error("no re-INVITE");
    return invite;
  };
  return {
    ...peer, call, lastInvite,
    want: (text: string | null, afterMs = 0): void => {
      wish.sdp = text;
      peer.us.command({ type: "want-turn", call, afterMs });
    },
    changeMind: (text: string | null): void => { wish.sdp = text; },
    offers: (): string[] => peer.got("INVITE").map((invite) => decodeUtf8(invite.body)),
  };
}
const TIMER = ["Supported: timer", "Session-Expires: 600;refresher=uas"] as const;

describe("a turn to offer", () => {
  test("comes at once when nothing is under way, and what is offered in it comes back as such", () => {
    const peer = talk();
    peer.say("ACK", 1);
    peer.want("hold");
    peer.respond(peer.lastInvite(), 200, null, ...sdp("held"));
    expect(peer.us.told.slice(-2)).toEqual([{ type: "offer-turn", call: peer.call }, { type: "reanswered", call: peer.call, sdp: "held", inTurn: true }]);
    expect(peer.us.sent.at(-1)).toBe("ACK");
  });

  test("waits for the ACK of our 200, and for the peer's offer to be settled", () => {
    const peer = talk();
    peer.want("hold");
    expect(types(peer.us)).not.toContain("offer-turn");
    peer.say("ACK", 1);
    peer.respond(peer.lastInvite(), 200, null, ...sdp("held"));
    peer.say("UPDATE", 2, ...sdp("theirs"));
    peer.want("resume");
    expect(peer.offers()).toEqual(["hold"]);
    peer.changeMind("resume, after theirs");
    peer.us.command({ type: "accept-offer", call: peer.call, sdp: "ours" });
    expect(peer.offers()).toEqual(["hold", "resume, after theirs"]);
  });

  test("may be let pass, and may be asked for later", () => {
    const peer = talk();
    peer.say("ACK", 1);
    peer.want(null);
    expect([types(peer.us).at(-1), peer.offers()]).toEqual(["offer-turn", []]);
    peer.want("later", 5_000);
    peer.net.runUntil(4_999);
    expect(peer.offers()).toEqual([]);
    peer.net.runUntil(5_000);
    expect(peer.offers()).toEqual(["later"]);
  });

  test("comes again after glare, when the peer's offer was answered: what is offered then is new", () => {
    const peer = talk();
    peer.say("ACK", 1);
    peer.want("hold");
    peer.say("INVITE", 2, ...sdp("theirs"));
    expect(peer.us.sent.at(-1)).toBe("491");
    peer.say("ACK", 2);
    peer.respond(peer.lastInvite(), 491, null);
    peer.say("INVITE", 3, ...sdp("theirs"));
    peer.us.command({ type: "accept-offer", call: peer.call, sdp: "ours" });
    peer.say("ACK", 3);
    peer.changeMind("hold, after theirs");
    // They own the Call-ID: we wait two seconds at most.
    peer.net.runUntil(2_000);
    expect(new Set(peer.offers())).toEqual(new Set(["hold", "hold, after theirs"]));
    peer.respond(peer.lastInvite(), 200, null, ...sdp("held"));
    expect(peer.us.told.at(-1)).toEqual({ type: "reanswered", call: peer.call, sdp: "held", inTurn: true });
  });

  for (const status of [405, 415, 488, 500, 603]) test(`refused with ${status}: the call goes on as it was, and nothing is repeated`, () => {
    const peer = talk(...TIMER);
    peer.say("ACK", 1);
    peer.want("hold");
    peer.respond(peer.lastInvite(), status, null);
    expect(peer.us.told.at(-1)).toEqual({ type: "reoffer-refused", call: peer.call, status, inTurn: true });
    peer.net.runUntil(299_000);
    expect([peer.offers(), types(peer.us).at(-1)]).toEqual([["hold"], "reoffer-refused"]);
  });

  test("422: once more with the interval that the peer wants (RFC 4028 §7.3)", () => {
    const peer = talk(...TIMER);
    peer.say("ACK", 1);
    peer.want("hold");
    peer.respond(peer.lastInvite(), 422, null, "Min-SE: 900");
    expect([peer.offers(), header(peer.lastInvite(), "session-expires"), header(peer.lastInvite(), "min-se")]).toEqual([["hold", "hold"], "900;refresher=uac", "900"]);
    peer.respond(peer.lastInvite(), 422, null, "Min-SE: 900");
    expect(peer.us.told.at(-1)).toEqual({ type: "reoffer-refused", call: peer.call, status: 422, inTurn: true });
  });

  for (const status of [408, 481]) test(`refused with ${status}: the peer has lost the call, and it ends (RFC 5057)`, () => {
    const peer = talk();
    peer.say("ACK", 1);
    peer.want("hold");
    peer.respond(peer.lastInvite(), status, null);
    expect(types(peer.us).slice(-2)).toEqual(["reoffer-refused", "ended local lost"]);
    expect(peer.us.sent.at(-1)).toBe("BYE");
  });

  test("nobody answers for 32 s: the call ends", () => {
    const peer = talk();
    peer.say("ACK", 1);
    peer.want("hold");
    peer.net.runUntil(31_999);
    expect(types(peer.us).at(-1)).toBe("offer-turn");
    peer.net.runUntil(32_000);
    expect(types(peer.us).slice(-2)).toEqual(["reoffer-refused", "ended local lost"]);
  });

  test("the call that ends takes the turn with it", () => {
    const peer = talk();
    peer.want("hold");
    peer.say("ACK", 1);
    peer.say("BYE", 2);
    peer.want("resume");
    peer.net.runUntil(100_000);
    expect([types(peer.us).at(-1), new Set(peer.offers())]).toEqual(["ended peer bye", new Set(["hold"])]);
  });
});

describe("a turn and the refresh of the session", () => {
  test("what was accepted is what a refresh repeats; what was refused is not", () => {
    const peer = talk(...TIMER);
    peer.say("ACK", 1);
    peer.want("hold");
    peer.respond(peer.lastInvite(), 200, null, "Session-Expires: 600;refresher=uac", ...sdp("held"));
    peer.net.runUntil(300_000);
    expect(peer.offers()).toEqual(["hold", "hold"]);
    peer.respond(peer.lastInvite(), 200, null, "Session-Expires: 600;refresher=uac", ...sdp("held"));
    expect(peer.us.told.at(-1)).toEqual({ type: "reanswered", call: peer.call, sdp: "held" });
    peer.want("resume");
    peer.respond(peer.lastInvite(), 488, null);
    peer.net.runUntil(600_000);
    expect(peer.offers()).toEqual(["hold", "hold", "resume", "hold"]);
  });

  test("a refresh that comes due while a turn is awaited takes nothing from it", () => {
    const peer = talk(...TIMER);
    peer.say("ACK", 1);
    peer.net.runUntil(299_000);
    peer.want("hold", 2_000);
    peer.net.runUntil(301_000);
    expect(peer.offers()).toEqual(["answer"]);
    peer.respond(peer.lastInvite(), 200, null, "Session-Expires: 600;refresher=uac", ...sdp("as it was"));
    expect(peer.offers()).toEqual(["answer", "hold"]);
    peer.respond(peer.lastInvite(), 200, null, "Session-Expires: 600;refresher=uac", ...sdp("held"));
    expect(peer.us.told.at(-1)).toMatchObject({ type: "reanswered", sdp: "held", inTurn: true });
  });

  test("a refresh that met glare repeats what holds when it is tried again", () => {
    const peer = talk(...TIMER);
    peer.say("ACK", 1);
    peer.net.runUntil(300_000);
    peer.respond(peer.lastInvite(), 491, null);
    peer.say("INVITE", 2, ...TIMER, ...sdp("theirs"));
    peer.us.command({ type: "accept-offer", call: peer.call, sdp: "ours since" });
    peer.say("ACK", 2);
    peer.net.runUntil(302_000);
    expect(peer.offers().at(-1)).toBe("ours since");
  });
});

test("two that hold at once meet in glare, and both come through", () => {
  const net = new SimulatedNetwork({ ...fair, maxDelayMs: 0 }, 100);
  const a = net.station("192.0.2.1");
  const b = net.station("192.0.2.2");
  for (const station of [a, b]) station.react = (told) => {
    if (told.type === "incoming") station.command({ type: "answer", call: told.call, sdp: "answer" });
    if (told.type === "offer") station.command({ type: "accept-offer", call: told.call, sdp: `answer of ${station.address}` });
    if (told.type === "offer-turn") station.command({ type: "offer-in-turn", call: told.call, sdp: `hold of ${station.address}` });
  };
  const address = { displayName: null, uri: "sip:+1@x", params: noParams };
  a.command({ type: "dial", call: "c", peer: b.address, to: flowOf(b.address), requestUri: "sip:+1@x", fromAddress: address, toAddress: address, headers: [], sdp: "offer", ringTimeoutMs: 10_000 });
  net.runUntil(1_000);
  const inB = b.told[0]?.type === "incoming" ? b.told[0].call : "";
  a.command({ type: "want-turn", call: "c", afterMs: 0 });
  b.command({ type: "want-turn", call: inB, afterMs: 0 });
  net.runUntil(20_000);
  expect([a.sent.includes("491"), b.sent.includes("491")]).toEqual([true, true]);
  expect(a.told).toContainEqual({ type: "reanswered", call: "c", sdp: "answer of 192.0.2.2", inTurn: true });
  expect(b.told).toContainEqual({ type: "reanswered", call: inB, sdp: "answer of 192.0.2.1", inTurn: true });
});

/** A station that says by its descriptions what it wants, as hold does; `knows` is what it last heard of the other. */
function wanting(station: Station, name: string) {
  const side = { wish: 0, told: 0, knows: "", call: "", isOver: false, offered: 0 };
  const describeOwn = (): string => `${name} ${side.wish}`;
  station.react = (told) => {
    switch (told.type) {
      case "incoming":
        side.call = told.call;
        side.knows = told.invite.offer ?? "";
        return station.command({ type: "answer", call: told.call, sdp: describeOwn() });
      case "answered":
        side.knows = told.sdp ?? side.knows;
        return;
      case "offer":
        side.knows = told.sdp ?? side.knows;
        side.told = side.wish;
        return station.command({ type: "accept-offer", call: told.call, sdp: describeOwn() });
      case "offer-turn":
        if (side.wish === side.told) return;
        side.offered = side.wish;
        return station.command({ type: "offer-in-turn", call: told.call, sdp: describeOwn() });
      case "reanswered":
        side.knows = told.sdp ?? side.knows;
        if (told.inTurn === true) side.told = side.offered;
        if (side.wish !== side.told) station.command({ type: "want-turn", call: told.call, afterMs: 0 });
        return;
      case "ended": side.isOver = true;
    }
  };
  return { side, want: (): void => {
    side.wish += 1;
    station.command({ type: "want-turn", call: side.call, afterMs: 0 });
  } };
}

test("whoever wants what and when, on any network: in the end each knows what the other wants, or the call was lost", () => {
  const deed = fc.record({ who: fc.constantFrom("a", "b"), ms: fc.constantFrom(0, 10, 90, 110, 700, 3_000) });
  const weather = fc.record({ seed: fc.nat(1_000_000), lossPercent: fc.constantFrom(0, 0, 10, 30), doublePercent: fc.constantFrom(0, 20), maxDelayMs: fc.constantFrom(0, 50, 200) });
  fc.assert(fc.property(weather, fc.array(deed, { maxLength: 12 }), (sky, deeds) => {
    const net = new SimulatedNetwork(sky, 20);
    const [a, b] = [net.station("192.0.2.1"), net.station("192.0.2.2")];
    const [one, other] = [wanting(a, "a"), wanting(b, "b")];
    const address = { displayName: null, uri: "sip:+1@x", params: noParams };
    one.side.call = "c";
    a.command({ type: "dial", call: "c", peer: b.address, to: flowOf(b.address), requestUri: "sip:+1@x", fromAddress: address, toAddress: address, headers: [], sdp: "a 0", ringTimeoutMs: 60_000 });
    net.runUntil(40_000);
    for (const { who, ms } of deeds) {
      (who === "a" ? one : other).want();
      net.runUntil(net.now + ms);
    }
    net.runUntil(net.now + 300_000);
    const isOver = one.side.isOver || other.side.isOver;
    if (sky.lossPercent === 0) expect(isOver).toBe(false);
    if (!isOver && other.side.call !== "") expect([one.side.knows, other.side.knows]).toEqual([`b ${other.side.wish}`, `a ${one.side.wish}`]);
  }), { numRuns: 100 });
});
