// The timers of RFC 3261 §17 and RFC 6026 as tables: when is what sent, when does a transaction end.
import type { Millis } from "@ringdesk/std";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Flow, Received } from "../flow.ts";
import { parseMessage, printMessage, noBody, type SipRequest, type SipResponse } from "../syntax/index.ts";
import { Timers } from "../timers.ts";
import { createResponse, replyFlow, TransactionLayer, type ClientTransaction, type ServerTransaction } from "./index.ts";

const udp: Flow = { transport: "udp", address: "192.0.2.1", port: 5060 };
const tcp: Flow = { ...udp, transport: "tcp" };
const peer = "trunk";

function world(flow: Flow = udp) {
  const timers = new Timers();
  const sent: { at: number; line: string }[] = [];
  let now = 0;
  const layer = new TransactionLayer(timers, (bytes) => {
    const line = new TextDecoder().decode(bytes).split("\r\n", 1)[0] ?? "";
    sent.push({ at: now, line: line.replace("SIP/2.0 ", "").split(" ")[0] ?? "" });
  }, 1_000);
  const told: string[] = [];
  const at = (): Millis => now as Millis;
  /** Moves time on, firing every timer at its own instant. */
  const until = (end: number): void => {
    for (let due = timers.deadline(); due !== null && due <= end; due = timers.deadline()) {
      now = due;
      timers.run(due);
    }
    now = end;
  };
  const client = (method: string): ClientTransaction => layer.request(request(method), flow, peer, {
    response: ({ message }) => told.push(String(message.status)),
    timeout: () => told.push("timeout"),
  }, at());
  const respond = (method: string, status: number, toTag = "t"): boolean => layer.receiveResponse(response(method, status, toTag), at());
  /** The transaction that a request starts; null when one has absorbed it. */
  const arrive = (request: Received<SipRequest>): ServerTransaction | null => (layer.absorb(request, at()) ? null : layer.create(request));
  const receive = (method: string): ServerTransaction | null => arrive(received(method, flow));
  return { timers, layer, sent, told, at, until, client, respond, arrive, receive, times: () => sent.map((s) => s.at) };
}

const request = (method: string, branch = "z9hG4bKx"): SipRequest => ({
  kind: "request", method, uri: "sip:c@d", body: noBody,
  headers: [["via", `SIP/2.0/UDP 198.51.100.1:5060;branch=${branch}`], ["from", "<sip:a@b>;tag=f"], ["to", "<sip:c@d>"], ["call-id", "x"], ["cseq", `1 ${method}`], ["route", "<sip:p;lr>"]]
    .map(([name = "", value = ""]) => ({ name, value })),
});
function received(method: string, from: Flow, branch?: string): Received<SipRequest> {
  const parsed = parseMessage(printMessage(request(method, branch)));
  if (parsed.outcome !== "request") throw new Error(parsed.outcome);
  return { message: parsed.request, envelope: parsed.envelope, from, peer };
}
function response(method: string, status: number, toTag: string): Received<SipResponse> {
  const parsed = parseMessage(printMessage(createResponse(request(method), udp, status, { toTag })));
  if (parsed.outcome !== "response") throw new Error(parsed.outcome);
  return { message: parsed.response, envelope: parsed.envelope, from: udp, peer };
}
/** Starts a server transaction and answers it. */
function served(w: ReturnType<typeof world>, method: string, status: number, flow: Flow = udp): void {
  const transaction = w.receive(method);
  transaction?.respond(createResponse(transaction.received.message, flow, status, { toTag: "t" }), w.at());
}

describe("client INVITE", () => {
  test("timer A doubles from T1, timer B ends it after 64*T1", () => {
    const w = world();
    w.client("INVITE");
    w.until(40_000);
    expect(w.times()).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(w.told).toEqual(["timeout"]);
    expect(w.layer.size).toBe(0);
    expect(w.timers.size).toBe(0);
  });

  test("a reliable transport sends once, and timer B still ends it", () => {
    const w = world(tcp);
    w.client("INVITE");
    w.until(40_000);
    expect(w.times()).toEqual([0]);
    expect(w.told).toEqual(["timeout"]);
  });

  test("a provisional response stops retransmission and timer B", () => {
    const w = world();
    w.client("INVITE");
    w.until(600);
    w.respond("INVITE", 180);
    w.until(200_000);
    expect(w.times()).toEqual([0, 500]);
    expect(w.told).toEqual(["180"]);
    expect(w.layer.size).toBe(1);
  });

  test("a failure is acknowledged with the INVITE's branch and route, again for every repetition, and forgotten after timer D", () => {
    const w = world();
    const client = w.client("INVITE");
    w.respond("INVITE", 486);
    w.respond("INVITE", 486);
    expect(w.sent.map((s) => s.line)).toEqual(["INVITE", "ACK", "ACK"]);
    expect(w.told).toEqual(["486"]);
    w.until(31_999);
    expect(client.state).toBe("completed");
    w.until(32_000);
    expect(client.state).toBe("terminated");
    expect(w.respond("INVITE", 486)).toBe(false);
  });

  test("RFC 6026: every 2xx reaches the user for 64*T1 (timer M), and no ACK is sent here", () => {
    const w = world();
    const client = w.client("INVITE");
    w.respond("INVITE", 200, "one");
    w.respond("INVITE", 200, "two");
    w.respond("INVITE", 486);
    expect(client.state).toBe("accepted");
    expect(w.told).toEqual(["200", "200"]);
    expect(w.sent).toHaveLength(1);
    w.until(32_000);
    expect(w.layer.size).toBe(0);
  });
});

describe("client non-INVITE", () => {
  test("timer E doubles up to T2, timer F ends it after 64*T1", () => {
    const w = world();
    w.client("BYE");
    w.until(40_000);
    expect(w.times()).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(w.told).toEqual(["timeout"]);
  });

  test("after a provisional response timer E runs at T2", () => {
    const w = world();
    w.client("BYE");
    w.until(600);
    w.respond("BYE", 100);
    w.until(10_000);
    expect(w.times()).toEqual([0, 500, 1_500, 5_500, 9_500]);
  });

  test("a final response is told once; timer K absorbs repetitions for T4", () => {
    const w = world();
    const client = w.client("BYE");
    w.respond("BYE", 200);
    w.respond("BYE", 200);
    expect(w.told).toEqual(["200"]);
    w.until(4_999);
    expect(client.state).toBe("completed");
    w.until(5_000);
    expect(client.state).toBe("terminated");
  });

  test("a response with another branch or method is not ours", () => {
    const w = world();
    w.client("BYE");
    expect(w.respond("INVITE", 200)).toBe(false);
  });
});

describe("server INVITE", () => {
  test("a failure is repeated by timer G (T1 up to T2) until timer H", () => {
    const w = world();
    served(w, "INVITE", 486);
    w.until(40_000);
    expect(w.times()).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(w.layer.size).toBe(0);
  });

  test("over a reliable transport a failure is sent once", () => {
    const w = world(tcp);
    served(w, "INVITE", 486, tcp);
    w.until(40_000);
    expect(w.times()).toEqual([0]);
  });

  test("the ACK stops it, timer I absorbs more ACKs for T4", () => {
    const w = world();
    served(w, "INVITE", 486);
    w.until(600);
    expect(w.layer.absorb(received("ACK", udp), w.at())).toBe(true);
    expect(w.layer.absorb(received("ACK", udp), w.at())).toBe(true);
    w.receive("INVITE");
    w.until(5_599);
    expect(w.times()).toEqual([0, 500]);
    expect(w.layer.size).toBe(1);
    w.until(5_600);
    expect(w.layer.size).toBe(0);
  });

  test("a repeated INVITE gets the last response again", () => {
    const w = world();
    served(w, "INVITE", 180);
    expect(w.receive("INVITE")).toBeNull();
    expect(w.sent.map((s) => s.line)).toEqual(["180", "180"]);
  });

  test("RFC 6026: after a 2xx the ACK belongs to the dialog, and timer L forgets after 64*T1", () => {
    const w = world();
    served(w, "INVITE", 200);
    expect(w.receive("INVITE")).toBeNull();
    expect(w.layer.absorb(received("ACK", udp), w.at())).toBe(false);
    w.until(31_999);
    expect(w.sent).toHaveLength(1);
    expect(w.layer.size).toBe(1);
    w.until(32_000);
    expect(w.layer.size).toBe(0);
  });
});

describe("server non-INVITE", () => {
  test("nothing is repeated before a response; the final one for timer J", () => {
    const w = world();
    const transaction = w.receive("OPTIONS");
    w.receive("OPTIONS");
    expect(w.sent).toEqual([]);
    transaction?.respond(createResponse(transaction.received.message, udp, 200), w.at());
    transaction?.respond(createResponse(transaction.received.message, udp, 500), w.at());
    w.receive("OPTIONS");
    expect(w.sent.map((s) => s.line)).toEqual(["200", "200"]);
    w.until(31_999);
    expect(w.layer.size).toBe(1);
    w.until(32_000);
    expect(w.layer.size).toBe(0);
  });
});

describe("matching", () => {
  test("the same request by another path is merged (RFC 3261 §8.2.2.2)", () => {
    const w = world();
    w.receive("INVITE");
    const other = received("INVITE", udp, "z9hG4bKother");
    expect(w.layer.absorb(other, w.at())).toBe(false);
    expect(w.layer.isMerged(other)).toBe(true);
    w.until(100_000);
  });

  test("another neighbour cannot touch a transaction", () => {
    const w = world();
    w.receive("INVITE");
    expect(w.layer.inviteOf({ ...received("CANCEL", udp), peer: "other" })).toBeNull();
    expect(w.layer.inviteOf(received("CANCEL", udp))).not.toBeNull();
  });

  test("RFC 4475 §3.2.1: the bare cookie as branch merges nothing that differs elsewhere", () => {
    const w = world();
    const one = received("OPTIONS", udp, "z9hG4bK");
    const two: typeof one = { ...one, envelope: { ...one.envelope, callId: "y" } };
    expect([one, two, one].map((r) => w.arrive(r) !== null)).toEqual([true, true, false]);
  });

  test("a full table says so", () => {
    const layer = new TransactionLayer(new Timers(), () => {}, 1);
    expect(layer.isFull).toBe(false);
    layer.create(received("BYE", udp));
    expect(layer.isFull).toBe(true);
  });
});

describe("where a response goes (SEC-3: to the packet's own source, never to a third party)", () => {
  const source: Flow = { transport: "udp", address: "192.0.2.9", port: 40_000 };
  const cases: readonly (readonly [via: string, port: number, added: string])[] = [
    ["SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKx", 5_070, ""],
    ["SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx", 5_060, ""],
    ["SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx", 40_000, ";received=192.0.2.9"],
    ["SIP/2.0/UDP 169.254.169.254;branch=z9hG4bKx;maddr=224.0.0.1", 40_000, ";received=192.0.2.9"],
    ["SIP/2.0/UDP host.example;branch=z9hG4bKx", 40_000, ";received=192.0.2.9"],
  ];
  for (const [via, port, added] of cases) {
    test(via, () => {
      const base = received("OPTIONS", source);
      const message = { ...base.message, headers: [{ name: "via", value: via }, ...base.message.headers.slice(1)] };
      const parsed = parseMessage(printMessage(message));
      if (parsed.outcome !== "request") throw new Error(parsed.outcome);
      expect(replyFlow({ ...base, message, envelope: parsed.envelope })).toEqual({ ...source, port });
      expect(createResponse(message, source, 200).headers[0]?.value).toBe(via + added);
    });
  }

  test("rport is filled in, and answered there (RFC 3581)", () => {
    const message = { ...request("OPTIONS"), headers: [{ name: "via", value: "SIP/2.0/UDP h;rport;branch=z9hG4bKx" }, ...request("OPTIONS").headers.slice(1)] };
    const parsed = parseMessage(printMessage(message));
    expect(parsed.outcome === "request" && replyFlow({ ...received("OPTIONS", source), message, envelope: parsed.envelope })).toEqual(source);
    expect(createResponse(message, source, 200).headers[0]?.value).toBe("SIP/2.0/UDP h;rport=40000;branch=z9hG4bKx;received=192.0.2.9");
  });
});

describe("the clockwork", () => {
  test("timers fire in order of their instants, whatever was started and stopped before", () => {
    const step = fc.record({ at: fc.nat(1_000), stop: fc.option(fc.nat()) });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const timers = new Timers();
      const fired: number[] = [];
      const started: { at: number; timer: ReturnType<Timers["start"]> }[] = [];
      for (const { at, stop } of steps) {
        started.push({ at, timer: timers.start(at as Millis, () => void fired.push(at)) });
        const victim = stop === null ? undefined : started[stop % started.length];
        if (victim === undefined) continue;
        timers.stop(victim.timer);
        started.splice(started.indexOf(victim), 1);
      }
      expect(timers.size).toBe(started.length);
      timers.run(1_000 as Millis);
      expect(fired).toEqual(started.map((s) => s.at).sort((a, b) => a - b));
      expect(timers.deadline()).toBeNull();
    }));
  });
});
