import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./api-routes.ts";
import { problems } from "./problems.ts";

/** Vite puts a hash of the content into these names, so they never change. */
const HASHED = /\/assets\/[^/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const NOT_BUILT = "The pages are not built yet. Run: npm run build:web\n";

/** Serves the built pages: files by name, and index.html for every other path that somebody navigates to. */
export async function registerPages(app: FastifyInstance, folder: string): Promise<void> {
  const isBuilt = (): boolean => existsSync(join(folder, "index.html"));
  await app.register(fastifyStatic, {
    root: folder, wildcard: true, index: false, cacheControl: false, etag: true,
    setHeaders: (reply, path) => { reply.header("cache-control", HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache"); },
  });
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (!wantsPage(request)) return sendProblem(reply, problems.notFound);
    if (!isBuilt()) return reply.code(503).header("retry-after", "5").type("text/plain").send(NOT_BUILT);
    return reply.header("cache-control", "no-cache").sendFile("index.html");
  };
  app.get("/", page);
  app.setNotFoundHandler(page);
}

/** A browser that navigates names HTML. Who takes anything, as curl does, gets the page at the root alone: a probe of a mistyped path is told so. */
function wantsPage({ method, url, headers: { accept = "*/*" } }: FastifyRequest): boolean {
  const path = url.split("?")[0] ?? "";
  if (method !== "GET" || path === "/api" || path.startsWith("/api/") || path.startsWith("/assets/")) return false;
  return accept.includes("text/html") || (path === "/" && accept.includes("*/*") && !accept.includes("json"));
}
