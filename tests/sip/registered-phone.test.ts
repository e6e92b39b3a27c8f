// A telephone that registers, as people set theirs up: baresip against a switch of its own.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { attend } from "./attendant.ts";
import { startBaresip, type Baresip } from "./baresip.ts";

const NUMBER = "+12025550150";
let sut: SwitchProcess, phone: Baresip | null = null;
beforeAll(async () => {
  sut = await startSwitch();
  await sut.command({ do: "trunks.set", trunks: [{ id: "lab", sources: ["127.0.0.0/8"], target: null, registers: true }] });
}, 30_000);
afterEach(async () => { await phone?.stop(); phone = null; });
afterAll(() => sut.stop());

describe("baresip, registered", () => {
  test("is known by its number, is rung there, calls with it, and is forgotten when it quits", async () => {
    phone = await startBaresip(440, { register: { number: NUMBER, sipPort: sut.sipPort } });
    expect(await sut.event("phone.registered")).toMatchObject({ trunk: "lab", number: NUMBER });
    expect((await sut.command({ do: "snapshot" })).snapshot?.phones).toEqual([{ trunk: "lab", number: NUMBER }]);

    const leg = "to-phone";
    await sut.command({ do: "leg.dial", leg, trunk: "lab", to: NUMBER, from: "+12025550100", ringTimeoutMs: 20_000 });
    await phone.event("CALL_INCOMING");
    await sut.event("leg.ringing", (e) => e.leg === leg);
    phone.command("accept");
    await sut.event("leg.answered", (e) => e.leg === leg);
    await sut.event("leg.media-connected", (e) => e.leg === leg);
    await sut.command({ do: "leg.hangup", leg });
    await phone.event("CALL_CLOSED");

    attend(sut);
    phone.command("dial", `sip:4000@127.0.0.1:${sut.sipPort}`);
    expect(await sut.event("leg.incoming")).toMatchObject({ from: NUMBER, to: "4000" });

    await phone.stop();
    phone = null;
    await sut.event("phone.unregistered", (e) => e.number === NUMBER);
    await expect(sut.command({ do: "leg.dial", leg: "late", trunk: "lab", to: NUMBER, from: "+12025550100", ringTimeoutMs: 20_000 })).rejects.toThrow("phone-not-registered");
  }, 40_000);

  test("SEC-3 with an account it proves its password", async () => {
    const password = "correct-horse-battery";
    await sut.command({ do: "trunks.set", trunks: [{ id: "lab", sources: ["127.0.0.0/8"], target: null, registers: "accounts" }] });
    await sut.command({ do: "phones.set", accounts: [{ number: "70001234", password }] });
    phone = await startBaresip(440, { register: { number: "70001234", sipPort: sut.sipPort, password } });
    await sut.event("phone.registered", (e) => e.number === "70001234");
    const leg = "to-account";
    await sut.command({ do: "leg.dial", leg, trunk: "lab", to: "70001234", from: "+12025550100", ringTimeoutMs: 20_000 });
    await phone.event("CALL_INCOMING");
    await sut.command({ do: "leg.hangup", leg });
    await phone.event("CALL_CLOSED");
  }, 40_000);

  test("at a fixed address it is rung without registering", async () => {
    phone = await startBaresip(440);
    await sut.command({ do: "trunks.set", trunks: [{ id: "phones", sources: [], target: null, registers: "accounts" }] });
    const leg = "to-contact";
    await sut.command({ do: "leg.dial", leg, trunk: "phones", to: "+12025550143", contact: { host: "127.0.0.1", port: phone.sipPort }, from: "+12025550100", ringTimeoutMs: 20_000 });
    await sut.event("leg.ringing", (e) => e.leg === leg);
    phone.command("accept");
    await sut.event("leg.answered", (e) => e.leg === leg);
    phone.command("hangup");
    expect(await sut.event("leg.ended", (e) => e.leg === leg)).toMatchObject({ cause: "hangup", by: "peer" });
  }, 40_000);
});
