// Session timers, glare and crossing messages against a whole switch. All interleavings: packages/telecom, races.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRtpPhone } from "../support/rtp-phone.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { rms } from "../support/sound.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { audioSdp, openRawCaller, type RawCaller } from "./raw-caller.ts";

let sut: SwitchProcess, caller: RawCaller;
beforeAll(async () => { sut = await startSwitch({ rtpPorts: "17200-17398" }); attend(sut); caller = await openRawCaller(sut.sipPort); }, 30_000);
afterAll(async () => { caller.close(); await sut.stop(); });

let calls = 0;
/** An INVITE without its ACK. */
async function unacknowledged(): Promise<{ readonly call: string; readonly to: string }> {
  calls += 1;
  const call = `race-${calls}`;
  caller.send(caller.request("INVITE", 1, { call, body: audioSdp(9_999) }));
  const answer = await caller.final(call, "1 INVITE");
  return { call, to: `;tag=${/\r\nTo: [^\r]*;tag=([^;\r]+)/.exec(answer)?.[1] ?? ""}` };
}
const statuses = (call: string, cseq: string): string[] => caller.got.filter((g) => g.startsWith("SIP/2.0") && g.includes(`Call-ID: ${call}\r\n`) && g.includes(`CSeq: ${cseq}\r\n`)).map((g) => g.slice(8, 11));
const noLegs = async (): Promise<void> => expect((await sut.command({ do: "snapshot" })).snapshot?.legs.filter((l) => l.state !== "ended")).toEqual([]);

describe("RFC 5407 against the switch", () => {
  test("CANCEL that crosses the 200: 200 to it, no 487; ACK and BYE end the call", async () => {
    const { call, to } = await unacknowledged();
    caller.send(caller.request("CANCEL", 1, { call }));
    await caller.final(call, "1 CANCEL");
    expect(statuses(call, "1 INVITE")).not.toContain("487");
    caller.send(caller.request("ACK", 1, { call, to, branch: `${call}ack` }));
    caller.send(caller.request("BYE", 2, { call, to }));
    expect(await caller.final(call, "2 BYE")).toContain("200");
    await noLegs();
  });

  test("BYE before the ACK ends the call at once, and the 200 is repeated no more", async () => {
    const { call, to } = await unacknowledged();
    caller.send(caller.request("BYE", 2, { call, to }));
    await caller.final(call, "2 BYE");
    const before = statuses(call, "1 INVITE").length;
    caller.send(caller.request("ACK", 1, { call, to, branch: `${call}ack` }));
    await wait(1_200);
    expect(statuses(call, "1 INVITE")).toHaveLength(before);
    await noLegs();
  });

  test("a lost ACK, then hold: the hold is taken, and the 200 is repeated no more", async () => {
    const { call, to } = await unacknowledged();
    caller.send(caller.request("INVITE", 2, { call, to, body: audioSdp(9_999, "a=sendonly") }));
    expect(await caller.final(call, "2 INVITE")).toMatch(/^SIP\/2\.0 200[^]*a=recvonly/);
    caller.send(caller.request("ACK", 2, { call, to, branch: `${call}ack2` }));
    const before = statuses(call, "1 INVITE").length;
    await wait(1_200);
    expect(statuses(call, "1 INVITE")).toHaveLength(before);
    caller.send(caller.request("BYE", 3, { call, to }));
    await caller.final(call, "3 BYE");
    await noLegs();
  });

  test("two re-INVITEs at once, the first without an offer: the second gets 491, and the call goes on", async () => {
    const { call, to } = await unacknowledged();
    caller.send(caller.request("ACK", 1, { call, to, branch: `${call}ack` }));
    caller.send(caller.request("INVITE", 2, { call, to }));
    caller.send(caller.request("INVITE", 3, { call, to, body: audioSdp(9_999) }));
    // Ours to the first is an offer that only its ACK answers: until then, the second is glare.
    expect(await caller.final(call, "3 INVITE")).toMatch(/^SIP\/2\.0 491 /);
    caller.send(caller.request("ACK", 3, { call, to, branch: `${call}INVITE3` }));
    caller.send(caller.request("ACK", 2, { call, to, branch: `${call}ack2`, body: audioSdp(9_999) }));
    caller.send(caller.request("BYE", 4, { call, to }));
    expect(await caller.final(call, "4 BYE")).toContain("200");
    await noLegs();
  });
});

describe("RFC 4028 against the switch", () => {
  test("422 for an interval that is too short, with our minimum", async () => {
    caller.send(caller.request("INVITE", 1, { call: "short", body: audioSdp(9_999), headers: ["Supported: timer", "Session-Expires: 60"] }));
    expect(await caller.final("short", "1 INVITE")).toMatch(/^SIP\/2\.0 422 [^]*\r\nMin-SE: 90\r\n/);
    await noLegs();
  });

  test("the switch refreshes by UPDATE when it is asked to, and by re-INVITE with the same description where UPDATE is unknown; refused, it ends the call", async () => {
    const phone = await openRtpPhone(440);
    const call = await caller.call("4000", phone.port, ["Supported: timer", "Session-Expires: 90;refresher=uas", "Allow: INVITE, ACK, BYE, UPDATE"]);
    expect(call.answer).toContain("\r\nSession-Expires: 90;refresher=uas\r\n");
    const reply = (request: string, status: string, ...headers: string[]): void => caller.send([`SIP/2.0 ${status}`, ...request.split("\r\n").filter((l) => /^(Via|From|To|Call-ID|CSeq):/.test(l)), ...headers, "Content-Length: 0", "", ""].join("\r\n"));
    const update = await caller.message("UPDATE", (g) => g.startsWith("UPDATE ") && g.includes(call.call), 60_000);
    expect(update).toContain("\r\nSession-Expires: 90;refresher=uac\r\n");
    reply(update, "501 Not Implemented");
    const invite = await caller.message("re-INVITE", (g) => g.startsWith("INVITE ") && g.includes(call.call));
    expect(invite.split("\r\n\r\n")[1]).toBe(call.answer.split("\r\n\r\n")[1]);
    reply(invite, "481 Call Does Not Exist");
    const bye = await caller.message("BYE", (g) => g.startsWith("BYE ") && g.includes(call.call));
    reply(bye, "200 OK");
    phone.close();
    expect((await sut.event("leg.ended", (e) => e.cause === "unreachable")).by).toBe("switch");
    await noLegs();
  }, 90_000);
});

describe("audio before the answer", () => {
  test("leg.progress: 183 with the description that the 200 repeats; what is played is heard before the answer", async () => {
    const phone = await openRtpPhone(440);
    const before = performance.now();
    const call = await caller.call("4183", phone.port);
    const answered = performance.now();
    expect(rms(phone.heard(before, answered))).toBeGreaterThan(100);
    const early = caller.got.find((g) => g.startsWith("SIP/2.0 183") && g.includes(call.call)) ?? "";
    expect(early.split("\r\n\r\n")[1]).toBe(call.answer.split("\r\n\r\n")[1]);
    expect(caller.got.some((g) => g.startsWith("SIP/2.0 180") && g.includes(call.call))).toBe(false);
    await call.bye();
    phone.close();
  }, 20_000);
});
