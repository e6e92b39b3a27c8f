// What a carrier asks of its customers: passwords, registrations, patience with the one of its machines that is down.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Credentials, DigestHash } from "../digest/index.ts";
import { encodeUtf8, header, noParams, parseMessage, type SipRequest } from "../syntax/index.ts";
import { FIRST_RETRY_SEC, REFUSED_RETRY_SEC } from "./account.ts";
import type { AuthConfig } from "./auth.ts";
import { SILENCE_LIMIT_MS } from "./outbound-call.ts";
import { flowOf, SimulatedNetwork, type Station } from "./simulated-network.fake.ts";
import type { DialInput, RegisterInput } from "./user-agent.types.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const C = "192.0.2.3";
const hash: DigestHash = (algorithm, text) => createHash(algorithm === "MD5" ? "md5" : "sha256").update(text).digest("hex");
const auth = (given: Partial<AuthConfig>): { auth: AuthConfig } =>
  ({ auth: { credentialsFor: () => null, demandedOf: () => null, hash, seal: (text) => hash("SHA-256", `key ${text}`), ...given } });
const account: Credentials = { user: "trunk", password: "secret", realm: null };
const withAccount = (given: Partial<Credentials> = {}) => auth({ credentialsFor: (peer) => (peer === B ? { ...account, ...given } : null) });
const demanding = auth({ demandedOf: () => ({ user: "trunk", password: "secret", realm: "carrier.example" }) });
const address = (uri: string) => ({ displayName: null, uri, params: noParams });
const dial = (given: Partial<DialInput> = {}): DialInput => ({
  type: "dial", call: "c", peer: B, to: flowOf(B), requestUri: `sip:+1555@${B}`, fromAddress: address(`sip:+1444@${A}`), toAddress: address(`sip:+1555@${B}`),
  headers: [], sdp: "offer", ringTimeoutMs: 60_000, ...given,
});
const at = (neighbour: string): RegisterInput["targets"][number] => ({ to: flowOf(neighbour), peer: neighbour });
const types = (station: Station): string[] => station.told.map((t) => (t.type === "ended" ? `ended ${t.by} ${t.reason.why}` : t.type));
const requestsOf = (station: Station): SipRequest[] => station.posted.flatMap(({ text }) => {
  const parsed = parseMessage(encodeUtf8(text));
  return parsed.outcome === "request" ? [parsed.request] : [];
});
const answering = (b: Station): void => {
  b.react = (told) => {
    if (told.type === "incoming") b.command({ type: "answer", call: told.call, sdp: "answer" });
  };
};
/** A response, made by hand, to the last request of that method that A sent, from where it was sent to. */
function respond(net: SimulatedNetwork, a: Station, method: string, status: number, ...headers: string[]): void {
  const request = requestsOf(a).findLast((r) => r.method === method);
  if (request === undefined) throw new Error(`no ${method} was sent`);
  const to = header(request, "to") ?? "";
  const copied = ["via", "from", "call-id", "cseq"].map((name) => `${name}: ${header(request, name)}`);
  net.inject(a, a.posted.at(-1)?.to.address ?? B, encodeUtf8([`SIP/2.0 ${status} X`, ...copied, `To: ${to}${to.includes(";tag=") ? "" : ";tag=far"}`, ...headers, "Content-Length: 0", "", ""].join("\r\n")));
}
const CHALLENGE = 'Digest realm="carrier.example", nonce="n", algorithm=MD5, qop="auth"';

describe("digest authentication of calls", () => {
  test("a challenged INVITE is sent again with the next number, the ACK carries its credentials, BYE works", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, withAccount());
    const b = net.station(B, demanding);
    answering(b);
    a.command(dial());
    net.runUntil(1_000);
    expect(types(a)).toEqual(["answered"]);
    expect(a.sent).toEqual(["INVITE", "ACK", "INVITE", "ACK"]);
    const [first, , second, ack] = requestsOf(a);
    expect([first, second].map((r) => header(r as SipRequest, "cseq"))).toEqual(["1 INVITE", "2 INVITE"]);
    expect(header(second as SipRequest, "call-id")).toBe(header(first as SipRequest, "call-id"));
    expect(header(ack as SipRequest, "authorization")).toBe(header(second as SipRequest, "authorization"));
    a.command({ type: "hangup", call: "c" });
    net.runUntil(100_000);
    expect(types(b).at(-1)).toBe("ended peer bye");
    expect(a.agent.counters().transactions + b.agent.counters().transactions).toBe(0);
  });

  test("where a neighbour knows us by several accounts, the one that the call names answers", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, auth({ credentialsFor: (name) => ({ ...account, password: name === "second" ? "secret" : "another" }) }));
    const b = net.station(B, demanding);
    answering(b);
    a.command(dial({ account: "second" }));
    net.runUntil(1_000);
    expect(types(a)).toEqual(["answered"]);
  });

  test("a wrong password, another realm or no account ends the call after one answer at most", () => {
    for (const [given, sent] of [[{ password: "wrong" }, 2], [{ realm: "else" }, 1]] as const) {
      const net = new SimulatedNetwork();
      const a = net.station(A, withAccount(given));
      net.station(B, demanding);
      a.command(dial());
      net.runUntil(1_000);
      expect(types(a)).toEqual(["ended peer rejected"]);
      expect(a.sent.filter((method) => method === "INVITE")).toHaveLength(sent);
    }
  });

  test("callers that must prove who they are make no call without it, and nothing is kept of them", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    const b = net.station(B, demanding);
    a.command(dial());
    net.runUntil(100_000);
    expect(b.told).toEqual([]);
    expect(b.agent.counters()).toMatchObject({ calls: 0, transactions: 0 });
  });

  test("a BYE of a call that we made answers a challenge (407)", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, withAccount());
    a.command(dial());
    respond(net, a, "INVITE", 200, `Contact: <sip:x@${B}>`);
    a.command({ type: "hangup", call: "c" });
    respond(net, a, "BYE", 407, `Proxy-Authenticate: ${CHALLENGE}`);
    expect(a.sent).toEqual(["INVITE", "ACK", "BYE", "BYE"]);
    expect(requestsOf(a).map((r) => header(r, "cseq")).slice(2)).toEqual(["2 BYE", "3 BYE"]);
    expect(header(requestsOf(a).at(-1) as SipRequest, "proxy-authorization")).toContain('username="trunk"');
  });

  test("SEC-3 digest leak: a BYE of a call that was made to us never answers one", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, withAccount({ realm: "carrier.example" }));
    const b = net.station(B);
    a.react = (told) => {
      if (told.type === "incoming") a.command({ type: "answer", call: told.call, sdp: "answer" });
      if (told.type === "acked") a.command({ type: "hangup", call: told.call });
    };
    b.command(dial({ peer: A, to: flowOf(A) }));
    // B's own 200 to the BYE is outrun by a challenge.
    for (let now = 0; !a.sent.includes("BYE"); now += 10) net.runUntil(now);
    respond(net, a, "BYE", 407, `Proxy-Authenticate: ${CHALLENGE}`);
    net.runUntil(60_000);
    expect(a.posted.map(({ text }) => text).join("")).not.toMatch(/authorization/i);
  });
});

describe("failover", () => {
  const alternates = [{ to: flowOf(C), requestUri: `sip:+1555@${C}` }];

  test(`a silent target is given ${SILENCE_LIMIT_MS} ms, then the next one gets the call`, () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, { ownsAddress: () => true });
    const c = net.station(C);
    answering(c);
    a.command(dial({ alternates, peer: C }));
    net.runUntil(SILENCE_LIMIT_MS - 1);
    expect(a.told).toEqual([]);
    net.runUntil(SILENCE_LIMIT_MS + 100);
    expect(a.told).toMatchObject([{ type: "target-failed", to: flowOf(B), status: null, next: flowOf(C) }, { type: "answered" }]);
  });

  for (const [status, more, expected] of [[503, "Retry-After: 30", 30], [500, "X: y", null], [480, "X: y", null], [408, "X: y", null]] as const)
    test(`${status} sends the call to the next target at once`, () => {
      const net = new SimulatedNetwork();
      const a = net.station(A);
      a.command(dial({ alternates }));
      respond(net, a, "INVITE", status, more);
      expect(a.told).toMatchObject([{ type: "target-failed", status, retryAfterSec: expected, next: flowOf(C) }]);
      expect(a.posted.at(-1)).toMatchObject({ to: flowOf(C), text: expect.stringContaining(`INVITE sip:+1555@${C}`) });
      expect(new Set(requestsOf(a).map((r) => header(r, "call-id"))).size).toBe(2);
    });

  for (const status of [403, 404, 486, 600, 603]) test(`${status} is the callee's word and ends the call`, () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial({ alternates }));
    respond(net, a, "INVITE", status);
    expect(types(a)).toEqual(["ended peer rejected"]);
  });

  test("0 double rings: after a 180 no other target is tried", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial({ alternates }));
    respond(net, a, "INVITE", 180);
    respond(net, a, "INVITE", 503);
    expect(types(a)).toEqual(["progress", "ended peer rejected"]);
  });

  test("a target that wakes up late is cancelled, and its answer hung up", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial({ alternates }));
    net.runUntil(SILENCE_LIMIT_MS + 1);
    const late = a.posted[0]?.text.split("\r\n") ?? [];
    const lines = late.filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line)).map((line) => (line.startsWith("To") ? `${line};tag=late` : line));
    net.inject(a, B, encodeUtf8(["SIP/2.0 180 Ringing", ...lines, "Content-Length: 0", "", ""].join("\r\n")));
    expect(a.sent.at(-1)).toBe("CANCEL");
    net.inject(a, B, encodeUtf8(["SIP/2.0 200 OK", ...lines, `Contact: <sip:x@${B}>`, "Content-Length: 0", "", ""].join("\r\n")));
    expect(a.sent.slice(-2)).toEqual(["ACK", "BYE"]);
    expect(types(a)).toEqual(["target-failed"]);
  });

  test("what cannot be delivered goes to the next target at once, and ends without one", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial({ alternates }));
    a.command({ type: "unreachable", to: flowOf(B) });
    expect(a.sent).toEqual(["INVITE", "INVITE"]);
    a.command({ type: "unreachable", to: flowOf(C) });
    expect(types(a)).toEqual(["target-failed", "target-failed", "ended peer timeout"]);
  });

  test("hanging up while the second target is asked ends that one", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(dial({ alternates }));
    respond(net, a, "INVITE", 503);
    a.command({ type: "hangup", call: "c" });
    expect(types(a)).toEqual(["target-failed", "ended local hung-up"]);
    net.runUntil(200_000);
    expect(a.agent.counters()).toEqual({ malformed: 0, calls: 0, transactions: 0 });
  });
});

describe("registration at a carrier", () => {
  const register = (given: Partial<RegisterInput> = {}): RegisterInput => ({
    type: "register", account: B, targets: [at(B)], registrarUri: "sip:carrier.example", accountUri: "sip:trunk@carrier.example", user: "trunk", expiresSec: 600, ...given,
  });
  const states = (a: Station) => a.told.flatMap((t) => (t.type === "account" ? [`${t.state} ${t.status}`] : []));
  const registers = (a: Station): SipRequest[] => requestsOf(a).filter(({ method }) => method === "REGISTER");

  test("registers with its password, renews before it lapses, and takes it back", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, withAccount());
    const b = net.station(B, { ...demanding, registrar: { serves: () => true, admits: () => true } });
    a.command(register({ accountUri: "sip:+12025550150@carrier.example", user: "+12025550150" }));
    net.runUntil(100);
    expect(states(a)).toEqual(["registered 200"]);
    expect(b.agent.registrations()).toHaveLength(1);
    expect(registers(a).map((r) => header(r, "cseq"))).toEqual(["1 REGISTER", "2 REGISTER"]);
    net.runUntil(539_000);
    expect(registers(a)).toHaveLength(2);
    net.runUntil(700_000);
    expect(b.agent.registrations()).toHaveLength(1);
    expect(new Set(registers(a).map((r) => header(r, "call-id"))).size).toBe(1);
    a.command({ type: "unregister", account: B });
    net.runUntil(701_000);
    expect(b.agent.registrations()).toHaveLength(0);
    net.runUntil(5_000_000);
    expect(a.agent.deadline()).toBeNull();
  });

  test("two accounts at one neighbour both register, each with its own password", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A, auth({ credentialsFor: (name) => ({ ...account, password: name === "second" ? "secret" : "another" }) }));
    net.station(B, { ...demanding, registrar: { serves: () => true, admits: () => true } });
    for (const [name, user] of [["first", "+12025550150"], ["second", "+12025550151"]] as const) a.command(register({ account: name, accountUri: `sip:${user}@carrier.example`, user }));
    net.runUntil(1_000);
    expect(a.told.filter((t) => t.type === "account").map((t) => `${t.account} ${t.state}`)).toEqual(["first refused", "second registered"]);
  });

  test("423 raises the time, a grant shorter than asked for is obeyed", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(register());
    respond(net, a, "REGISTER", 423, "Min-Expires: 1800");
    expect(header(registers(a).at(-1) as SipRequest, "expires")).toBe("1800");
    respond(net, a, "REGISTER", 200, `Contact: <sip:other@${A}>;expires=20, <sip:trunk@${A}:5060>;expires=100`, "Expires: 1800");
    expect(a.agent.deadline()).toBe(5_000);
    net.runUntil(49_999);
    expect(registers(a)).toHaveLength(2);
    net.runUntil(50_001);
    expect(registers(a)).toHaveLength(3);
  });

  test("a refusal is told once and tried again only later", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(register());
    respond(net, a, "REGISTER", 403);
    expect(states(a)).toEqual(["refused 403"]);
    net.runUntil(REFUSED_RETRY_SEC * 1_000 - 1);
    expect(registers(a)).toHaveLength(1);
    net.runUntil(REFUSED_RETRY_SEC * 1_000);
    expect(registers(a)).toHaveLength(2);
    expect(states(a)).toHaveLength(1);
  });

  test("a registrar that is away: the next target at once, then longer and longer pauses; 503 says how long", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(register({ targets: [at(B), at(C)] }));
    respond(net, a, "REGISTER", 503, "Retry-After: 7");
    expect(a.posted.at(-1)?.to).toEqual(flowOf(C));
    a.command({ type: "unreachable", to: flowOf(C) });
    expect(states(a)).toEqual(["unreachable 503"]);
    const asked = a.sent.length;
    net.runUntil(FIRST_RETRY_SEC * 1_000 - 1);
    expect(a.sent).toHaveLength(asked);
    net.runUntil(FIRST_RETRY_SEC * 1_000);
    expect(a.posted.at(-1)?.to).toEqual(flowOf(B));
    respond(net, a, "REGISTER", 503, "Retry-After: 500");
    const before = a.sent.length;
    net.runUntil((FIRST_RETRY_SEC + 500) * 1_000 - 1);
    expect(a.sent).toHaveLength(before);
    net.runUntil((FIRST_RETRY_SEC + 500) * 1_000);
    respond(net, a, "REGISTER", 200);
    expect(states(a).at(-1)).toBe("registered 200");
  });
});

describe("probing", () => {
  const probe = { type: "probe", probe: "p", peer: B, to: flowOf(B), requestUri: `sip:${B}`, limitMs: 4_000 } as const;
  test("an answer, whatever it is, is told once", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    net.station(B);
    a.command(probe);
    net.runUntil(40_000);
    expect(a.told).toEqual([{ type: "probed", probe: "p", status: 200, retryAfterSec: null }]);
    expect(a.agent.counters().transactions).toBe(0);
  });
  test("silence is told when the time is over, and leaves nothing behind", () => {
    const net = new SimulatedNetwork();
    const a = net.station(A);
    a.command(probe);
    net.runUntil(3_999);
    expect(a.told).toEqual([]);
    net.runUntil(4_000);
    expect(a.told).toEqual([{ type: "probed", probe: "p", status: null, retryAfterSec: null }]);
    expect([a.agent.counters().transactions, a.agent.deadline()]).toEqual([0, null]);
  });
});

test("each transport reaches us in its own words", () => {
  const net = new SimulatedNetwork();
  const a = net.station(A, { tlsPort: 5061 });
  const flows = [{ transport: "tcp", address: B, port: 5060 }, { transport: "tls", address: B, port: 5061 }] as const;
  for (const [i, to] of flows.entries()) a.command(dial({ call: `c${i}`, to }));
  const written = requestsOf(a).map((r) => [header(r, "via")?.split(";")[0], header(r, "contact")]);
  expect(written).toEqual([
    [`SIP/2.0/TCP ${A}:5060`, `<sip:${A}:5060;transport=tcp>`],
    [`SIP/2.0/TLS ${A}:5061`, `<sip:${A}:5061;transport=tls>`],
  ]);
});
