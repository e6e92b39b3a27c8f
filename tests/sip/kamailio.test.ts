// Kamailio in front of two switches, one of which dies (skipped with a message where Kamailio is not installed).
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kamailioIsThere, startKamailio, type Kamailio } from "../support/kamailio.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { runSipp } from "./run-sipp.ts";
import { ack, bye, expectStatus, invite, pause, provisional, scenario } from "./scenario.ts";

const CALLS_WITH_TWO = 20, CALLS_WITH_ONE = 10;
const call = scenario("through-kamailio", invite(), provisional(), expectStatus(200), ack(), pause(100), bye());

describe.skipIf(!kamailioIsThere())("Kamailio in front of two switches (skipped: kamailio is not installed)", () => {
  let switches: SwitchProcess[], edge: Kamailio;
  const answered = [0, 0];
  beforeAll(async () => {
    switches = [await startSwitch(), await startSwitch()];
    for (const [i, one] of switches.entries()) {
      attend(one);
      one.onEvent((e) => { if (e.type === "leg.answered") answered[i]!++; });
    }
    edge = await startKamailio(switches.map(({ sipPort }) => sipPort));
    await wait(3_000);
  }, 60_000);
  afterAll(async () => {
    await edge.stop();
    await Promise.all(switches.map((one) => one.stop()));
  });

  const place = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const run = await runSipp({ xml: call, remote: `127.0.0.1:${edge.port}` });
      const { code, log } = await run.exit;
      expect(code, `${log.slice(-4_000)}\n${edge.log().slice(-2_000)}`).toBe(0);
    }
  };

  test(`${CALLS_WITH_TWO} of ${CALLS_WITH_TWO} calls are answered, by both`, async () => {
    await place(CALLS_WITH_TWO);
    expect(answered[0]! + answered[1]!).toBe(CALLS_WITH_TWO);
    expect(Math.min(...answered)).toBeGreaterThan(0);
  }, 120_000);

  test(`after one has died, ${CALLS_WITH_ONE} of ${CALLS_WITH_ONE} calls are answered by the other`, async () => {
    const before = answered[1]!;
    process.kill(switches[0]!.pid, "SIGKILL");
    await place(CALLS_WITH_ONE);
    expect(answered[1]! - before).toBe(CALLS_WITH_ONE);
  }, 120_000);
});
