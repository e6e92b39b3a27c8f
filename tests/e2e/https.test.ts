// Agents on other machines: the pages by HTTPS at an address that is not this machine's loopback. Skipped where there is none.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hear, openPerson, type Person } from "../support/browser.ts";
import { setStatus, signIn } from "../support/desk.ts";
import { startProduct, type Product } from "../support/product.ts";
import { dominant } from "../support/sound.ts";

const AGENT_HZ = 900;
const address = Object.values(networkInterfaces()).flat().find((one) => one?.family === "IPv4" && !one.internal)?.address;
const LAUNCHER = join(import.meta.dirname, "../../apps/launcher/start.js");

describe.skipIf(address === undefined)("HTTPS at an address of the network (skipped without one)", () => {
  let folder: string, product: Product, agent: Person;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ringdesk-https-"));
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=desk",
      "-addext", `subjectAltName=IP:${address}`, "-keyout", key, "-out", cert], { stdio: "ignore" });
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(cert, "utf8")]);
    product = await startProduct({ origin: `https://${address}`, settings: { RINGDESK_ADDRESS: address!, RINGDESK_TLS_CERT: cert, RINGDESK_TLS_KEY: key } });
    agent = await openPerson({ baseUrl: product.baseUrl, hz: AGENT_HZ });
    await signIn(agent.page, product.agents[0]!);
  }, 120_000);
  afterAll(async () => {
    await agent?.close();
    await product?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("SEC-1 CALL-9: a secure page with a secure cookie, a live connection, a microphone, and audio to the same address", async () => {
    const { page, context } = agent;
    expect(await page.evaluate(() => isSecureContext)).toBe(true);
    expect((await context.cookies()).map(({ httpOnly, secure }) => ({ httpOnly, secure }))).toEqual([{ httpOnly: true, secure: true }]);
    await setStatus(page, "Available"); // asks for the microphone, and is told of by the live connection
    await page.goto("/devices");
    await page.getByTestId("echo-start").click();
    await page.getByTestId("echo-running").waitFor();
    await page.waitForTimeout(1_000);
    expect(Math.abs(dominant((await hear(page, 1_500, "echo-audio")).subarray(4_000)) - AGENT_HZ)).toBeLessThanOrEqual(4);
    expect(product.output()).not.toContain("refuse the microphone");
  }, 60_000);

  test("without a certificate the operator is warned", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [LAUNCHER, "--check"], { env: { ...process.env, RINGDESK_ADDRESS: address } });
    expect(stdout).toContain("browsers refuse the microphone");
    expect(stdout).toContain("RINGDESK_TLS_CERT");
  });
});
