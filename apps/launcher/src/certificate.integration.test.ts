import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCertificate, microphoneWarning } from "./certificate.ts";

const URL_OF_PAGES = "https://desk.example.com";
const DAY_MS = 86_400_000;
let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rd-cert-"));
  for (const name of ["one", "two"]) {
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90", "-subj", "/CN=desk",
      "-addext", "subjectAltName=DNS:desk.example.com,IP:203.0.113.7", "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`)], { stdio: "ignore" });
  }
  writeFileSync(at("empty"), "");
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const check = (cert: string, key: string, url = URL_OF_PAGES, afterDays = 1) =>
  checkCertificate({ certFile: at(cert), keyFile: at(key) }, url, new Date(Date.now() + afterDays * DAY_MS));

describe("OPS-5 the certificate of the pages", () => {
  test("one that fits is taken without a word, by name and by address", () => {
    expect(check("one.pem", "one.key")).toEqual({ ok: true, value: [] });
    expect(check("one.pem", "one.key", "https://203.0.113.7:8443")).toEqual({ ok: true, value: [] });
  });

  for (const [cert, key, setting, why] of [
    ["none.pem", "one.key", "RINGDESK_TLS_CERT", "no such file"], ["one.pem", "none.key", "RINGDESK_TLS_KEY", "no such file"],
    ["empty", "one.key", "RINGDESK_TLS_CERT", "no certificate"], ["one.pem", "empty", "RINGDESK_TLS_KEY", "no private key"],
    ["one.pem", "two.key", "RINGDESK_TLS_KEY", "not the key of the certificate"],
  ] as const) test(`${cert} with ${key} is refused: ${why}`, () => {
    const refused = check(cert, key);
    expect(refused.ok ? "" : refused.error).toMatch(new RegExp(`^${setting} is .*${why}`));
  });

  for (const [url, afterDays, warning] of [
    [URL_OF_PAGES, 91, /expired/], [URL_OF_PAGES, 80, /expires in \d+ days/], [URL_OF_PAGES, -1, /valid from/], ["https://other.example.com", 1, /not for other\.example\.com/],
  ] as const) test(`is taken with a warning: ${String(warning)}`, () => {
    const checked = check("one.pem", "one.key", url, afterDays);
    expect(checked.ok && checked.value.join()).toMatch(warning);
  });
});

describe("CALL-9 pages to which browsers give no microphone", () => {
  for (const [publicUrl, bind] of [["http://203.0.113.7:8080", "203.0.113.7"], ["http://127.0.0.1:8080", "0.0.0.0"], ["http://desk.local", "127.0.0.1"]] as const)
    test(`${publicUrl}, bound to ${bind}, is warned of`, () => expect(microphoneWarning({ publicUrl, bind })).toContain("refuse the microphone"));
  for (const [publicUrl, bind] of [["https://desk.example.com", "0.0.0.0"], ["http://127.0.0.1:8080", "127.0.0.1"], ["http://localhost", "127.0.0.1"]] as const)
    test(`${publicUrl}, bound to ${bind}, is not`, () => expect(microphoneWarning({ publicUrl, bind })).toBeNull());
});
