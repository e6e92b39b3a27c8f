// A caller's voice as a level on the control protocol, from real RTP.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRtpPhone } from "../support/rtp-phone.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { attend } from "./attendant.ts";
import { openRawCaller, type RawCaller } from "./raw-caller.ts";

let sut: SwitchProcess, caller: RawCaller;
beforeAll(async () => { sut = await startSwitch(); attend(sut); caller = await openRawCaller(sut.sipPort); }, 30_000);
afterAll(async () => { caller.close(); await sut.stop(); });

const SILENCE_DBOV = -127;
const rtpPortOf = (answer: string): number => Number(/\r\nm=audio (\d+)/.exec(answer)?.[1]);

test("CALL-5 a caller's tone is told as a level while somebody asks, and silence when they fall silent", async () => {
  const phone = await openRtpPhone(440);
  const { answer, bye } = await caller.call("4000", phone.port);
  const { leg } = await sut.event("leg.incoming");
  await sut.command({ do: "leg.levels", leg, on: true });
  phone.talkTo(rtpPortOf(answer));
  const heard = await sut.level(leg, (dbov) => dbov > -40);
  expect(heard).toBeLessThan(-3);
  phone.close();
  await sut.level(leg, (dbov) => dbov === SILENCE_DBOV);
  await sut.command({ do: "leg.levels", leg, on: false });
  await bye();
  await expect(sut.command({ do: "leg.levels", leg, on: true })).rejects.toThrow("leg-unknown");
}, 40_000);
