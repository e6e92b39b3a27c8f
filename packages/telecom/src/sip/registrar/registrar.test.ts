import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flowOf, SimulatedNetwork, type Station } from "../user-agent/simulated-network.fake.ts";
import { encodeUtf8, parseUri, type SipUri } from "../syntax/index.ts";
import { DEFAULT_EXPIRES_SEC, MAX_ALL_CONTACTS, MAX_CONTACTS, MAX_EXPIRES_SEC, MIN_EXPIRES_SEC } from "./registrar.limits.ts";
import { isSameUri } from "./same-uri.ts";

const HOME = "127.0.0.1";
const ELSEWHERE = "192.0.2.9";
const NUMBER = "+12025550150";

type Given = { readonly number?: string; readonly contacts?: readonly string[]; readonly expires?: string; readonly callId?: string; readonly cseq?: number; readonly from?: string; readonly branch?: string };
type Answer = { readonly status: string; readonly contacts: readonly string[]; readonly text: string };

let branches = 0;

/** A switch whose neighbours at HOME may register. */
function house(admits = (): boolean => true) {
  const net = new SimulatedNetwork();
  const switchSide = net.station("10.0.0.1", { registrar: { serves: (peer) => peer === HOME, admits }, maxTransactions: 10_000 });
  let cseq = 0;
  const register = ({ number = NUMBER, contacts = [`<sip:phone@${HOME}:5070>`], expires, callId = "c1", from = HOME, ...given }: Given = {}): Answer => {
    cseq = given.cseq ?? cseq + 1;
    const text = [
      "REGISTER sip:10.0.0.1 SIP/2.0", `Via: SIP/2.0/UDP ${from};branch=z9hG4bK${given.branch ?? `r${++branches}`};rport`, "Max-Forwards: 70",
      `From: <sip:${number}@10.0.0.1>;tag=f`, `To: <sip:${number}@10.0.0.1>`, `Call-ID: ${callId}`, `CSeq: ${cseq} REGISTER`,
      ...contacts.map((contact) => `Contact: ${contact}`), ...(expires === undefined ? [] : [`Expires: ${expires}`]), "Content-Length: 0", "", "",
    ].join("\r\n");
    net.inject(switchSide, from, encodeUtf8(text));
    return lastAnswer(switchSide);
  };
  const told = (): string[] => switchSide.told.map((t) => ("number" in t ? `${t.type} ${t.peer} ${t.number}` : t.type));
  const after = (seconds: number): void => net.runUntil(net.now + seconds * 1_000);
  return { switchSide, register, told, after, contact: (number = NUMBER) => switchSide.agent.contactOf(HOME, number) };
}

function lastAnswer({ posted }: Station): Answer {
  const text = posted.at(-1)?.text ?? "";
  const lines = text.split("\r\n");
  const value = (name: string): string[] => lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
  return { status: lines[0]?.split(" ")[1] ?? "", contacts: value("contact"), text };
}

describe("registering", () => {
  test("a telephone is registered, found where it said, renewed without a word, and gone when its time is over", () => {
    const { register, told, after, contact } = house();
    expect(register({ expires: "120" })).toMatchObject({ status: "200", contacts: [`<sip:phone@${HOME}:5070>;expires=120`] });
    expect(contact()).toEqual({ requestUri: `sip:phone@${HOME}:5070`, flow: { ...flowOf(HOME), port: 5070 } });
    after(60);
    register({ expires: "120" });
    after(119);
    expect(told()).toEqual([`registered ${HOME} ${NUMBER}`]);
    after(1);
    expect(told()).toEqual([`registered ${HOME} ${NUMBER}`, `unregistered ${HOME} ${NUMBER}`]);
    expect(contact()).toBeNull();
  });

  test("nothing waits for anything once all are gone", () => {
    const { register, after, switchSide } = house();
    register();
    register({ number: "+12025550151" });
    after(DEFAULT_EXPIRES_SEC);
    expect([switchSide.agent.deadline(), switchSide.agent.registrations(), switchSide.agent.counters().transactions]).toEqual([null, [], 0]);
  });

  test("asked without a contact, it says what is registered", () => {
    const { register, after } = house();
    register({ contacts: [`<sip:a@${HOME}:1>;expires=100`, `<sip:b@${HOME}:2>;expires=200`] });
    after(40);
    expect(register({ contacts: [] }).contacts).toEqual([`<sip:a@${HOME}:1>;expires=60`, `<sip:b@${HOME}:2>;expires=160`]);
    expect(register({ contacts: [], number: "+12025550199" })).toMatchObject({ status: "200", contacts: [] });
  });

  test("the contact that was renewed last is rung", () => {
    const { register, contact } = house();
    register({ contacts: [`<sip:a@${HOME}:1>`], callId: "a" });
    register({ contacts: [`<sip:b@${HOME}:2>`], callId: "b" });
    expect(contact()?.flow.port).toBe(2);
    register({ contacts: [`<sip:a@${HOME}:1>`], callId: "a" });
    expect(contact()?.flow.port).toBe(1);
  });

  test.each([
    ["no wish", {}, DEFAULT_EXPIRES_SEC],
    ["the header", { expires: "90" }, 90],
    ["the contact's own wish goes before the header's", { expires: "90", contacts: [`<sip:p@${HOME}>;expires=100`] }, 100],
    ["too long a wish is cut", { expires: "999999999999999" }, MAX_EXPIRES_SEC],
    ["a malformed wish is none", { expires: "soon" }, DEFAULT_EXPIRES_SEC],
    ["the shortest", { expires: String(MIN_EXPIRES_SEC) }, MIN_EXPIRES_SEC],
  ] as const)("how long: %s", (_, given, seconds) => {
    expect(house().register(given).contacts[0]).toMatch(new RegExp(`;expires=${seconds}$`));
  });
});

describe("removing", () => {
  test.each([
    ["by Expires: 0", { expires: "0" }],
    ["by the contact's expires=0", { contacts: [`<sip:phone@${HOME}:5070>;expires=0`] }],
    ["all at once by *", { contacts: ["*"], expires: "0" }],
    ["by another life of the telephone", { contacts: ["*"], expires: "0", callId: "c2", cseq: 1 }],
  ])("%s", (_, given) => {
    const { register, told } = house();
    register();
    expect(register(given)).toMatchObject({ status: "200", contacts: [] });
    expect(told()).toEqual([`registered ${HOME} ${NUMBER}`, `unregistered ${HOME} ${NUMBER}`]);
  });

  test("what is not there is removed without a word", () => {
    const { register, told } = house();
    expect(register({ expires: "0" }).status).toBe("200");
    expect(told()).toEqual([]);
  });
});

describe("refusals change nothing", () => {
  test.each<readonly [string, Given, string]>([
    ["too short a time", { expires: "59" }, "423"],
    ["* that stays", { contacts: ["*"], expires: "60" }, "400"],
    ["* without a time", { contacts: ["*"] }, "400"],
    ["* beside another", { contacts: ["*", `<sip:a@${HOME}>`], expires: "0" }, "400"],
    ["a contact that is none", { contacts: ["<nobody>"] }, "400"],
    ["a contact that is no URI", { contacts: ["<sip:>"] }, "400"],
    ["a contact elsewhere (SEC-3)", { contacts: [`<sip:a@${ELSEWHERE}>`] }, "403"],
    ["a contact by name", { contacts: ["<sip:a@localhost>"] }, "403"],
    ["a contact by TCP", { contacts: [`<sip:a@${HOME};transport=tcp>`] }, "403"],
    ["a contact that sends elsewhere", { contacts: [`<sip:a@${HOME};maddr=${ELSEWHERE}>`] }, "403"],
    ["sips", { contacts: [`<sips:a@${HOME}>`] }, "403"],
    ["a contact of another kind", { contacts: ["<mailto:a@example.com>"] }, "403"],
    ["more contacts than a number may have", { contacts: Array.from({ length: MAX_CONTACTS + 1 }, (_, i) => `<sip:a@${HOME}:${6_000 + i}>`) }, "403"],
    ["one bad contact among good ones", { contacts: [`<sip:good@${HOME}:7>`, `<sip:a@${ELSEWHERE}>`] }, "403"],
    ["a name instead of a number", { number: "alice" }, "404"],
    ["an older request that comes late", { cseq: 1 }, "500"],
    ["an older removal of everything", { cseq: 1, contacts: ["*"], expires: "0" }, "500"],
    ["a neighbour that does not register", { from: ELSEWHERE, contacts: [`<sip:a@${ELSEWHERE}>`] }, "405"],
  ])("%s", (_, given, status) => {
    const { register, told, contact, switchSide } = house();
    register();
    register();
    const answer = register(given);
    expect(answer.status).toBe(status);
    if (status === "423") expect(answer.text).toMatch(new RegExp(`min-expires: ${MIN_EXPIRES_SEC}`, "i"));
    expect(told()).toEqual([`registered ${HOME} ${NUMBER}`]);
    expect([contact()?.flow.port, switchSide.agent.registrations().length]).toEqual([5_070, 1]);
  });

  test("beyond the rate: 503 with Retry-After", () => {
    const { register } = house(() => false);
    expect(register().text).toMatch(/^SIP\/2\.0 503 [^]*retry-after: 5/i);
  });
});

describe("limits and repetitions", () => {
  test("one contact more than a number may have takes the place of the oldest", () => {
    const { register } = house();
    for (let i = 0; i <= MAX_CONTACTS; i++) register({ contacts: [`<sip:a@${HOME}:${6_000 + i}>`], callId: `c${i}` });
    expect(register({ contacts: [] }).contacts.map((c) => /:(\d+)>/.exec(c)?.[1])).toEqual(["6001", "6002", "6003", "6004"]);
  });

  test("with all contacts taken, new ones get 503, and known ones are renewed", () => {
    const { register, told } = house();
    for (let i = 0; i < MAX_ALL_CONTACTS; i++) register({ number: `+1202${1_000_000 + i}` });
    expect(register().status).toBe("503");
    expect(register({ number: "+12021000000" }).status).toBe("200");
    expect(register({ number: "+12021000000", expires: "0" }).status).toBe("200");
    expect(register().status).toBe("200");
    expect(told().at(-1)).toBe(`registered ${HOME} ${NUMBER}`);
  });

  test("the same datagram again gets the same answer", () => {
    const { register } = house();
    const first = register({ branch: "same", cseq: 7 });
    expect(register({ branch: "same", cseq: 7 }).text).toBe(first.text);
    expect(register({ cseq: 7 }).status).toBe("500");
  });

  test("a contact that comes twice in one request is one", () => {
    expect(house().register({ contacts: [`<sip:a@${HOME}:1>;expires=100`, `<sip:a@${HOME}:1>;expires=200`] }).contacts).toEqual([`<sip:a@${HOME}:1>;expires=200`]);
  });
});

test("in any order of requests and time, told and table agree, and limits hold", () => {
  const step = fc.record({
    number: fc.constantFrom("1", "2", "3"), port: fc.integer({ min: 1, max: 6 }), callId: fc.constantFrom("a", "b"), cseq: fc.integer({ min: 1, max: 40 }),
    expires: fc.constantFrom("0", "30", "60", "600", "9999"), kind: fc.constantFrom("one", "two", "star", "query"), wait: fc.constantFrom(0, 0, 10, 100),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const { register, after, switchSide, contact } = house();
    for (const { number, port, callId, cseq, expires, kind, wait } of steps) {
      const contacts = { one: [`<sip:x@${HOME}:${port}>`], two: [`<sip:x@${HOME}:${port}>`, `<sip:x@${HOME}:${port + 1}>`], star: ["*"], query: [] }[kind];
      const answer = register({ number, contacts, callId, cseq, expires });
      expect(["200", "400", "423", "500"]).toContain(answer.status);
      expect(answer.contacts.length).toBeLessThanOrEqual(MAX_CONTACTS);
      after(wait);
      const believed = new Set<string>();
      for (const t of switchSide.told) {
        if (t.type === "registered") {
          expect(believed.has(t.number)).toBe(false);
          believed.add(t.number);
        }
        if (t.type === "unregistered") expect(believed.delete(t.number)).toBe(true);
      }
      expect(new Set(switchSide.agent.registrations().map((r) => r.number))).toEqual(believed);
      for (const n of ["1", "2", "3"]) expect(contact(n) !== null).toBe(believed.has(n));
    }
    after(MAX_EXPIRES_SEC);
    expect([switchSide.agent.registrations(), switchSide.agent.deadline()]).toEqual([[], null]);
  }), { numRuns: 200 });
});

/** RFC 3261 §19.1.4, its own examples and ours. */
test.each([
  ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true],
  ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true],
  ["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true],
  ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false],
  ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false],
  ["sip:bob@biloxi.com", "sips:bob@biloxi.com", false],
])("%s and %s: the same %s", (a, b, same) => {
  expect(isSameUri(parseUri(a) as SipUri, parseUri(b) as SipUri)).toBe(same);
});
