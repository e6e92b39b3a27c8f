import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { err, ok, type Result } from "@ringdesk/std";
import type { Config, SettingName, TlsConfig } from "@ringdesk/contract/config";
import { describeFileError } from "./data-folder.ts";

/** A certificate that ends this soon is worth a warning at the start. */
const ENDS_SOON_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;

/**
 * Whether the pages can be served with this certificate. The error is a sentence why not, with the setting's name. The value
 * is what should be told although it works: phone calls shall not stand still because a certificate has expired.
 * @param publicUrl the address of the pages: the certificate should be for its host.
 */
export function checkCertificate(tls: TlsConfig, publicUrl: string, now: Date): Result<readonly string[], string> {
  const [pem, keyPem] = [read("RINGDESK_TLS_CERT", tls.certFile), read("RINGDESK_TLS_KEY", tls.keyFile)];
  if (!pem.ok) return pem;
  if (!keyPem.ok) return keyPem;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem.value);
  } catch {
    return err(`RINGDESK_TLS_CERT is ${tls.certFile}: it holds no certificate in PEM.`);
  }
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem.value))) return err(`RINGDESK_TLS_KEY is ${tls.keyFile}: it is not the key of the certificate in ${tls.certFile}.`);
  } catch {
    return err(`RINGDESK_TLS_KEY is ${tls.keyFile}: it holds no private key in PEM without a passphrase.`);
  }
  return ok([...validity(certificate, now), ...hostOf(certificate, publicUrl)]);
}

/** Why agents will have no microphone at the address of the pages; null when they will. */
export function microphoneWarning({ publicUrl, bind }: Pick<Config, "publicUrl" | "bind">): string | null {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === "https:" || (isThisMachine(hostname) && isThisMachine(bind))) return null;
  return `browsers refuse the microphone to pages that are neither HTTPS nor localhost: at ${publicUrl} nobody can talk from another machine. `
    + "Set RINGDESK_TLS_CERT and RINGDESK_TLS_KEY, or RINGDESK_PUBLIC_URL to the https address of a proxy in front. See docs/guides/agents-behind-nat.md.";
}

/** Browsers trust these without HTTPS (W3C Secure Contexts §3.1). */
const isThisMachine = (host: string): boolean => host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

function read(setting: SettingName, path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return err(`${setting} is ${path}: ${missing ? "there is no such file" : describeFileError(error)}.`);
  }
}

function validity(certificate: X509Certificate, now: Date): readonly string[] {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (now.getTime() < from) return [`the certificate is valid from ${certificate.validFrom} only; browsers refuse it until then`];
  if (now.getTime() > to) return [`the certificate expired on ${certificate.validTo}; browsers refuse it`];
  const days = Math.floor((to - now.getTime()) / DAY_MS);
  return to - now.getTime() < ENDS_SOON_MS ? [`the certificate expires in ${days} days, on ${certificate.validTo}`] : [];
}

function hostOf(certificate: X509Certificate, publicUrl: string): readonly string[] {
  const host = new URL(publicUrl).hostname;
  const fits = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  return fits === undefined ? [`the certificate is not for ${host}, the host of the pages; browsers refuse it. It is for: ${certificate.subjectAltName ?? certificate.subject}`] : [];
}
