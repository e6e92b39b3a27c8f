import { randomUUID } from "node:crypto";
import { Server as TlsServer } from "node:tls";
import cookie from "@fastify/cookie";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { TlsConfig } from "@ringdesk/contract/config";
import { API_BASE } from "@ringdesk/contract/http";
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import { storeAway } from "../store-errors.ts";
import { SESSION_COOKIE } from "../http.ports.ts";
import { OLDEST_TLS, readTlsFiles, watchTlsFiles, type TlsFiles } from "./certificate.ts";
import { registerApi, sendProblem, type ApiOptions } from "./api-routes.ts";
import { registerOperations, type Operations } from "./operations.ts";
import { registerPages } from "./pages.ts";
import { problemOfStatus, problems } from "./problems.ts";
import { securityHeaders } from "./security-headers.ts";

/** The longest body: a browser's SDP offer of 32 KB in JSON. */
const BODY_LIMIT_BYTES = 65_536;
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;
const DOCS_PATH = "/api/docs";

export interface HttpOptions extends ApiOptions {
  readonly log: Logger;
  readonly operations: Operations;
  /** Folder of the built pages. */
  readonly webFolder: string;
  readonly version: string;
  /** Null: plain HTTP. The files are read again whenever they change. */
  readonly tls: TlsConfig | null;
}

/** The HTTP side of the server: API, its documentation, probes and pages. Does not listen yet. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const files = options.tls === null ? null : await tlsFiles(options.tls);
  const app: FastifyInstance = Fastify({
    ...(files === null ? {} : { https: { ...files, minVersion: OLDEST_TLS } }),
    loggerInstance: options.log as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: "loopback",
    routerOptions: { maxParamLength: 128 },
    forceCloseConnections: true,
  });
  if (files !== null && options.tls !== null) renewBy(app, options.tls, files, options.log);
  app.decorateRequest("signedIn", null);
  // Schemas are parsed in one place of ours; here they only feed the OpenAPI document.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeContentTypeParser("text/plain");
  addHeaders(app, options.publicUrl);
  addErrors(app, options.log);
  await app.register(cookie);
  await registerDocs(app, options.version);
  registerOperations(app, options.operations);
  registerApi(app, options);
  await registerPages(app, options.webFolder);
  return app;
}

/** The launcher has checked the certificate; one that went away since then keeps the server from starting, as an occupied port does. */
async function tlsFiles(tls: TlsConfig): Promise<TlsFiles> {
  const read = await readTlsFiles(tls);
  if (!read.ok) throw new Error(`the certificate cannot be used: ${read.error}`);
  return read.value;
}

/** Connections that begin after a renewal are given the new certificate. */
function renewBy(app: FastifyInstance, tls: TlsConfig, files: TlsFiles, log: Logger): void {
  const watched = watchTlsFiles(tls, files, log, (renewed) => {
    if (app.server instanceof TlsServer) app.server.setSecureContext({ ...renewed, minVersion: OLDEST_TLS });
  });
  app.addHook("onClose", async () => { watched.close(); });
}

function addHeaders(app: FastifyInstance, publicUrl: string): void {
  const https = publicUrl.startsWith("https:");
  const page = securityHeaders("page", https);
  const data = securityHeaders("data", https);
  app.addHook("onRequest", async (request, reply) => {
    const isData = request.url.startsWith(`${API_BASE}/`);
    reply.headers(isData ? data : page).header("x-request-id", request.id);
    if (isData) reply.header("cache-control", "no-store");
  });
  app.addHook("onResponse", async (request, reply) => {
    // The pattern, not the URL: a URL may hold phone numbers.
    request.log.debug({ method: request.method, route: request.routeOptions.url ?? null, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, "answered");
  });
}

function addErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    if (storeAway(error) !== null) return sendProblem(reply, problems.storeAway);
    const status = typeof error === "object" && error !== null && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
    if (status >= 500) log.error({ err: error, requestId: request.id, route: request.routeOptions.url ?? null }, "a request failed by a bug");
    return sendProblem(reply, problemOfStatus(status));
  });
}

async function registerDocs(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Ringdesk", version, description: "All that the pages do. Sign in with POST /session; the session is in a cookie. Errors are RFC 9457 problem details with a stable `code`." },
      servers: [{ url: "/" }],
      components: { securitySchemes: { session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE } } },
      security: [{ session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: DOCS_PATH, staticCSP: false, uiConfig: { docExpansion: "none", displayRequestDuration: true } });
  app.get(`${API_BASE}/openapi.json`, { schema: { hide: true } }, async () => app.swagger());
}
