// The switch calls SIPp: what carriers answer.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { freePort } from "../support/ports.ts";
import { runSipp, type Transport } from "./run-sipp.ts";
import { expectRequest, expectStatus, pause, respond, respondInside, scenario, sdp, type Step } from "./scenario.ts";

let legs = 0;
interface Flow { readonly steps: readonly Step[]; readonly cause: string; readonly answered: boolean; readonly ringTimeoutMs?: number; readonly hangUpAfterMs?: number; readonly args?: readonly string[] }
const incoming = expectRequest("INVITE");
const refused = (status: number, reason: string): readonly Step[] => [incoming, respond(100, "Trying"), respond(status, reason, "", true), expectRequest("ACK")];
const answered: readonly Step[] = [incoming, respond(180, "Ringing"), respond(200, "OK", sdp(), true), expectRequest("ACK")];

const flows: Readonly<Record<string, Flow>> = {
  "answered, and they hang up": { steps: [...answered, pause(500), byeFromThem()], cause: "hangup", answered: true },
  "answered, and we hang up": { steps: [...answered, expectRequest("BYE"), respondInside(200, "OK")], cause: "hangup", answered: true, hangUpAfterMs: 500 },
  // SIPp takes a BYE for unexpected while it waits for an ACK that was lost.
  "answered through 15 % loss": { steps: [incoming, respond(180, "Ringing"), respond(200, "OK", sdp(), true), expectRequest("ACK", true), expectRequest("BYE"), respondInside(200, "OK")], cause: "hangup", answered: true, hangUpAfterMs: 500, args: ["-lost", "15"] },
  "early media, then answered": { steps: [incoming, respond(183, "Session Progress", sdp()), pause(300), respond(200, "OK", sdp(), true), expectRequest("ACK"), pause(200), byeFromThem()], cause: "hangup", answered: true },
  "busy": { steps: refused(486, "Busy Here"), cause: "busy", answered: false },
  "declined": { steps: refused(603, "Decline"), cause: "declined", answered: false },
  "no such number": { steps: refused(404, "Not Found"), cause: "not-found", answered: false },
  "no answer by their clock": { steps: [incoming, respond(180, "Ringing"), respond(480, "Temporarily Unavailable", "", true), expectRequest("ACK")], cause: "no-answer", answered: false },
  "no answer by ours: CANCEL": { steps: [incoming, respond(180, "Ringing"), expectRequest("CANCEL"), respondInside(200, "OK"), cancelledInvite(), expectRequest("ACK")], cause: "no-answer", answered: false, ringTimeoutMs: 1_500 },
  "out of service": { steps: refused(503, "Service Unavailable"), cause: "unreachable", answered: false },
};

/** BYE in the dialog that the INVITE opened, from the callee's side. */
function byeFromThem(): Step {
  return `  <send retrans="500"><![CDATA[\nBYE [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom: [$callee]\nTo: [$caller]\nCall-ID: [call_id]\nCSeq: 1 BYE\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>\n${expectStatus(200)}`;
}
/** 487 to the INVITE, whose headers were kept when it came. */
function cancelledInvite(): Step {
  return `  <send retrans="500"><![CDATA[\nSIP/2.0 487 Request Terminated\n[last_Via:]\n[last_From:]\nTo: [$callee]\n[last_Call-ID:]\nCSeq: [$cseq] INVITE\nContent-Length: 0\n\n]]></send>\n`;
}
const KEEP = `<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/><ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/><ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/><assignstr assign_to="callee" value="[$to];tag=[pid]uas[call_number]"/><log message="[$caller][$callee][$cseq]"/></action>`;
const keeping = (steps: readonly Step[]): Step[] => steps.map((s, i) => (i === 0 ? `  <recv request="INVITE" rrs="true">${KEEP}</recv>\n` : s));

/** Losing what TCP has delivered would be no network that exists. */
const isPossible = (transport: Transport, args: readonly string[] | undefined): boolean => transport === "udp" || args?.includes("-lost") !== true;

describe.each<Transport>(["udp", "tcp"])("the switch calls SIPp by %s", (transport) => {
  let sut: SwitchProcess, target: number;
  beforeAll(async () => {
    target = await freePort();
    sut = await startSwitch({ trunk: { target: { host: "127.0.0.1", port: target, transport } } });
  }, 30_000);
  afterAll(() => sut.stop());

  for (const [name, flow] of Object.entries(flows)) if (isPossible(transport, flow.args)) test(name, async () => {
    legs += 1;
    const leg = `out-${legs}`;
    const run = await runSipp({ xml: scenario("callee", ...keeping(flow.steps)), port: target, transport, ...(flow.args ? { args: flow.args } : {}) });
    await sut.command({ do: "leg.dial", leg, trunk: "lab", to: "+12025550143", from: "+12025550100", ringTimeoutMs: flow.ringTimeoutMs ?? 20_000 });
    if (flow.answered) {
      await sut.event("leg.answered", (e) => e.leg === leg, 15_000);
      if (flow.hangUpAfterMs) { await new Promise((r) => { setTimeout(r, flow.hangUpAfterMs); }); await sut.command({ do: "leg.hangup", leg }); }
    }
    const ended = await sut.event("leg.ended", (e) => e.leg === leg, 30_000);
    const { code, log } = await run.exit;
    expect(ended.cause, log.slice(-6_000)).toBe(flow.cause);
    expect(code, log.slice(-6_000)).toBe(0);
  }, 60_000);

  test("nobody there: unreachable", async () => {
    await sut.command({ do: "leg.dial", leg: `out-void-${transport}`, trunk: "lab", to: "+12025550143", from: "+12025550100", ringTimeoutMs: 3_000 });
    const ended = await sut.event("leg.ended", (e) => e.leg === `out-void-${transport}`, 40_000);
    expect(["unreachable", "no-answer"]).toContain(ended.cause);
  }, 50_000);
});
