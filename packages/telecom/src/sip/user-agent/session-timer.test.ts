import { describe, expect, test } from "vitest";
import { header, headerList, noParams, type SipRequest } from "../syntax/index.ts";
import { createRawPeer, OUR_ADDRESS, PEER_ADDRESS, type RawPeer } from "./raw-peer.fake.ts";
import { fair, flowOf, SimulatedNetwork, type Station } from "./simulated-network.fake.ts";

const SDP = ["Content-Type: application/sdp", "", "offer"] as const;
const ends = (station: Station): string[] => station.told.flatMap((t) => (t.type === "ended" ? [`${t.by} ${t.reason.why}`] : []));
const second = (n: number): number => n * 1_000;

/** The peer calls us with these headers, we answer, it acknowledges. */
function calledBy(...headers: string[]): RawPeer & { readonly call: string } {
  const peer = createRawPeer();
  peer.us.react = (told) => {
    if (told.type === "incoming") peer.us.command({ type: "answer", call: told.call, sdp: "answer" });
  };
  peer.say("INVITE", 1, ...headers, ...SDP);
  const incoming = peer.us.told[0];
  if (incoming?.type !== "incoming") throw new Error(`no call: ${peer.last()}`);
  peer.say("ACK", 1);
  return { ...peer, call: incoming.call };
}

/** We call the peer; the functions answer the INVITE that is the last. */
function calling() {
  const peer = createRawPeer();
  const address = (uri: string) => ({ displayName: null, uri, params: noParams });
  peer.us.command({
    type: "dial", call: "c", peer: PEER_ADDRESS, to: flowOf(PEER_ADDRESS), requestUri: `sip:+1444@${PEER_ADDRESS}`, fromAddress: address(`sip:+1555@${OUR_ADDRESS}`),
    toAddress: address(`sip:+1444@${PEER_ADDRESS}`), headers: [], sdp: "offer", ringTimeoutMs: 60_000,
  });
  const lastOf = (method: string): SipRequest => {
    const request = peer.got(method).at(-1);
    if (request === undefined) throw new Error(`no ${method}`);
    return request;
  };
  return { ...peer, lastOf, answer: (...headers: string[]) => peer.respond(lastOf("INVITE"), 200, "callee", ...headers, "Content-Type: application/sdp", "", "answer") };
}

describe("RFC 4028 as the callee", () => {
  const cases: readonly (readonly [what: string, headers: readonly string[], sessionExpires: string | null, required: boolean])[] = [
    ["a caller without timers gets none", [], null, false],
    ["a caller that could refresh, but did not ask: we do", ["Supported: timer"], "1800;refresher=uas", false],
    ["a caller that asked refreshes", ["Supported: timer", "Session-Expires: 600"], "600;refresher=uac", true],
    ["a caller that asked, and wants us to", ["Supported: timer", "Session-Expires: 600;refresher=uas"], "600;refresher=uas", false],
    ["compact form, and timers required", ["Require: timer", "x: 600;refresher=uac"], "600;refresher=uac", true],
    ["a proxy asked for a caller that cannot: we refresh", ["Session-Expires: 600"], "600;refresher=uas", false],
    ["what a proxy asked is too short, and the caller cannot raise it: our minimum", ["Session-Expires: 60"], "90;refresher=uas", false],
    ["a day becomes half an hour", ["Supported: timer", "Session-Expires: 86400"], "1800;refresher=uac", true],
    ["unless the caller's minimum is longer", ["Supported: timer", "Session-Expires: 7200", "Min-SE: 3600"], "3600;refresher=uac", true],
    ["nonsense is no timer", ["Session-Expires: soon"], null, false],
  ];
  for (const [what, headers, expected, required] of cases) {
    test(what, () => {
      const peer = calledBy(...headers);
      const text = peer.us.posted.find((p) => p.text.startsWith("SIP/2.0 200"))?.text ?? "";
      expect(/\r\nSession-Expires: ([^\r]*)/.exec(text)?.[1] ?? null).toBe(expected);
      expect(text.includes("\r\nRequire: timer\r\n")).toBe(required);
      expect(text).toContain("\r\nSupported: timer\r\n");
    });
  }

  test("an interval that is too short gets 422 with our minimum, and no call", () => {
    const peer = createRawPeer();
    peer.say("INVITE", 1, "Supported: timer", "Session-Expires: 89", ...SDP);
    expect(peer.us.sent).toEqual(["422"]);
    expect(peer.last()).toContain("\r\nMin-SE: 90\r\n");
    expect(peer.us.told).toEqual([]);
  });

  test("a caller that stops refreshing is gone: BYE 32 s before the end, and the call ends as lost", () => {
    const peer = calledBy("Supported: timer", "Session-Expires: 600");
    peer.net.runUntil(second(568) - 1);
    expect(peer.us.sent).not.toContain("BYE");
    peer.net.runUntil(second(568));
    expect(peer.us.sent.at(-1)).toBe("BYE");
    expect(ends(peer.us)).toEqual(["local lost"]);
  });

  for (const [method, more] of [["UPDATE", []], ["INVITE", SDP]] as const) {
    test(`a refresh by ${method} begins the interval anew`, () => {
      const peer = calledBy("Supported: timer", "Session-Expires: 600");
      peer.us.react = (told) => {
        if (told.type === "offer") peer.us.command({ type: "accept-offer", call: told.call, sdp: "answer" });
      };
      peer.net.runUntil(second(500));
      peer.say(method, 2, "Supported: timer", "Session-Expires: 600;refresher=uac", ...more);
      expect(peer.last()).toMatch(/^SIP\/2\.0 200[^]*\r\nSession-Expires: 600;refresher=uac\r\n/);
      if (method === "INVITE") peer.say("ACK", 2);
      peer.net.runUntil(second(1_067));
      expect(ends(peer.us)).toEqual([]);
      peer.net.runUntil(second(1_068));
      expect(ends(peer.us)).toEqual(["local lost"]);
    });
  }

  test("we refresh at half the interval, by UPDATE without an offer when the caller takes UPDATE", () => {
    const peer = calledBy("Supported: timer", "Session-Expires: 600;refresher=uas", "Allow: INVITE, ACK, BYE, UPDATE");
    peer.net.runUntil(second(300));
    const update = peer.got("UPDATE")[0];
    expect(update && [header(update, "session-expires"), header(update, "supported"), update.body.length]).toEqual(["600;refresher=uac", "timer", 0]);
    if (update !== undefined) peer.respond(update, 200, null, "Session-Expires: 600;refresher=uac");
    peer.net.runUntil(second(599));
    expect(peer.got("UPDATE")).toHaveLength(1);
    peer.net.runUntil(second(600));
    expect(peer.got("UPDATE")).toHaveLength(2);
  });

  test("by a re-INVITE with what we said before, when it does not; the ACK is sent, and repeated for a repeated 200", () => {
    const peer = calledBy("Supported: timer", "Session-Expires: 600;refresher=uas", "Allow: INVITE, ACK, BYE");
    peer.net.runUntil(second(300));
    const invite = peer.got("INVITE")[0];
    if (invite === undefined) throw new Error("no re-INVITE");
    expect(new TextDecoder().decode(invite.body)).toBe("answer");
    for (let i = 0; i < 2; i++) peer.respond(invite, 200, null, "Session-Expires: 600;refresher=uac", "Content-Type: application/sdp", "", "offer");
    expect(peer.got("ACK").map((ack) => headerList(ack, "cseq")[0])).toEqual(["1 ACK", "1 ACK"]);
    expect(peer.us.told.filter((t) => t.type === "reanswered")).toEqual([{ type: "reanswered", call: peer.call, sdp: "offer" }]);
    peer.net.runUntil(second(600));
    expect(peer.got("INVITE").at(-1)).toMatchObject({ headers: expect.arrayContaining([{ name: "cseq", value: "2 INVITE" }]) });
  });

  test("UPDATE that is refused as unknown becomes a re-INVITE; a refusal for now is tried again; 481 ends the call", () => {
    const peer = calledBy("Supported: timer", "Session-Expires: 600;refresher=uas", "Allow: UPDATE");
    peer.net.runUntil(second(300));
    const update = peer.got("UPDATE")[0];
    if (update !== undefined) peer.respond(update, 501, null);
    const first = peer.got("INVITE")[0];
    if (first !== undefined) peer.respond(first, 503, null);
    peer.net.runUntil(second(310));
    const again = peer.got("INVITE").at(-1);
    expect(again).not.toEqual(first);
    if (again !== undefined) peer.respond(again, 481, null);
    expect(ends(peer.us)).toEqual(["local lost"]);
    expect(peer.us.sent.at(-1)).toBe("BYE");
  });

  test("422 to a refresh raises the interval", () => {
    const peer = calledBy("Supported: timer", "Session-Expires: 600;refresher=uas", "Allow: UPDATE");
    peer.net.runUntil(second(300));
    const update = peer.got("UPDATE")[0];
    if (update !== undefined) peer.respond(update, 422, null, "Min-SE: 900");
    peer.net.runUntil(second(300) + 1);
    const longer = peer.got("UPDATE").at(-1);
    expect(longer && [header(longer, "session-expires"), header(longer, "min-se")]).toEqual(["900;refresher=uac", "900"]);
  });
});

describe("RFC 4028 as the caller", () => {
  test("we ask for half an hour, and leave the refreshing to whom the callee names", () => {
    const us = calling();
    expect(header(us.lastOf("INVITE"), "session-expires")).toBe("1800");
    us.answer("Session-Expires: 1800;refresher=uas", "Require: timer");
    us.net.runUntil(second(1_767));
    expect(ends(us.us)).toEqual([]);
    us.net.runUntil(second(1_768));
    expect(ends(us.us)).toEqual(["local lost"]);
  });

  test("we refresh when the callee names us", () => {
    const us = calling();
    us.answer("Session-Expires: 1800;refresher=uac", "Allow: UPDATE");
    us.net.runUntil(second(900));
    expect(header(us.lastOf("UPDATE"), "session-expires")).toBe("1800;refresher=uac");
  });

  test("a callee without timers has no clock", () => {
    const us = calling();
    us.answer();
    us.net.runUntil(second(20_000));
    expect(ends(us.us)).toEqual([]);
  });

  test("422 is answered by the same call with a longer interval, as often as it rises", () => {
    const us = calling();
    const first = us.lastOf("INVITE");
    us.respond(first, 422, "callee", "Min-SE: 3600");
    const longer = us.lastOf("INVITE");
    expect([header(longer, "session-expires"), header(longer, "min-se"), header(longer, "cseq"), header(longer, "call-id") === header(first, "call-id")]).toEqual(["3600", "3600", "2 INVITE", true]);
    us.answer("Session-Expires: 3600;refresher=uas");
    expect(us.us.told.at(-1)).toMatchObject({ type: "answered", call: "c" });
    const stubborn = calling();
    for (let i = 0; i < 3; i++) stubborn.respond(stubborn.lastOf("INVITE"), 422, "callee", "Min-SE: 3600");
    expect(ends(stubborn.us)).toEqual(["peer rejected"]);
    expect(stubborn.got("INVITE")).toHaveLength(2);
  });
});

test("two of us keep a call for a day, and whoever is cut off ends it", () => {
  const net = new SimulatedNetwork(fair);
  const a = net.station("192.0.2.1");
  const b = net.station("192.0.2.2");
  b.react = (told) => {
    if (told.type === "incoming") b.command({ type: "answer", call: told.call, sdp: "answer" });
  };
  const address = { displayName: null, uri: "sip:+1@x", params: noParams };
  a.command({ type: "dial", call: "c", peer: b.address, to: flowOf(b.address), requestUri: "sip:+1@x", fromAddress: address, toAddress: address, headers: [], sdp: "offer", ringTimeoutMs: 10_000 });
  net.runUntil(second(86_400));
  expect([ends(a), ends(b)]).toEqual([[], []]);
  net.cutOff(b.address);
  net.runUntil(second(90_000));
  expect([ends(a), ends(b)]).toEqual([["local lost"], ["local lost"]]);
  net.runUntil(second(91_000));
  expect([a, b].map((s) => [s.agent.counters().calls, s.agent.counters().transactions, s.agent.deadline()])).toEqual([[0, 0, null], [0, 0, null]]);
});
