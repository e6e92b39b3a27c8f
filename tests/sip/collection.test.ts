// A collection of SIPp scenarios that was written before Ringdesk and knows nothing of it: 18 and one long one in which they
// call us, 14 in which we call them; each by UDP, by TCP, and by UDP through 15 % loss. Skipped where it is absent.
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandInput, Trunk } from "@ringdesk/contract/switch";
import { linearToAlaw } from "@ringdesk/telecom/g711";
import { freePort } from "../support/ports.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { attend } from "./attendant.ts";
import { runSipp, type SippOptions, type Transport } from "./run-sipp.ts";

const COLLECTION = join(import.meta.dirname, "../../../shared/prototypes/sip/sipp"), PCAPS = "/usr/share/sip-tester";
const isPresent = existsSync(COLLECTION);
if (!isPresent) process.stderr.write("collection.test.ts: skipped, no ../shared/prototypes beside this checkout\n");

interface Way { readonly name: string; readonly transport: Transport; readonly isLossy: boolean }
const WAYS: readonly Way[] = [{ name: "UDP", transport: "udp", isLossy: false }, { name: "TCP", transport: "tcp", isLossy: false }, { name: "UDP losing 15 %", transport: "udp", isLossy: true }];
/** SIPp reads its scripts in a straight line: when loss changes the order of two answers, it gives up, and another call is made. */
const LOSSY_TRIES = 6;
/** In this time a call is over whose end was lost. */
const LOST_MS = 45_000;

/** They call us: the number, and what differs from the script. `raw`: SIPp plays captured packets, which only root may send. */
interface Inbound { readonly to: string; readonly digits?: string; readonly change?: readonly [from: RegExp, to: string, because: string]; readonly account?: true; readonly udpOnly?: true; readonly raw?: true }
const inbound: Readonly<Record<string, Inbound>> = {
  // The longest first. A 200 is repeated by TCP as well until the ACK is here (RFC 3261 §13.3.1.4); SIPp knows repetition by UDP alone.
  uac_no_ack: { to: "4000", udpOnly: true },
  uac_basic: { to: "4003" }, uac_cancel: { to: "4002" }, uac_cancel_race: { to: "4000" }, uac_busy: { to: "4486" }, uac_noanswer: { to: "4080" }, uac_early_media: { to: "4183" },
  uac_hold: { to: "4000" }, uac_options: { to: "4000" }, uac_late_offer: { to: "4000" }, uac_unknown_method: { to: "4000" }, uac_bad_dialog: { to: "4000" },
  uac_info_dtmf: { to: "4101", digits: "5" }, uac_dtmf_pcap: { to: "4102", digits: "15#", raw: true }, uac_dtmf_stream: { to: "4103", digits: "15#", raw: true },
  uac_refer: { to: "4000", change: [/response="202"/, 'response="603"', "a caller does not move calls of this house (docs/protocols/sip.md)"] },
  uac_auth401: { to: "4000", account: true },
  uac_auth407: { to: "4000", account: true, change: [/response="407"/, 'response="401"', "we are the user agent that is called, no proxy (RFC 3261 §22.2)"] },
};

/** We call them: how the leg ends. `holdAfterMs`, `hangUpAfterMs`: we hold it, and end it, so long after the answer. */
interface Outbound { readonly cause: string; readonly holdAfterMs?: number; readonly hangUpAfterMs?: number; readonly ringTimeoutMs?: number }
const outbound: Readonly<Record<string, Outbound>> = {
  uas_answer: { cause: "hangup", hangUpAfterMs: 500 }, uas_early_media: { cause: "hangup", hangUpAfterMs: 500 }, uas_auth401: { cause: "hangup", hangUpAfterMs: 500 }, uas_auth407: { cause: "hangup", hangUpAfterMs: 500 },
  uas_bye: { cause: "hangup" }, uas_hold: { cause: "hangup", hangUpAfterMs: 4_000 }, uas_our_hold: { cause: "hangup", holdAfterMs: 500, hangUpAfterMs: 4_000 }, uas_busy: { cause: "busy" }, uas_reject603: { cause: "declined" }, uas_503: { cause: "unreachable" },
  uas_noanswer: { cause: "no-answer", ringTimeoutMs: 2_500 }, uas_noanswer480: { cause: "no-answer" },
};
/** Not calls: asked by the trunk itself. */
const trunkAsks = { uas_options: { probes: true }, uas_register: { account: { user: "trunk", password: "secret", realm: null, registers: true, demanded: false } } } as const satisfies Record<string, Partial<Trunk>>;

let folder: string;
beforeAll(async () => {
  const parent = await mkdtemp(join(tmpdir(), "ringdesk-collection-"));
  folder = join(parent, "sipp");
  if (!isPresent) return;
  await cp(COLLECTION, folder, { recursive: true });
  await symlink(PCAPS, join(folder, "pcap"));
  await mkdir(join(parent, "media"));
  await writeFile(join(parent, "media/tone1000_10s.al"), Uint8Array.from({ length: 80_000 }, (_, i) => linearToAlaw[Math.round(8_000 * Math.sin((2 * Math.PI * 1_000 * i) / 8_000)) + 32_768]!));
});
afterAll(() => rm(join(folder, ".."), { recursive: true, force: true }));

/**
 * A script that can follow loss: an ACK may be missing when the next request comes instead, and nobody repeats a lost 18x
 * (RFC 3261 §17.2.1), so that it is not insisted upon before a final answer.
 */
const forgiving = (xml: string): string => xml
  .replace(/<recv request="ACK"([^>]*)\/>(?=\s*<recv request="(?:BYE|INVITE)")/g, '<recv request="ACK" optional="true"$1/>')
  .replace(/<recv response="(18\d)"\/>(?=\s*<recv response="[2-6])/g, '<recv response="$1" optional="true"/>');

async function script(name: string, way: Way, change?: Inbound["change"]): Promise<string> {
  const whole = await readFile(join(COLLECTION, `${name}.xml`), "utf8");
  const changed = change === undefined ? whole : whole.replace(change[0], change[1]);
  return way.isLossy ? forgiving(changed) : changed;
}

interface Outcome { readonly code: number; readonly log: string }
/** Runs until SIPp is content: at once, or through loss after a few calls at most. What the switch does is checked in every one. */
async function played(way: Way, once: () => Promise<Outcome>): Promise<void> {
  for (let left = way.isLossy ? LOSSY_TRIES : 1; left > 0; left -= 1) {
    const { code, log } = await once();
    if (code === 0) return;
    if (left === 1) expect.fail(log.slice(-6_000));
  }
}
const sippOptions = (way: Way): Pick<SippOptions, "folder" | "transport" | "timeoutS" | "args"> =>
  ({ folder, transport: way.transport, timeoutS: way.isLossy ? 45 : 40, ...(way.isLossy ? { args: ["-lost", "15"] } : {}) });

const openLegs = async (sut: SwitchProcess) => (await sut.command({ do: "snapshot" })).snapshot?.legs.filter((l) => l.state !== "ended") ?? [];
const trunkOf = (name: string): string => name.replaceAll("_", "-");

test.runIf(isPresent)("every scenario of the collection is played here", () => {
  const all = readdirSync(COLLECTION).filter((f) => f.endsWith(".xml")).map((f) => f.replace(".xml", ""));
  expect([...Object.keys(inbound), ...Object.keys(outbound), ...Object.keys(trunkAsks)].toSorted()).toEqual(all.toSorted());
});

for (const way of WAYS) describe.runIf(isPresent)(`the collection by ${way.name}`, () => {
  let plain: SwitchProcess, asking: SwitchProcess;
  const targets = new Map<string, number>();
  beforeAll(async () => {
    [plain, asking] = await Promise.all([startSwitch(), startSwitch({ trunk: { account: { user: "trunk", password: "secret", realm: null, registers: false, demanded: true, algorithm: "MD5" } } })]);
    for (const sut of [plain, asking]) attend(sut);
    for (const name of Object.keys(outbound)) targets.set(name, await freePort());
    const account = { user: "trunk", password: "secret", realm: null, registers: false, demanded: false };
    const trunks = [...targets].map(([name, port]) => ({ id: trunkOf(name), sources: [], target: { host: "127.0.0.1", port, transport: way.transport }, account, registers: false, signalsHold: true }));
    await plain.command({ do: "trunks.set", trunks: [{ id: "lab", sources: ["127.0.0.1"], target: null, registers: false }, ...trunks] });
  }, 30_000);
  afterAll(async () => {
    // A caller whose BYE was lost is gone when no audio has come for 30 s.
    let left = await openLegs(plain);
    for (const until = performance.now() + LOST_MS; left.length > 0 && way.isLossy && performance.now() < until; left = await openLegs(plain)) await wait(500);
    await Promise.all([plain, asking].map((sut) => sut.stop()));
    expect(left, "legs left behind").toEqual([]);
  }, 90_000);

  for (const [name, { to, digits, change, account, udpOnly, raw }] of Object.entries(inbound)) if ((way.transport === "udp" || !udpOnly) && (!raw || process.getuid?.() === 0)) test.concurrent(`they call us: ${name}${change ? `, but ${change[1]}: ${change[2]}` : ""}`, async ({ expect: check }) => {
    const sut = account ? asking : plain;
    const heard = new Map<string, string>();
    const off = sut.onEvent((e) => {
      if (e.type === "leg.incoming" && e.to === to) heard.set(e.leg, "");
      if (e.type === "leg.dtmf" && heard.has(e.leg)) heard.set(e.leg, heard.get(e.leg) + e.digit);
    });
    const xml = await script(name, way, change);
    await played(way, async () => {
      const { args = [], ...options } = sippOptions(way);
      const auth = account ? ["-au", "trunk", "-ap", "secret", "-auth_uri", `${to}@127.0.0.1:${sut.sipPort}`] : [];
      const run = await runSipp({ ...options, args: [...args, ...auth], xml, service: to, remote: `127.0.0.1:${sut.sipPort}` });
      return run.exit;
    });
    off();
    check(sut.alive()).toBe(true);
    if (digits !== undefined) check([...heard.values()]).toContain(digits);
  }, 300_000);

  for (const [name, flow] of Object.entries(outbound)) test.concurrent(`we call them: ${name}`, async ({ expect: check }) => {
    const xml = await script(name, way);
    let calls = 0;
    await played(way, async () => {
      const run = await runSipp({ ...sippOptions(way), xml, port: targets.get(name)! });
      calls += 1;
      const leg = `${name}-${calls}`;
      const off = plain.onEvent((e) => {
        if (e.type !== "leg.answered" || e.leg !== leg) return;
        const after = (ms: number | undefined, command: CommandInput): void => {
          if (ms !== undefined) setTimeout(() => void plain.command(command).catch(() => undefined), ms);
        };
        after(flow.holdAfterMs, { do: "leg.hold", leg, hold: true });
        after(flow.hangUpAfterMs, { do: "leg.hangup", leg });
      });
      await plain.command({ do: "leg.dial", leg, trunk: trunkOf(name), to: "+12025550143", from: "+12025550100", ringTimeoutMs: flow.ringTimeoutMs ?? 20_000 });
      const ended = await plain.event("leg.ended", (e) => e.leg === leg, 50_000);
      off();
      const outcome = await run.exit;
      if (outcome.code === 0) check(ended.cause, outcome.log.slice(-6_000)).toBe(flow.cause);
      return outcome;
    });
  }, 300_000);

  for (const [name, trunk] of Object.entries(trunkAsks)) test.concurrent(`the trunk asks: ${name}`, async () => {
    const port = await freePort();
    const xml = await script(name, way);
    await played(way, async () => {
      const run = await runSipp({ ...sippOptions(way), xml, port });
      const sut = await startSwitch({ trunk: { target: { host: "127.0.0.1", port, transport: way.transport }, ...trunk } });
      const outcome = await run.exit;
      await sut.stop();
      return outcome;
    });
  }, 300_000);
});
