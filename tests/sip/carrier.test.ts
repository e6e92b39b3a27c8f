// What carriers ask of those who connect to them: passwords in both directions, registration, another target when one is down.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { Trunk } from "@ringdesk/contract/switch";
import { freePort } from "../support/ports.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { runSipp, type Transport } from "./run-sipp.ts";
import { ack, ackRefusal, bye, expectRequest, expectStatus, invite, pause, provisional, respond, respondInside, scenario, sdp, type Step } from "./scenario.ts";

const open: { stop: () => unknown }[] = [];
afterEach(async () => { for (const one of open.splice(0)) await one.stop(); });
const starting = async (trunk: Partial<Trunk>): Promise<SwitchProcess> => {
  const sut = await startSwitch({ trunk });
  open.push(sut);
  attend(sut);
  return sut;
};
const account = { user: "trunk", password: "secret", realm: null, registers: false, demanded: false };
const dial = (sut: SwitchProcess, leg: string) => sut.command({ do: "leg.dial", leg, trunk: "lab", to: "+12025550143", from: "+12025550100", ringTimeoutMs: 20_000 });

/** SIPp's INVITE with the answer to our challenge. */
const authorised = (cseq: number): Step => invite().replace("CSeq: 1 INVITE", `CSeq: ${cseq} INVITE`).replace("Contact:", "[authentication username=trunk password=secret]\nContact:");
const challenged: Step = '  <recv response="401" auth="true"/>\n';

describe("they prove who they are", () => {
  const demanded = { ...account, demanded: true, algorithm: "MD5" as const };
  const toUs = (sut: SwitchProcess, password: string, ...steps: Step[]) => runSipp({
    xml: scenario("auth", invite(), provisional(), challenged, ackRefusal(), authorised(2), provisional(), ...steps), service: "4000", remote: `127.0.0.1:${sut.sipPort}`,
    args: ["-au", "trunk", "-ap", password, "-auth_uri", `4000@127.0.0.1:${sut.sipPort}`],
  });

  test("an INVITE gets 401, and with the right answer a call", async () => {
    const sut = await starting({ account: demanded });
    const run = await toUs(sut, "secret", expectStatus(200), ack(2), pause(300), bye(3));
    const { code, log } = await run.exit;
    expect(code, log.slice(-6_000)).toBe(0);
    expect((await sut.event("leg.ended")).cause).toBe("hangup");
  }, 40_000);

  test("SEC-3: with a wrong one it gets 401 again, and nobody hears of it", async () => {
    const sut = await starting({ account: { ...demanded, password: "another" } });
    const run = await toUs(sut, "wrong", expectStatus(401));
    const { code, log } = await run.exit;
    expect(code, log.slice(-6_000)).toBe(0);
    expect((await sut.command({ do: "snapshot" })).snapshot?.legs).toEqual([]);
  }, 40_000);
});

describe.each<Transport>(["udp", "tcp"])("we prove who we are by %s", (transport) => {
  /** `again`: repeated until the ACK; a REGISTER has none. */
  const challenge = (status: 401 | 407, more = "", again = true): Step => respond(status, "Prove it", "", again)
    .replace("Contact:", `${status === 401 ? "WWW" : "Proxy"}-Authenticate: Digest realm="trunk.example", nonce="47364c23432d2e131a5fb210812c", algorithm=MD5${more}\nContact:`);
  const withCredentials = (header: string): Step =>
    `  <recv request="INVITE" rrs="true"><action><ereg regexp="username=.trunk.*response=.[0-9a-f]{32}" search_in="hdr" header="${header}:" check_it="true" assign_to="u"/>${header === "Authorization" ? '<verifyauth assign_to="ok" username="trunk" password="secret"/><log message="[$ok]"/>' : ""}<log message="[$u]"/></action></recv>\n`;
  const answered = [respond(180, "Ringing"), respond(200, "OK", sdp(), true), expectRequest("ACK"), expectRequest("BYE"), respondInside(200, "OK")];
  /** SIPp ends the call when its own sum differs. */
  const verified = '  <nop test="ok" next="1"/>\n  <nop><action><exec int_cmd="stop_now"/></action></nop>\n  <label id="1"/>\n';

  for (const [name, steps] of Object.entries({
    "401, without quality of protection": [expectRequest("INVITE"), challenge(401), expectRequest("ACK"), withCredentials("Authorization"), verified, ...answered],
    "407, with quality of protection and opaque": [expectRequest("INVITE"), challenge(407, ', qop="auth", opaque="o"'), expectRequest("ACK"), withCredentials("Proxy-Authorization"), ...answered],
  })) test(name, async () => {
    const port = await freePort();
    const sut = await starting({ target: { host: "127.0.0.1", port, transport }, account });
    const run = await runSipp({ xml: scenario("challenge", ...steps), port, transport });
    await dial(sut, "out");
    await sut.event("leg.answered", (e) => e.leg === "out", 15_000);
    await sut.command({ do: "leg.hangup", leg: "out" });
    const { code, log } = await run.exit;
    expect(code, log.slice(-6_000)).toBe(0);
  }, 40_000);

  test("a wrong password ends the call as not allowed, after one try", async () => {
    const port = await freePort();
    const sut = await starting({ target: { host: "127.0.0.1", port, transport }, account });
    const run = await runSipp({ xml: scenario("wrong", expectRequest("INVITE"), challenge(401), expectRequest("ACK"), expectRequest("INVITE"), challenge(401), expectRequest("ACK")), port, transport });
    await dial(sut, "out");
    expect((await sut.event("leg.ended", (e) => e.leg === "out", 15_000)).cause).toBe("not-allowed");
    expect((await run.exit).code).toBe(0);
  }, 40_000);

  test("we register with our password, and the server hears of it", async () => {
    const port = await freePort();
    const registered = '  <recv request="REGISTER" rrs="true"><action><ereg regexp="username=.trunk" search_in="hdr" header="Authorization:" check_it="true" assign_to="u"/><log message="[$u]"/></action></recv>\n';
    const run = await runSipp({ xml: scenario("register", expectRequest("REGISTER"), challenge(401, ', qop="auth"', false), registered, respond(200, "OK").replace("Contact:", "Expires: 300\nContact:")), port, transport });
    const sut = await starting({ target: { host: "127.0.0.1", port, transport }, account: { ...account, registers: true } });
    await sut.event("trunk.state", (e) => e.registration === "registered");
    const { code, log } = await run.exit;
    expect(code, log.slice(-6_000)).toBe(0);
    expect((await sut.command({ do: "snapshot" })).snapshot?.trunks).toMatchObject([{ trunk: "lab", registration: "registered" }]);
  }, 40_000);
});

describe("carrier trunk down: the next target gets the call", () => {
  const answering: readonly Step[] = [expectRequest("INVITE"), respond(180, "Ringing"), respond(200, "OK", sdp(), true), expectRequest("ACK"), expectRequest("BYE"), respondInside(200, "OK")];
  const first: Readonly<Record<string, { readonly transport: Transport; readonly steps: readonly Step[] | null; readonly withinMs: number }>> = {
    "silence": { transport: "udp", steps: null, withinMs: 5_000 },
    "no connection": { transport: "tcp", steps: null, withinMs: 1_000 },
    "503": { transport: "udp", steps: [expectRequest("INVITE"), respond(503, "Service Unavailable", "", true), expectRequest("ACK")], withinMs: 1_000 },
  };
  for (const [name, { transport, steps, withinMs }] of Object.entries(first)) test(`${name}: within ${withinMs} ms, and the one after at once`, async () => {
    const [dead, alive] = [await freePort(), await freePort()];
    const sut = await starting({ target: { host: "127.0.0.1", port: dead, transport }, fallbacks: [{ host: "127.0.0.1", port: alive, transport }], probes: false });
    if (steps !== null) open.push(await runSipp({ xml: scenario("down", ...steps), port: dead, transport }));
    for (const [leg, limit] of [["first", withinMs], ["second", 1_000]] as const) {
      const run = await runSipp({ xml: scenario("up", ...answering), port: alive, transport });
      const at = performance.now();
      await dial(sut, leg);
      await sut.event("leg.answered", (e) => e.leg === leg, 15_000);
      expect(performance.now() - at).toBeLessThan(limit);
      await sut.command({ do: "leg.hangup", leg });
      const { code, log } = await run.exit;
      expect(code, log.slice(-6_000)).toBe(0);
    }
  }, 60_000);

  test("0 double rings: a target that rings keeps the call, also when it fails then", async () => {
    const [ringing, other] = [await freePort(), await freePort()];
    const sut = await starting({ target: { host: "127.0.0.1", port: ringing }, fallbacks: [{ host: "127.0.0.1", port: other }], probes: false });
    const witness = createSocket("udp4").bind(other, "127.0.0.1");
    await once(witness, "listening");
    let heard = 0;
    witness.on("message", () => { heard++; });
    const run = await runSipp({ xml: scenario("rings", expectRequest("INVITE"), respond(180, "Ringing"), pause(300), respond(503, "Service Unavailable", "", true), expectRequest("ACK")), port: ringing });
    await dial(sut, "rung");
    expect((await sut.event("leg.ended", (e) => e.leg === "rung", 15_000)).cause).toBe("unreachable");
    expect((await run.exit).code).toBe(0);
    await wait(300);
    witness.close();
    expect(heard).toBe(0);
  }, 30_000);

  test("OPTIONS: two without an answer and a target is down, three with one and it is back", async () => {
    const [alive, flaky] = [await freePort(), await freePort()];
    const asked = [alive, flaky].map((port) => {
      const socket = createSocket("udp4").bind(port, "127.0.0.1");
      const state = { answers: port === alive, asked: 0 };
      socket.on("message", (bytes, from) => {
        const lines = bytes.toString().split("\r\n");
        if (!lines[0]?.startsWith("OPTIONS ")) return;
        state.asked++;
        const copied = lines.filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line)).map((line) => (line.startsWith("To:") ? `${line};tag=x` : line));
        if (state.answers) socket.send(["SIP/2.0 200 OK", ...copied, "Content-Length: 0", "", ""].join("\r\n"), from.port, from.address);
      });
      open.push({ stop: () => socket.close() });
      return state;
    });
    const sut = await starting({ target: { host: "127.0.0.1", port: flaky }, fallbacks: [{ host: "127.0.0.1", port: alive }] });
    const at = performance.now();
    await sut.event("trunk.state", (e) => e.targets[0]?.state === "down" && e.targets[1]?.state === "up", 40_000);
    expect(performance.now() - at).toBeLessThan(25_000);
    asked[1]!.answers = true;
    await sut.event("trunk.state", (e) => e.targets.every(({ state }) => state === "up"), 60_000);
    expect(asked[0]!.asked).toBeLessThan(8);
  }, 120_000);
});
