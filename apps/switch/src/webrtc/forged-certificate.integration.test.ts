// Whoever shows another's certificate without its key. The fingerprint in the SDP is right, so only the check of the
// signature in the DTLS handshake stands between a forger and the call.
import { execFileSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { LegId } from "@ringdesk/std";
import { createDtlsPeer, type Verdict } from "../testkit/dtls-peer.ts";
import { createIcePeer } from "../testkit/ice-peer.ts";
import { createTestPlane, type TestPlane } from "../testkit/plane.ts";

/** RFC 5246 §7.2.2: a handshake signature was wrong. */
const DECRYPT_ERROR = 51;
const VERDICT_WITHIN_MS = 10_000;
const HELLO_AGAIN_MS = 200;
const agent = "agent" as LegId;

let certificate: X509Certificate;
let ownKey: KeyObject;
const otherKey = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
let setup: TestPlane;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "rd-forger-"));
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=WebRTC",
    "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")], { stdio: "ignore" });
  certificate = new X509Certificate(readFileSync(join(folder, "cert.pem")));
  ownKey = createPrivateKey(readFileSync(join(folder, "key.pem")));
  rmSync(folder, { recursive: true });
});
beforeEach(async () => { setup = await createTestPlane(); });
afterEach(() => setup.close());

/** Offers audio with the certificate's fingerprint, connects, shakes hands, and tells what the switch made of it. */
async function shakeHands(role: "client" | "server", signingKey: KeyObject): Promise<Verdict> {
  const ice = await createIcePeer();
  const offer = [
    "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 0.0.0.0",
    `a=ice-ufrag:${ice.ufrag}`, `a=ice-pwd:${ice.pwd}`, `a=fingerprint:sha-256 ${certificate.fingerprint256}`,
    // RFC 5763 §5: who is active is the DTLS client. Browsers leave the choice to us; a forger chooses.
    `a=setup:${role === "client" ? "active" : "passive"}`, "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:0 PCMU/8000", "",
  ].join("\r\n");
  const peer = createDtlsPeer(role, { certificateDer: certificate.raw, signingKey }, ice.send);
  const verdict = new Promise<Verdict>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the switch says nothing")), VERDICT_WITHIN_MS);
    ice.onDatagram((datagram) => {
      const said = peer.receive(datagram);
      if (said === null) return;
      clearTimeout(timer);
      resolve(said);
    });
  });
  let hello: NodeJS.Timeout | undefined;
  try {
    const answer = await setup.plane.connectBrowser(agent, offer);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    await ice.connect(answer.value);
    peer.start();
    hello = setInterval(peer.start, HELLO_AGAIN_MS);
    return await verdict;
  } finally {
    clearInterval(hello);
    ice.close();
  }
}

for (const role of ["server", "client"] as const) {
  test(`SEC-3 as DTLS ${role}: a certificate with its own key is accepted`, async () => {
    expect(await shakeHands(role, ownKey)).toEqual({ type: "accepted" });
  });

  test(`SEC-3 as DTLS ${role}: the same certificate with another key is refused, and never heard`, async () => {
    expect(await shakeHands(role, otherKey)).toEqual({ type: "refused", alert: DECRYPT_ERROR });
    expect((await setup.until("media-lost")).why).toBe("failed");
    expect(setup.events.some((event) => event.type === "media-connected")).toBe(false);
  });
}
