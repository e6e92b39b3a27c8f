// 503 of an overloaded machine (RFC 3261 §21.5.4): only to what would be new.
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../syntax/index.ts";
import { OVERLOAD_RETRY_SEC, OVERLOAD_SPREAD_SEC } from "./admission.ts";
import { SimulatedNetwork, type Station } from "./simulated-network.fake.ts";

const PEER = "192.0.2.1";
const US = "192.0.2.2";

function bench() {
  const how = { overloaded: false };
  const net = new SimulatedNetwork();
  const us = net.station(US, { isOverloaded: () => how.overloaded, registrar: { serves: () => true, admits: () => true } });
  us.react = (told) => {
    if (told.type === "incoming") us.command({ type: "answer", call: told.call, sdp: "answer" });
    if (told.type === "offer") us.command({ type: "accept-offer", call: told.call, sdp: "answer 2" });
  };
  const say = (method: string, seq: number, call: string, tag = "", ...more: string[]): void => net.inject(us, PEER, encodeUtf8([
    `${method} sip:+1555@${US} SIP/2.0`, `Via: SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bK${call}${method}${seq}`, `From: <sip:+1444@${PEER}>;tag=peer`,
    `To: <sip:+1555@${US}>${tag}`, `Call-ID: ${call}`, `CSeq: ${seq} ${method}`, `Contact: <sip:peer@${PEER}>`, ...more, "Content-Length: 0", "", "",
  ].join("\r\n")));
  return { how, net, us, say };
}
const retryAfter = ({ posted }: Station): readonly number[] => posted.flatMap(({ text }) => /^SIP\/2\.0 503 [^]*\r\nRetry-After: (\d+)\r\n/.exec(text)?.[1] ?? []).map(Number);
const tagOf = ({ posted }: Station): string => `;tag=${/\r\nTo: [^\r\n]*;tag=([^\r\n;]+)/.exec(posted.find(({ text }) => text.startsWith("SIP/2.0 200"))?.text ?? "")?.[1] ?? ""}`;

describe("SEC-3 while the machine is overloaded", () => {
  test("new calls and OPTIONS get 503, and nothing is kept of them", () => {
    const { how, us, say } = bench();
    how.overloaded = true;
    say("INVITE", 1, "c1");
    say("OPTIONS", 1, "c2");
    expect([us.sent, us.told, us.agent.counters()]).toEqual([["503", "503"], [], { malformed: 0, calls: 0, transactions: 0 }]);
    how.overloaded = false;
    say("OPTIONS", 1, "c3");
    say("INVITE", 1, "c4");
    expect(us.sent.slice(2)).toEqual(["200", "200"]);
  });

  test("each repetition of a call gets the same Retry-After, and different calls different ones within the limits", () => {
    const { how, us, say } = bench();
    how.overloaded = true;
    say("INVITE", 1, "again");
    say("INVITE", 1, "again");
    expect(us.posted[0]).toEqual(us.posted[1]);
    for (let n = 0; n < 200; n += 1) say("INVITE", 1, `call-${n}`);
    const seconds = new Set(retryAfter(us));
    expect([...seconds].sort((x, y) => x - y)).toEqual(Array.from({ length: OVERLOAD_SPREAD_SEC + 1 }, (_, n) => OVERLOAD_RETRY_SEC + n));
  });

  test("a call that is up holds, asks, is refreshed and ends as always; telephones go on registering", () => {
    const { how, us, say } = bench();
    say("INVITE", 1, "up");
    const tag = tagOf(us);
    say("ACK", 1, "up", tag);
    how.overloaded = true;
    say("INVITE", 2, "up", tag);
    say("ACK", 2, "up", tag);
    say("OPTIONS", 3, "up", tag);
    say("UPDATE", 4, "up", tag);
    say("BYE", 5, "up", tag);
    expect(us.sent).toEqual(["200", "200", "200", "200", "200"]);
    say("REGISTER", 1, "phone", "", "Expires: 600");
    expect(us.sent.at(-1)).toBe("200");
  });
});
