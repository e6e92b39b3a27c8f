// SIPp calls the switch: the flows that carriers send.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { attend } from "./attendant.ts";
import { runSipp, type Transport } from "./run-sipp.ts";
import { ack, ackRefusal, bye, cancel, expectRequest, expectStatus, inside, invite, outside, pause, provisional, reinvite, respondInside, scenario, sdp } from "./scenario.ts";

let sut: SwitchProcess;
beforeAll(async () => { sut = await startSwitch(); attend(sut); }, 30_000);
afterAll(() => sut.stop());

const flows: Readonly<Record<string, { readonly to: string; readonly xml: string; readonly args?: readonly string[] }>> = {
  "answered, and the caller hangs up": { to: "4000", xml: scenario("basic", invite(), provisional(), expectStatus(200, { regexp: "m=audio [0-9]+ RTP/AVP 0 101" }), ack(), pause(500), bye()) },
  "answered through 15 % loss": { to: "4000", args: ["-lost", "15"], xml: scenario("lossy", invite(), provisional(), expectStatus(200), ack(), pause(500), bye()) },
  "answered, and we hang up": { to: "4009", xml: scenario("bye", invite(), provisional(), expectStatus(200), ack(), expectRequest("BYE"), respondInside(200, "OK")) },
  "A-law only": { to: "4000", xml: scenario("alaw", invite(sdp({ payloadTypes: "8 97", codecs: ["8 PCMA/8000", "97 telephone-event/8000"] })), provisional(), expectStatus(200, { regexp: "RTP/AVP 8 97" }), ack(), bye()) },
  "cancelled while ringing: 487": { to: "4002", xml: scenario("cancel", invite(), '  <recv response="100" optional="true"/>\n', expectStatus(180), pause(200), cancel(), expectStatus(200), expectStatus(487), ackRefusal()) },
  "an unknown number: 404": { to: "4711", xml: scenario("unknown", invite(), provisional(), expectStatus(404), ackRefusal()) },
  "busy: 486": { to: "4486", xml: scenario("busy", invite(), provisional(), expectStatus(486), ackRefusal()) },
  "declined: 603": { to: "4603", xml: scenario("declined", invite(), provisional(), expectStatus(603), ackRefusal()) },
  "unavailable: 480": { to: "4480", xml: scenario("unavailable", invite(), provisional(), expectStatus(480), ackRefusal()) },
  "an SDP without G.711: 488": { to: "4000", xml: scenario("opus", invite(sdp({ payloadTypes: "96", codecs: ["96 opus/48000/2"] })), provisional(), expectStatus(488), ackRefusal()) },
  "a late offer: ours comes in the 200": { to: "4000", xml: scenario("late", outside("INVITE"), provisional(), expectStatus(200, { regexp: "m=audio [0-9]+ RTP/AVP" }), ack(1, sdp()), pause(300), bye()) },
  "hold and resume by re-INVITE": { to: "4000", xml: scenario("hold", invite(), provisional(), expectStatus(200), ack(),
    reinvite(2, sdp({ direction: "sendonly", version: 2 })), '  <recv response="100" optional="true"/>\n', expectStatus(200, { regexp: "a=recvonly" }), ack(2), pause(200),
    reinvite(3, sdp({ direction: "inactive", version: 3, address: "0.0.0.0" })), '  <recv response="100" optional="true"/>\n', expectStatus(200, { regexp: "a=inactive" }), ack(3), pause(200),
    reinvite(4, sdp({ version: 4 })), '  <recv response="100" optional="true"/>\n', expectStatus(200, { regexp: "m=audio [0-9]+ RTP" }), ack(4), bye(5)) },
  "OPTIONS: 200 with what we allow": { to: "4000", xml: scenario("options", outside("OPTIONS"), expectStatus(200, { regexp: "INVITE", header: "Allow" })) },
  "an unknown method: 501": { to: "4000", xml: scenario("unknown-method", outside("FROBNICATE"), expectStatus(501)) },
  "BYE outside any dialog: 481": { to: "4000", xml: scenario("bad-dialog", outside("BYE"), expectStatus(481)) },
  "a method that we do not take inside the call: 405 or 501, and the call goes on": { to: "4000", xml: scenario("publish", invite(), provisional(), expectStatus(200), ack(), inside("PUBLISH", 2), expectStatus(405), bye(3)) },
};

/** Losing what TCP has delivered would be no network that exists. */
const isPossible = (transport: Transport, args: readonly string[] | undefined): boolean => transport === "udp" || args?.includes("-lost") !== true;

describe.each<Transport>(["udp", "tcp"])("SIPp calls the switch by %s", (transport) => {
  for (const [name, flow] of Object.entries(flows)) if (isPossible(transport, flow.args)) test(name, async () => {
    const run = await runSipp({ ...flow, transport, service: flow.to, remote: `127.0.0.1:${sut.sipPort}` });
    const { code, log } = await run.exit;
    expect(code, log.slice(-6_000)).toBe(0);
    expect(sut.alive()).toBe(true);
  }, 40_000);

  test("leaves nothing behind: no leg, bridge or recording", async () => {
    const { snapshot } = await sut.command({ do: "snapshot" });
    expect(snapshot?.legs.filter((l) => l.state !== "ended")).toEqual([]);
    expect(snapshot?.bridges).toEqual([]);
  });

  test("SEC-3: a source that is no trunk gets no answer at all", async () => {
    const run = await runSipp({ transport, xml: scenario("stranger", invite(), expectStatus(100)), service: "4000", remote: `127.0.0.1:${sut.sipPort}`, source: "127.0.0.9", timeoutS: 3 });
    const { code, log } = await run.exit;
    expect(code).not.toBe(0);
    expect(log).not.toMatch(/message received/);
  }, 20_000);
});
