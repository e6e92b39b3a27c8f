// Whom we call is for the server to say, never for the far side of a call: REFER and Replaces are declined, and nothing happens.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { freePort } from "../support/ports.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { startBaresip, type Baresip } from "./baresip.ts";
import { audioSdp, openRawCaller, type RawCaller } from "./raw-caller.ts";

let sut: SwitchProcess, caller: RawCaller, phone: Baresip, carrier: RawCaller;
beforeAll(async () => {
  const target = await freePort();
  // Whatever the switch dialled would come here.
  sut = await startSwitch({ targetPort: target, rtpPorts: "17000-17198" });
  attend(sut);
  caller = await openRawCaller(sut.sipPort);
  carrier = await openRawCaller(sut.sipPort, { port: target });
  phone = await startBaresip(440);
}, 30_000);
afterAll(async () => { caller.close(); carrier.close(); await phone.stop(); await sut.stop(); });

const dialledOut = (): readonly string[] => [...carrier.got, ...caller.got].filter((g) => g.startsWith("INVITE "));
const legsUp = async (): Promise<number> => (await sut.command({ do: "snapshot" })).snapshot?.legs.filter((l) => l.state === "up").length ?? 0;

describe("REFER and Replaces", () => {
  const targets = ["sip:+19005550100@127.0.0.1", "tel:+882-16-5550100", "sip:011442079460000@127.0.0.1", "sip:4000@127.0.0.1?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc", "sips:+18765550100@127.0.0.1", "http://127.0.0.1/"];
  for (const target of targets) test(`SEC-3 REFER to ${target}: 603 inside the call, 403 outside, no call goes out, and the call goes on`, async () => {
    const call = await caller.call("4000");
    caller.send(caller.request("REFER", 2, { call: call.call, to: call.to, headers: [`Refer-To: <${target}>`, "Referred-By: <sip:+12025550111@127.0.0.1>"] }));
    expect(await caller.final(call.call, "2 REFER")).toMatch(/^SIP\/2\.0 603 /);
    caller.send(caller.request("REFER", 1, { call: `outside-${call.call}`, headers: [`Refer-To: <${target}>`] }));
    expect(await caller.final(`outside-${call.call}`, "1 REFER")).toMatch(/^SIP\/2\.0 403 /);
    expect(await legsUp()).toBe(1);
    await call.bye();
    await wait(50);
    expect(dialledOut()).toEqual([]);
  }, 20_000);

  test("SEC-3 an INVITE that replaces a call: 603 for the call that is there, 481 for one that is not, and the call goes on", async () => {
    const call = await caller.call("4000");
    const fromTag = /\r\nFrom: [^\r]*;tag=([^;\r]+)/.exec(call.answer)?.[1] ?? "";
    const replaces = `Replaces: ${call.call};to-tag=${call.to.slice(5)};from-tag=${fromTag}`;
    caller.send(caller.request("INVITE", 1, { call: "taker", body: audioSdp(9_998), headers: [replaces] }));
    expect(await caller.final("taker", "1 INVITE")).toMatch(/^SIP\/2\.0 603 /);
    caller.send(caller.request("INVITE", 1, { call: "guesser", body: audioSdp(9_998), headers: [replaces.replace(fromTag, "guess")] }));
    expect(await caller.final("guesser", "1 INVITE")).toMatch(/^SIP\/2\.0 481 /);
    expect(await legsUp()).toBe(1);
    await call.bye();
  }, 20_000);

  test("baresip transfers: it hears that this is declined, hangs up by itself, and no call goes out", async () => {
    phone.command("dial", `sip:4000@127.0.0.1:${sut.sipPort}`);
    await phone.event("CALL_ESTABLISHED");
    const { leg } = await sut.event("leg.incoming", (e) => e.from === "+12025550143");
    await wait(500);
    phone.command("transfer", "sip:+19005550100@127.0.0.1");
    await phone.event("TRANSFER_FAILED");
    expect(await sut.event("leg.ended", (e) => e.leg === leg)).toMatchObject({ cause: "hangup", by: "peer" });
    expect(dialledOut()).toEqual([]);
  }, 30_000);

  for (const [method, status] of [["MESSAGE", 405], ["SUBSCRIBE", 405], ["PUBLISH", 405], ["NOTIFY", 405], ["PRACK", 405]] as const) {
    test(`${method} inside a call: ${status} with what we allow, and the call goes on`, async () => {
      const call = await caller.call("4000");
      caller.send(caller.request(method, 2, { call: call.call, to: call.to, headers: ["Event: x", "RAck: 1 1 INVITE"] }));
      const answer = await caller.final(call.call, `2 ${method}`);
      expect(answer).toMatch(new RegExp(`^SIP/2\\.0 ${status} `));
      expect(answer).toContain("\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO\r\n");
      await call.bye();
    });
  }
});
