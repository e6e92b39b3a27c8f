// HTTPS with a certificate of one's own, and its renewal while the server runs.
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FastifyInstance } from "fastify";
import type { Handlers } from "../http.ports.ts";
import { readTlsFiles } from "./certificate.ts";
import { createHttpServer } from "./server.ts";

const LONGEST_WAIT_MS = 10_000;
let folder: string;
let app: FastifyInstance | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rd-tls-"));
  app = null;
});
afterEach(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

const files = (name: string) => ({ certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) });
async function make(name: string): Promise<void> {
  const { certFile, keyFile } = files(name);
  await promisify(execFile)("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
    "-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", keyFile, "-out", certFile]);
}
const serve = (name: string): Promise<FastifyInstance> => createHttpServer({
  log: pino({ level: "silent" }), handlers: new Proxy({}, { get: () => () => Promise.resolve({ ok: true, value: {} }) }) as Handlers, webFolder: folder, version: "1.2.3",
  publicUrl: "https://localhost:1", tls: files(name), nowMs: () => 1_000, findSession: () => null, rawRoutes: [],
  operations: { checks: async () => ({}), gauges: () => ({}) },
});

interface Answer { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly name: string }
const ask = (port: number): Promise<Answer> => new Promise((resolve, reject) => {
  const sent = request({ host: "127.0.0.1", port, path: "/healthz", rejectUnauthorized: false, agent: false }, (answer) => {
    const { CN } = (answer.socket as TLSSocket).getPeerCertificate().subject;
    answer.resume().on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, name: String(CN) }));
  });
  sent.on("error", reject).end();
});

test("SEC-1 pages are served by HTTPS, with HSTS; a renewed certificate is used without a restart, half a renewal is not", async () => {
  await Promise.all([make("one"), make("two")]);
  app = await serve("one");
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const first = await ask(port);
  expect(first).toMatchObject({ status: 200, name: "one" });
  expect(first.headers["strict-transport-security"]).toMatch(/^max-age=\d{7,}/);

  const replace = async (which: "certFile" | "keyFile"): Promise<void> => {
    await copyFile(files("two")[which], join(folder, "new"));
    await rename(join(folder, "new"), files("one")[which]);
  };
  await replace("certFile");
  expect((await readTlsFiles(files("one"))).ok, "a new certificate with the old key").toBe(false);
  expect((await ask(port)).name).toBe("one");
  await replace("keyFile");
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while ((await ask(port)).name !== "two") {
    if (performance.now() > deadline) throw new Error("the renewed certificate is not used");
    await new Promise((resume) => { setTimeout(resume, 100); });
  }
});

test("a certificate that is not there is a sentence, and the server does not come up without it", async () => {
  expect(await readTlsFiles(files("none"))).toMatchObject({ ok: false, error: expect.stringContaining("no such file") });
  await expect(serve("none")).rejects.toThrow("the certificate cannot be used");
  await make("one");
  expect((await readFile(files("one").certFile, "utf8")).startsWith("-----BEGIN CERTIFICATE")).toBe(true);
});
