// SIP over TLS with audio encrypted by SRTP (RFC 3711, RFC 4568): baresip, and a telephone that comes without a certificate it could trust.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "node:tls";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/ports.ts";
import { dominant, readWav, rms } from "../support/sound.ts";
import { startSwitch, type SwitchProcess } from "../support/switch-driver.ts";
import { wait } from "../support/wait.ts";
import { scratch } from "../support/scratch.ts";
import { attend } from "./attendant.ts";
import { startBaresip, type Baresip } from "./baresip.ts";

const HZ = 440;
/** What a spoken tone is above, and what is no sound at all. */
const QUIET_DBOV = -40, SILENT_DBOV = -100;
let sut: SwitchProcess, phone: Baresip, sipsPort: number, certFile: string;

/** A certificate for 127.0.0.1 that is its own authority. */
async function selfSigned(): Promise<{ readonly cert: string; readonly key: string; readonly both: string }> {
  const dir = await scratch("tls");
  const [cert, key, both] = [join(dir, "cert.pem"), join(dir, "key.pem"), join(dir, "both.pem")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert], { stdio: "ignore" });
  await writeFile(both, `${await readFile(cert, "utf8")}${await readFile(key, "utf8")}`);
  return { cert, key, both };
}

beforeAll(async () => {
  const { cert, key, both } = await selfSigned();
  certFile = cert;
  sipsPort = await freePort();
  phone = await startBaresip(HZ, { tlsFile: both });
  sut = await startSwitch({
    trunk: { target: { host: "127.0.0.1", port: phone.sipPort + 1, transport: "tls" }, signalsHold: true },
    env: { RINGDESK_TLS_CERT: cert, RINGDESK_TLS_KEY: key, RINGDESK_SIPS_PORT: String(sipsPort), RINGDESK_TRUNK_CA: cert, RINGDESK_TRUNK_SOURCES: "127.0.0.1" },
  });
  attend(sut);
}, 60_000);
afterAll(async () => { await phone.stop(); await sut.stop(); });

describe("baresip over TLS with SRTP", () => {
  test("calls, hears the music, sends a key, hangs up", async () => {
    // baresip adds the transport of its account.
    phone.command("dial", `sip:4000@127.0.0.1:${sipsPort}`);
    await phone.event("CALL_ESTABLISHED");
    const { leg } = await sut.event("leg.incoming");
    await sut.event("leg.media-connected", (e) => e.leg === leg);
    await wait(2_000);
    phone.command("sndcode", "7");
    expect((await sut.event("leg.dtmf")).digit).toBe("7");
    phone.command("hangup");
    expect(await sut.event("leg.ended", (e) => e.leg === leg)).toMatchObject({ cause: "hangup", by: "peer" });
    await wait(500);
    expect(rms((await phone.heard()).subarray(8_000, 12_000))).toBeGreaterThan(100);
  }, 40_000);

  test("CALL-5 is held and resumed by us: silent meanwhile, and heard again under the same keys", async () => {
    const incoming = new Promise<string>((resolve) => { const off = sut.onEvent((e) => { if (e.type === "leg.incoming") { off(); resolve(e.leg); } }); });
    phone.command("dial", `sip:4000@127.0.0.1:${sipsPort}`);
    const leg = await incoming;
    await sut.event("leg.media-connected", (e) => e.leg === leg);
    await sut.command({ do: "leg.levels", leg, on: true });
    await sut.level(leg, (dbov) => dbov > QUIET_DBOV);
    await sut.command({ do: "leg.hold", leg, hold: true });
    await sut.level(leg, (dbov) => dbov <= SILENT_DBOV);
    await sut.command({ do: "leg.hold", leg, hold: false });
    await sut.level(leg, (dbov) => dbov > QUIET_DBOV);
    phone.command("hangup");
    expect(await sut.event("leg.ended", (e) => e.leg === leg)).toMatchObject({ cause: "hangup", by: "peer" });
  }, 40_000);

  test("is called at a certificate that we trust, and what it says is understood", async () => {
    await sut.command({ do: "leg.dial", leg: "to-tls", trunk: "lab", to: "+12025550143", from: "+12025550100", ringTimeoutMs: 20_000 });
    await phone.event("CALL_INCOMING");
    phone.command("accept");
    await sut.event("leg.answered", (e) => e.leg === "to-tls");
    await sut.command({ do: "recording.start", recording: "rec-tls", left: "to-tls", right: "to-tls" });
    await wait(1_500);
    await sut.command({ do: "leg.hangup", leg: "to-tls" });
    const stopped = await sut.event("recording.stopped", (e) => e.recording === "rec-tls");
    const wav = readWav(await readFile(`${sut.data}/media/${stopped.path}`));
    expect(Math.abs(dominant(wav.channels[0]!.subarray(4_000, 10_000)) - HZ)).toBeLessThanOrEqual(4);
  }, 40_000);
});

describe("SEC-3 what TLS refuses", () => {
  test("anything older than TLS 1.2", async () => {
    const socket = connect({ port: sipsPort, host: "127.0.0.1", ca: await readFile(certFile), minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    expect(String((await once(socket, "error").catch((error: unknown) => [error]))[0])).toMatch(/alert|version|EPROTO|ECONNRESET/i);
  });

  test("a target whose certificate nobody vouches for: the call does not go out", async () => {
    const { both } = await selfSigned();
    const stranger = await startBaresip(HZ, { tlsFile: both });
    await sut.command({ do: "trunks.set", trunks: [{ id: "lab", sources: ["127.0.0.1"], target: { host: "127.0.0.1", port: stranger.sipPort + 1, transport: "tls" } }] });
    await sut.command({ do: "leg.dial", leg: "to-stranger", trunk: "lab", to: "+12025550143", from: "+12025550100", ringTimeoutMs: 20_000 });
    expect((await sut.event("leg.ended", (e) => e.leg === "to-stranger")).cause).toBe("unreachable");
    await stranger.stop();
  }, 40_000);
});
