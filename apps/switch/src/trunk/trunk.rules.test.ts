// The decisions of the trunk side that need no socket: who may speak, who calls, what SIP's words mean.
import { legEndCause, rejectReason, type Trunk } from "@ringdesk/contract/switch";
import type { Millis } from "@ringdesk/std";
import { noParams, type Header } from "@ringdesk/telecom/sip";
import { describe, expect, test } from "vitest";
import { calledNumber, callerOf, diversionsOf } from "./trunk.caller.ts";
import { causeOfEnd, causeOfStatus, refusalOf, sdpRefusalOf } from "./trunk.causes.ts";
import { readInfoKey } from "./trunk.dtmf.ts";
import { CALLED_NUMBER, DIALLED_NUMBER, TokenBucket } from "./trunk.limits.ts";
import { createTrunkSources } from "./trunk.sources.ts";

describe("SEC-3 who may speak", () => {
  const trunks: readonly Trunk[] = [
    { id: "one", sources: ["192.0.2.1", "198.51.100.0/24", "2001:db8::/32"], target: { host: "192.0.2.9", port: 5060 }, registers: false },
    { id: "two", sources: ["::ffff:203.0.113.5", "192.0.2.1", "nonsense", "10.0.0.0/99", "10.0.0.0/"], target: { host: "sip.example", port: 5060 }, registers: false },
  ];
  const sources = createTrunkSources(() => trunks);
  const cases: readonly (readonly [address: string, trunk: string | null])[] = [
    ["192.0.2.1", "one"], ["::ffff:192.0.2.1", "one"], ["::FFFF:198.51.100.77", "one"], ["198.51.101.1", null], ["2001:db8::7", "one"], ["2001:db9::7", null],
    ["192.0.2.9", "one"], ["203.0.113.5", "two"], ["::ffff:203.0.113.6", null], ["10.0.0.1", null], ["127.0.0.1", null], ["nonsense", null],
  ];
  for (const [address, trunk] of cases) test(`${address} belongs to ${trunk ?? "nobody"}`, () => expect(sources.peerOf(address)).toBe(trunk));

  test("a name that was looked up is known until its trunk goes", () => {
    let list = trunks;
    const named = createTrunkSources(() => list);
    named.addResolved("two", "233.252.0.1");
    expect(named.peerOf("233.252.0.1")).toBe("two");
    list = trunks.slice(0, 1);
    expect(named.peerOf("233.252.0.1")).toBeNull();
  });

  test("SEC-3 a phone at a fixed address is known once it is called, and goes before no trunk", () => {
    const own = createTrunkSources(() => trunks);
    own.addContact("phones", "::ffff:233.252.0.7");
    own.addContact("phones", "192.0.2.1");
    expect([own.peerOf("233.252.0.7"), own.peerOf("192.0.2.1"), own.peerOf("233.252.0.8")]).toEqual(["phones", "one", null]);
  });

  test("a burst passes, then the rate holds", () => {
    const bucket = new TokenBucket(10, 3, 0 as Millis);
    const take = (at: number): boolean => bucket.take(at as Millis);
    expect([take(0), take(0), take(0), take(0), take(99), take(100), take(50), take(10_000), take(10_000), take(10_000), take(10_000)])
      .toEqual([true, true, true, false, false, true, false, true, true, true, false]);
  });
});

describe("who calls", () => {
  const from = (uri: string, displayName: string | null = null) => ({ displayName, uri, params: noParams });
  const privacy = (value: string): Header[] => [{ name: "privacy", value }];
  const cases: readonly (readonly [what: string, got: ReturnType<typeof callerOf>, expected: readonly [string | null, string | null]])[] = [
    ["a number and a name", callerOf({ from: from("sip:+15551234567@x;user=phone", "Ann"), headers: [] }), ["+15551234567", "Ann"]],
    ["a tel URI", callerOf({ from: from("tel:+1-555-123"), headers: [] }), ["+1555123", null]],
    ["no user", callerOf({ from: from("sip:x", "Ann"), headers: [] }), [null, null]],
    ["anonymous", callerOf({ from: from("sip:anonymous@anonymous.invalid", "Anonymous"), headers: [] }), [null, null]],
    ["Privacy: id", callerOf({ from: from("sip:+1555@x", "Ann"), headers: privacy("id") }), [null, null]],
    ["Privacy: none", callerOf({ from: from("sip:+1555@x", "Ann"), headers: privacy("none") }), ["+1555", "Ann"]],
    ["control and direction characters in the name", callerOf({ from: from("sip:+1555@x", "A\u001b[31m\nB\u202e"), headers: [] }), ["+1555", "A [31m B"]],
    ["an endless name", callerOf({ from: from("sip:+1555@x", "x".repeat(1_000)), headers: [] }), ["+1555", "x".repeat(128)]],
  ];
  for (const [what, got, [number, fromName]] of cases) test(what, () => expect(got).toEqual({ from: number, fromName }));

  test("RFC 3325: a trusted trunk's word counts, another's does not", () => {
    const headers: Header[] = [{ name: "p-asserted-identity", value: '"Real" <sip:+15550001@carrier>, <tel:+15550001>' }];
    const invite = { from: from("sip:+15559999@x", "Fake"), headers };
    expect(callerOf(invite, true)).toEqual({ from: "+15550001", fromName: "Real" });
    expect(callerOf(invite, false)).toEqual({ from: "+15559999", fromName: "Fake" });
    expect(callerOf({ from: from("sip:anonymous@anonymous.invalid"), headers: [...headers, ...privacy("id")] }, true)).toEqual({ from: null, fromName: null });
    expect(callerOf({ from: from("sip:anonymous@anonymous.invalid", "Anonymous"), headers: [{ name: "p-asserted-identity", value: "<tel:+15550001>" }] }, true)).toEqual({ from: "+15550001", fromName: null });
  });

  test("calls to our account say the number in P-Called-Party-ID or To", () => {
    const to = from("sip:+15550100@x");
    const called = (uri: string, headers: Header[] = []) => calledNumber({ requestUri: uri, to, headers }, "trunk");
    expect([called("sip:+15550200@x"), called("sip:trunk@x"), called("sip:trunk@x", [{ name: "p-called-party-id", value: "<sip:+15550300@x>" }])]).toEqual(["+15550200", "+15550100", "+15550300"]);
    expect(calledNumber({ requestUri: "sip:a b@x", to, headers: [] }, null)).toBeNull();
  });

  test("RFC 5806, RFC 7044: who forwarded the call, the latest first", () => {
    const diversion = (value: string): Header[] => [{ name: "diversion", value }];
    expect(diversionsOf(diversion('<sip:+1@a>;reason="No-Answer";counter=1, "X" <tel:+2>;reason=unconditional, <sip:b>'))).toEqual([{ number: "+1", reason: "no-answer" }, { number: "+2", reason: "unconditional" }]);
    const history = '<sip:+1@a>;index=1, <sip:+2@a;cause=486>;index=1.1, <sip:+3@a?Reason=SIP%3Bcause%3D302>;index=1.2, <sip:+4@a>;index=1.3';
    expect(diversionsOf([{ name: "history-info", value: history }])).toEqual([{ number: "+3", reason: "unconditional" }, { number: "+2", reason: "unconditional" }, { number: "+1", reason: "user-busy" }]);
    expect(diversionsOf([])).toEqual([]);
  });

  test("calls that go in circles are refused", () => {
    const many = (count: number, number: (i: number) => string): Header[] => [{ name: "diversion", value: Array.from({ length: count }, (_, i) => `<sip:${number(i)}@a>`).join(", ") }];
    expect(diversionsOf(many(10, (i) => `+${i}`))).toHaveLength(10);
    expect(diversionsOf(many(11, (i) => `+${i}`))).toBeNull();
    expect(diversionsOf(many(3, () => "+1"))).toBeNull();
  });

  test("what is dialled and what is called are numbers, never dial strings", () => {
    for (const good of ["+14155550100", "4000", "*97", "support.desk"]) expect(CALLED_NUMBER.test(good)).toBe(true);
    for (const bad of ["500&SIP/itsp/14165551212", "a@b", "a b", "", "<x>", "+".repeat(2), "1".repeat(65)]) expect(CALLED_NUMBER.test(bad)).toBe(false);
    for (const bad of ["anonymous", "+1;ext=2", "1\r\nX: y"]) expect(DIALLED_NUMBER.test(bad)).toBe(false);
  });
});

describe("SIP's words and ours", () => {
  test("every status of a refusal has a cause that the control protocol knows", () => {
    for (let status = 300; status <= 699; status++) expect(legEndCause.options).toContain(causeOfStatus(status));
    expect([486, 600, 603, 404, 480, 408, 488, 503, 500, 302, 499, 699].map(causeOfStatus)).toEqual([
      "busy", "busy", "declined", "not-found", "no-answer", "no-answer", "no-common-codec", "unreachable", "unreachable", "rejected", "rejected", "declined",
    ]);
  });

  test("every reason to refuse has a status, and the far side reads it as the same word", () => {
    expect(Object.keys(refusalOf).sort()).toEqual([...rejectReason.options].sort());
    for (const reason of ["not-found", "busy", "declined", "not-allowed"] as const) expect(causeOfStatus(refusalOf[reason].status)).toBe(reason);
    for (const { cause } of Object.values(sdpRefusalOf)) expect(legEndCause.options).toContain(cause);
  });

  test("every end of a call has a cause", () => {
    const whys = ["bye", "cancelled", "timeout", "no-answer", "no-ack", "hung-up", "lost"] as const;
    expect(whys.map((why) => causeOfEnd({ why }))).toEqual(["hangup", "cancelled", "unreachable", "no-answer", "protocol-error", "hangup", "unreachable"]);
    expect(causeOfEnd({ why: "rejected", status: 486 })).toBe("busy");
  });
});

test("keys that come by INFO", () => {
  expect(readInfoKey("application/dtmf-relay", "Signal=5\r\nDuration=250\r\n")).toBe("5");
  expect(readInfoKey("application/dtmf-relay", "Signal= 11\nDuration= 99999")).toBe("#");
  expect(readInfoKey("application/dtmf", " * ")).toBe("*");
  for (const [type, body] of [["application/dtmf-relay", "Signal=hello"], ["application/dtmf-relay", ""], ["text/plain", "5"], [null, "5"]] as const) expect(readInfoKey(type, body)).toBeNull();
});
