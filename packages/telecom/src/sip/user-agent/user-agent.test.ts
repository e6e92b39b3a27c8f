import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeUtf8, header, noParams, parseMessage } from "../syntax/index.ts";
import { RINGING_REPEAT_MS, TRYING_AFTER_MS } from "./inbound-call.ts";
import { fair, flowOf, SimulatedNetwork, type Station, type Told, type Weather } from "./simulated-network.fake.ts";
import type { DialInput } from "./user-agent.types.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const address = (uri: string) => ({ displayName: null, uri, params: noParams });
const dial = (call: string, ringTimeoutMs = 30_000): DialInput => ({
  type: "dial", call, peer: B, to: flowOf(B), requestUri: `sip:+1555@${B}:5060`, fromAddress: address(`sip:+1444@${A}`), toAddress: address(`sip:+1555@${B}`),
  headers: [], sdp: "offer", ringTimeoutMs,
});
const types = (station: Station): string[] => station.told.map((t) => (t.type === "ended" ? `ended ${t.by} ${t.reason.why}` : t.type));

/** Caller A and callee B; `callee` is what B does when a call arrives. */
function pair(callee: (call: string, b: Station) => void = () => {}, weather: Weather = fair) {
  const net = new SimulatedNetwork(weather);
  const a = net.station(A);
  const b = net.station(B);
  b.react = (told: Told) => {
    if (told.type === "incoming") callee(told.call, b);
    if (told.type === "offer") b.command({ type: "accept-offer", call: told.call, sdp: "answer 2" });
  };
  return { net, a, b };
}
const answers = (call: string, b: Station): void => {
  b.command({ type: "ring", call });
  b.command({ type: "answer", call, sdp: "answer" });
};
const incomingCall = (b: Station): string => b.told.find((t) => t.type === "incoming")?.call ?? "";

describe("a call", () => {
  test("is announced, rings, is answered, acknowledged and hung up by the caller", () => {
    const { net, a, b } = pair(answers);
    a.command(dial("c"));
    net.runUntil(1_000);
    expect(b.told[0]).toMatchObject({ type: "incoming", peer: A, invite: { requestUri: `sip:+1555@${B}:5060`, offer: "offer" } });
    expect(a.told).toMatchObject([{ type: "progress", status: 180 }, { type: "answered", sdp: "answer" }]);
    expect(b.told.at(-1)).toMatchObject({ type: "acked", sdp: null });
    a.command({ type: "hangup", call: "c" });
    net.runUntil(100_000);
    expect(types(a).at(-1)).toBe("ended local hung-up");
    expect(types(b).at(-1)).toBe("ended peer bye");
    expect([a.agent.counters(), b.agent.counters()]).toEqual([{ malformed: 0, calls: 0, transactions: 0 }, { malformed: 0, calls: 0, transactions: 0 }]);
    expect([a.agent.deadline(), b.agent.deadline()]).toEqual([null, null]);
  });

  test("may be hung up by the callee", () => {
    const { net, a, b } = pair(answers);
    a.command(dial("c"));
    net.runUntil(1_000);
    b.command({ type: "hangup", call: incomingCall(b) });
    net.runUntil(2_000);
    expect(types(a).at(-1)).toBe("ended peer bye");
  });

  test("hung up by the callee before the ACK came gets its BYE only after the ACK (RFC 3261 §15)", () => {
    const { net, a, b } = pair((call, station) => {
      answers(call, station);
      station.command({ type: "hangup", call });
    });
    a.command(dial("c"));
    expect(b.sent).not.toContain("BYE");
    net.runUntil(1_000);
    expect(types(a)).toEqual(["progress", "answered", "ended peer bye"]);
  });

  test("that is refused ends with the status", () => {
    const { net, a } = pair((call, b) => b.command({ type: "reject", call, status: 486 }));
    a.command(dial("c"));
    net.runUntil(1_000);
    expect(a.told.at(-1)).toEqual({ type: "ended", call: "c", by: "peer", reason: { why: "rejected", status: 486 } });
    expect(a.sent).toEqual(["INVITE", "ACK"]);
  });

  test("to nobody ends by timer B", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial("c", 60_000));
    net.runUntil(31_999);
    expect(a.told).toEqual([]);
    net.runUntil(32_000);
    expect(types(a)).toEqual(["target-failed", "ended peer timeout"]);
  });

  test("100 is said after 200 ms, and not at all when something better was said by then (§17.2.1)", () => {
    const { net, a, b } = pair();
    a.command(dial("c"));
    net.runUntil(TRYING_AFTER_MS - 1);
    expect(b.sent).toEqual([]);
    net.runUntil(TRYING_AFTER_MS);
    expect(b.sent).toEqual(["100"]);
    const prompt = pair(answers);
    prompt.a.command(dial("c"));
    prompt.net.runUntil(1_000);
    expect(prompt.b.sent).toEqual(["180", "200"]);
  });

  test("ringing is said again every minute, so that proxies keep the call (§13.3.1.1)", () => {
    const { net, a, b } = pair((call, station) => station.command({ type: "ring", call }));
    a.command(dial("c", 300_000));
    net.runUntil(RINGING_REPEAT_MS * 2 + 100);
    expect(b.sent).toEqual(["180", "180", "180"]);
  });

  test("a command that does not fit, or an unknown call, does nothing", () => {
    const { net, a, b } = pair(answers);
    a.command(dial("c"));
    net.runUntil(1_000);
    const before = [...a.sent, ...b.sent];
    for (const type of ["ring", "answer", "reject", "accept-offer", "refuse-offer"] as const) {
      const extra = { sdp: "x", status: 486 };
      b.command({ type, call: incomingCall(b), ...extra });
      if (type !== "reject") a.command({ type, call: "c", ...extra });
      a.command({ type, call: "unknown", ...extra });
    }
    expect([...a.sent, ...b.sent]).toEqual(before);
  });
});

describe("cancelling", () => {
  test("a ringing call: 200 to CANCEL, 487 to INVITE", () => {
    const { net, a, b } = pair((call, station) => station.command({ type: "ring", call }));
    a.command(dial("c"));
    net.runUntil(1_000);
    a.command({ type: "hangup", call: "c" });
    net.runUntil(2_000);
    expect(types(a).at(-1)).toBe("ended local hung-up");
    expect(types(b)).toEqual(["incoming", "ended peer cancelled"]);
    expect(a.sent).toEqual(["INVITE", "CANCEL", "ACK"]);
    expect(b.sent).toEqual(["180", "200", "487"]);
  });

  test("before any response waits for one (§9.1)", () => {
    const { net, a } = pair((call, b) => b.command({ type: "ring", call }), { ...fair, maxDelayMs: 300, seed: 3 });
    a.command(dial("c"));
    a.command({ type: "hangup", call: "c" });
    expect(a.sent).toEqual(["INVITE"]);
    net.runUntil(5_000);
    expect(a.sent).toContain("CANCEL");
  });

  test("when it has rung too long", () => {
    const { net, a, b } = pair((call, station) => station.command({ type: "ring", call }));
    a.command(dial("c", 20_000));
    net.runUntil(30_000);
    expect(types(a).at(-1)).toBe("ended local no-answer");
    expect(types(b).at(-1)).toBe("ended peer cancelled");
  });

  test("that crosses the 200: the answer is acknowledged and hung up at once", () => {
    const { net, a, b } = pair();
    a.command(dial("c"));
    net.runUntil(TRYING_AFTER_MS + 10);
    b.command({ type: "answer", call: incomingCall(b), sdp: "answer" });
    a.command({ type: "hangup", call: "c" });
    net.runUntil(1_000);
    expect(a.sent).toEqual(["INVITE", "CANCEL", "ACK", "BYE"]);
    expect(types(a)).toEqual(["ended local hung-up"]);
    expect(types(b)).toEqual(["incoming", "acked", "ended peer bye"]);
  });

  test("without a final response is given up after 64*T1", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial("c"));
    // A callee that says 100 and then is gone.
    net.inject(a, B, encodeUtf8((a.posted[0]?.text ?? "").replace(/^INVITE .*/, "SIP/2.0 100 Trying")));
    a.command({ type: "hangup", call: "c" });
    expect(a.sent).toEqual(["INVITE", "CANCEL"]);
    net.runUntil(31_999);
    expect(a.agent.counters().transactions).toBe(2);
    net.runUntil(32_000);
    expect(a.agent.counters()).toMatchObject({ calls: 0, transactions: 0 });
  });
});

describe("lost messages", () => {
  test("our 200 is repeated T1 up to T2 until its ACK; without one we say BYE after 64*T1", () => {
    const net = new SimulatedNetwork();
    const b = net.station(B);
    b.react = (told) => {
      if (told.type === "incoming") answers(told.call, b);
    };
    net.inject(b, A, inviteFrom(A));
    net.runUntil(31_999);
    expect(b.sent.filter((s) => s === "200")).toHaveLength(11);
    net.runUntil(32_000);
    expect(types(b)).toEqual(["incoming", "ended local no-ack"]);
    expect(b.sent.at(-1)).toBe("BYE");
  });

  test("a repeated 200 is acknowledged again, and told once", () => {
    const { net, a, b } = pair(answers, { ...fair, doublePercent: 100 });
    a.command(dial("c"));
    net.runUntil(1_000);
    expect(a.sent.filter((s) => s === "ACK").length).toBeGreaterThan(1);
    expect(types(a).filter((t) => t !== "progress")).toEqual(["answered"]);
    expect(types(b)).toEqual(["incoming", "acked"]);
  });

  test("on any network that lets one in two datagrams through, every call is answered or ends, and both sides forget it", () => {
    fc.assert(fc.property(fc.record({ seed: fc.integer({ min: 1 }), lossPercent: fc.integer({ min: 0, max: 50 }), doublePercent: fc.integer({ min: 0, max: 30 }), maxDelayMs: fc.constantFrom(0, 50, 700) }), (weather) => {
      const { net, a, b } = pair(answers, weather);
      a.command(dial("c", 60_000));
      net.runUntil(40_000);
      if (types(a).includes("answered")) expect(types(b)).toContain("incoming");
      a.command({ type: "hangup", call: "c" });
      net.runUntil(200_000);
      expect(types(a).filter((t) => t.startsWith("ended"))).toHaveLength(1);
      expect(types(a).filter((t) => t === "answered").length).toBeLessThanOrEqual(1);
      expect(a.agent.counters()).toMatchObject({ calls: 0, transactions: 0 });
      const arrived = types(b).filter((t) => t === "incoming").length;
      const ended = types(b).filter((t) => t.startsWith("ended")).length;
      // Only the loss of every BYE, eleven in a row, leaves the callee with a call: the media timeout is for that.
      expect(arrived - ended).toBeLessThanOrEqual(1);
      expect(b.agent.counters().calls).toBe(arrived - ended);
    }), { numRuns: 150 });
  });
});

describe("inside a dialog", () => {
  /** A raw caller: what it sends is written here, what it gets is parsed. */
  function established() {
    const net = new SimulatedNetwork();
    const b = net.station(B);
    b.react = (told) => {
      if (told.type === "incoming") answers(told.call, b);
    };
    net.inject(b, A, inviteFrom(A));
    const inDialog = (method: string, seq: number, ...more: string[]): void => net.inject(b, A, raw(method, seq, `<sip:+1555@${B}>;tag=${toTagOf(b)}`, ...more));
    inDialog("ACK", 1);
    return { net, b, inDialog, call: incomingCall(b) };
  }

  test("an offer is answered and acknowledged; the answer refreshes the target", () => {
    const { b, inDialog, call } = established();
    inDialog("INVITE", 2, `Contact: <sip:new@${A}:5090>`, "Content-Type: application/sdp", "", "offer 2");
    expect(b.told.at(-1)).toEqual({ type: "offer", call, sdp: "offer 2" });
    b.command({ type: "accept-offer", call, sdp: "answer 2" });
    expect(b.sent.at(-1)).toBe("200");
    inDialog("ACK", 2);
    expect(b.told.at(-1)).toEqual({ type: "acked", call, sdp: null });
    b.command({ type: "hangup", call });
    expect(b.posted.at(-1)).toMatchObject({ to: { address: A, port: 5090 }, text: expect.stringContaining(`BYE sip:new@${A}:5090 SIP/2.0`) });
  });

  test("a refused offer leaves the call as it was", () => {
    const { b, inDialog, call } = established();
    inDialog("INVITE", 2, "Content-Type: application/sdp", "", "offer 2");
    b.command({ type: "refuse-offer", call, status: 488 });
    expect(b.sent.at(-1)).toBe("488");
    expect(types(b)).not.toContain("ended local hung-up");
  });

  test("an offer before the answer to ours is here gets 491, a second one at a time 500", () => {
    const { b, inDialog, call } = established();
    inDialog("INVITE", 2);
    inDialog("INVITE", 3, "", "offer 3");
    expect(b.sent.at(-1)).toBe("500");
    b.command({ type: "accept-offer", call, sdp: "an offer of ours" });
    inDialog("INVITE", 4, "", "offer 4");
    expect(b.sent.at(-1)).toBe("491");
  });

  test("a re-INVITE that is taken back gets 487 and the call goes on", () => {
    const { b, inDialog } = established();
    inDialog("INVITE", 2, "", "offer 2");
    inDialog("CANCEL", 2);
    expect(b.sent.slice(-2)).toEqual(["200", "487"]);
    expect(types(b).some((t) => t.startsWith("ended"))).toBe(false);
  });

  test("UPDATE with and without an offer, INFO, OPTIONS", () => {
    const { b, inDialog, call } = established();
    inDialog("UPDATE", 2);
    expect(b.sent.at(-1)).toBe("200");
    inDialog("UPDATE", 3, "", "offer");
    b.command({ type: "accept-offer", call, sdp: "x" });
    expect(b.sent.at(-1)).toBe("200");
    inDialog("INFO", 4, "Content-Type: application/dtmf-relay", "", "Signal=5");
    expect(b.told.at(-1)).toEqual({ type: "info", call, contentType: "application/dtmf-relay", body: "Signal=5" });
    inDialog("OPTIONS", 5);
    expect(b.sent.at(-1)).toBe("200");
  });

  test("a request out of order gets 500, an unknown method 501, one we do not do 405", () => {
    const { b, inDialog } = established();
    inDialog("INFO", 5);
    inDialog("OPTIONS", 4);
    expect(b.sent.at(-1)).toBe("500");
    inDialog("DANCE", 6);
    expect(b.sent.at(-1)).toBe("501");
    inDialog("REFER", 7, "Refer-To: <sip:x@y>");
    expect(b.sent.at(-1)).toBe("603");
    inDialog("PUBLISH", 8);
    expect(b.sent.at(-1)).toBe("405");
  });

  test("the call is not taken over by who names it: 603, and for another neighbour it is not there", () => {
    const { net, b } = established();
    const replaces = `Replaces: hand-made;to-tag=${toTagOf(b)};from-tag=caller`;
    const take = new TextDecoder().decode(raw("INVITE", 9, `<sip:+1555@${B}>`, replaces, "", "offer")).replace("Call-ID: hand-made", "Call-ID: other");
    net.inject(b, A, encodeUtf8(take));
    expect(b.sent.at(-1)).toBe("603");
    net.inject(b, "203.0.113.5", encodeUtf8(take));
    expect(b.sent.at(-1)).toBe("481");
    expect(types(b).filter((t) => t === "incoming" || t.startsWith("ended"))).toEqual(["incoming"]);
  });

  test("another neighbour cannot reach the dialog", () => {
    const { net, b } = established();
    net.inject(b, "203.0.113.5", raw("BYE", 2, `<sip:+1555@${B}>;tag=${toTagOf(b)}`));
    expect(b.sent.at(-1)).toBe("481");
    expect(types(b).some((t) => t.startsWith("ended"))).toBe(false);
  });

  test("a BYE that crossed ours is still answered 200, and other requests 481", () => {
    const { b, inDialog, call } = established();
    b.command({ type: "hangup", call });
    inDialog("BYE", 2);
    expect(b.sent.at(-1)).toBe("200");
    inDialog("INFO", 3);
    expect(b.sent.at(-1)).toBe("481");
  });

  test("SEC-3 requests go to the neighbour itself, whatever third party its Contact names", () => {
    const net = new SimulatedNetwork();
    const b = net.station(B);
    const victim = net.station("203.0.113.66");
    b.react = (told) => {
      if (told.type === "incoming") answers(told.call, b);
    };
    net.inject(b, A, inviteFrom(A, "203.0.113.66"));
    net.inject(b, A, raw("ACK", 1, `<sip:+1555@${B}>;tag=${toTagOf(b)}`));
    b.command({ type: "hangup", call: incomingCall(b) });
    net.runUntil(100_000);
    expect(victim.sent).toEqual([]);
  });
});

describe("outside a dialog", () => {
  const cases: readonly (readonly [what: string, status: string, bytes: Uint8Array])[] = [
    ["BYE without a call", "481", raw("BYE", 1, "<sip:x@y>;tag=none")],
    ["INVITE of a lost dialog", "481", raw("INVITE", 1, "<sip:x@y>;tag=none")],
    ["CANCEL of nothing", "481", raw("CANCEL", 1, "<sip:x@y>")],
    ["OPTIONS", "200", raw("OPTIONS", 1, "<sip:x@y>")],
    ["REGISTER", "405", raw("REGISTER", 1, "<sip:x@y>")],
    ["an unknown method", "501", raw("DANCE", 1, "<sip:x@y>")],
    ["INFO without a call", "481", raw("INFO", 1, "<sip:x@y>")],
    ["REFER", "403", raw("REFER", 1, "<sip:x@y>", "Refer-To: <sip:+1900@x>")],
    ["REFER in a call that is not here", "481", raw("REFER", 1, "<sip:x@y>;tag=none", "Refer-To: <sip:+1900@x>")],
    ["MESSAGE", "405", raw("MESSAGE", 1, "<sip:x@y>")],
    ["SUBSCRIBE", "405", raw("SUBSCRIBE", 1, "<sip:x@y>")],
    ["PUBLISH", "405", raw("PUBLISH", 1, "<sip:x@y>")],
    ["PRACK", "405", raw("PRACK", 1, "<sip:x@y>")],
    ["a required extension", "420", raw("INVITE", 1, "<sip:x@y>", "Require: 100rel")],
    ["a body that is no SDP", "415", raw("INVITE", 1, "<sip:x@y>", "Content-Type: text/plain", "", "hello")],
    ["a caller that reads no SDP", "406", raw("INVITE", 1, "<sip:x@y>", "Accept: text/plain")],
    ["a call to take over, not said which", "400", raw("INVITE", 1, "<sip:x@y>", "Replaces: 1")],
    ["two calls to take over", "400", raw("INVITE", 1, "<sip:x@y>", "Replaces: 1;to-tag=2;from-tag=3", "Replaces: 4;to-tag=5;from-tag=6")],
    ["a call to take over that is not here", "481", raw("INVITE", 1, "<sip:x@y>", "Replaces: 1;to-tag=2;from-tag=3")],
  ];
  for (const [what, status, bytes] of cases) {
    test(`${what} → ${status}`, () => {
      const net = new SimulatedNetwork();
      const b = net.station(B);
      net.inject(b, A, bytes);
      expect(b.sent).toEqual([status]);
      expect(b.told).toEqual([]);
    });
  }

  for (const limit of [{ maxCalls: 0 }, { maxTransactions: 0 }, { admitsCall: () => false }]) {
    test(`a call beyond ${Object.keys(limit)[0]} gets 503 with Retry-After, the same one for each repetition, and nothing is kept of it`, () => {
      const net = new SimulatedNetwork();
      const b = net.station(B, limit);
      net.inject(b, A, inviteFrom(A));
      net.inject(b, A, inviteFrom(A));
      net.inject(b, A, raw("ACK", 1, "<sip:x@y>"));
      expect(b.sent).toEqual(["503", "503"]);
      expect(b.posted[0]).toEqual(b.posted[1]);
      expect(b.posted[0]?.text).toContain("\r\nRetry-After: 5\r\n");
      expect(b.agent.counters()).toMatchObject({ calls: 0, transactions: 0 });
    });
  }

  test("the same INVITE by another path gets 482", () => {
    const net = new SimulatedNetwork();
    const b = net.station(B);
    net.inject(b, A, inviteFrom(A));
    net.inject(b, A, encodeUtf8(new TextDecoder().decode(inviteFrom(A)).replace("branch=z9hG4bK", "branch=z9hG4bKother")));
    expect(b.sent).toEqual(["482"]);
  });
});

describe("forking", () => {
  /** Answers to our INVITE, written by hand for several callees behind one proxy. */
  function forked() {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial("c"));
    const parsed = parseMessage(encodeUtf8(a.posted[0]?.text ?? ""));
    if (parsed.outcome !== "request") throw new Error(parsed.outcome);
    const invite = parsed.request;
    const respond = (status: number, tag: string, ...routes: string[]): void => {
      const headers = ["via", "from", "to", "call-id", "cseq"].map((name) => `${name}: ${header(invite, name)}${name === "to" ? `;tag=${tag}` : ""}`);
      net.inject(a, B, encodeUtf8([`SIP/2.0 ${status} X`, ...headers, `Contact: <sip:${tag}@${B}>`, ...routes.map((r) => `Record-Route: ${r}`), "Content-Length: 3", "", "sdp"].join("\r\n")));
    };
    return { a, respond };
  }

  test("the first 2xx wins; another is acknowledged and hung up", () => {
    const { a, respond } = forked();
    respond(180, "one");
    respond(183, "two");
    respond(200, "two");
    respond(200, "one");
    expect(types(a)).toEqual(["progress", "progress", "answered"]);
    expect(a.sent).toEqual(["INVITE", "ACK", "ACK", "BYE"]);
    respond(200, "two");
    respond(200, "one");
    expect(a.sent.slice(4)).toEqual(["ACK", "ACK"]);
  });

  test("the route set of the answer is followed in reverse, loose and strict (§12.2.1.1)", () => {
    const loose = forked();
    loose.respond(200, "one", `<sip:far.example;lr>, <sip:${B}:5080;lr>`);
    expect(loose.a.posted.at(-1)).toMatchObject({ to: { address: B, port: 5080 }, text: expect.stringMatching(/^ACK sip:one@192\.0\.2\.2 SIP[^]*Route: <sip:192\.0\.2\.2:5080;lr>\r\nRoute: <sip:far\.example;lr>/) });
    const strict = forked();
    strict.respond(200, "one", `<sip:${B}:5080>`);
    expect(strict.a.posted.at(-1)).toMatchObject({ to: { address: B, port: 5080 }, text: expect.stringMatching(/^ACK sip:192\.0\.2\.2:5080 SIP[^]*Route: <sip:one@192\.0\.2\.2>/) });
  });

  test("a failure after the answer changes nothing", () => {
    const { a, respond } = forked();
    respond(200, "one");
    respond(486, "two");
    expect(types(a)).toEqual(["answered"]);
  });
});

/** A request of a hand-made caller. `more` may hold an empty line and a body. */
function raw(method: string, seq: number, to: string, ...more: string[]): Uint8Array {
  const at = more.indexOf("");
  const headers = at < 0 ? more : more.slice(0, at);
  const body = at < 0 ? "" : more.slice(at + 1).join("\r\n");
  const sameAsInvite = method === "CANCEL" ? "INVITE" : method;
  return encodeUtf8([
    `${method} sip:+1555@${B} SIP/2.0`, `Via: SIP/2.0/UDP ${A}:5060;branch=z9hG4bK${sameAsInvite}${seq}`, `From: <sip:+1444@${A}>;tag=caller`, `To: ${to}`, "Call-ID: hand-made",
    `CSeq: ${seq} ${method}`, ...headers, `Content-Length: ${body.length}`, "", body,
  ].join("\r\n"));
}
function inviteFrom(from: string, contact = from): Uint8Array {
  return raw("INVITE", 1, `<sip:+1555@${B}>`, `Contact: <sip:x@${contact}>`, "Content-Type: application/sdp", "", "offer");
}
/** The fake numbers its tokens: the first call of a station is token 1, its tag token 2. */
const toTagOf = (b: Station): string => `${b.address.replaceAll(".", "-")}-2`;

test("the hand-made caller speaks SIP", () => expect(parseMessage(inviteFrom(A)).outcome).toBe("request"));
