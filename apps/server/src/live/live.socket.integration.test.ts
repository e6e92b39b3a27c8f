import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { User } from "@ringdesk/contract/http";
import { LIVE_PATH } from "@ringdesk/contract/live";
import type { UserId } from "@ringdesk/std";
import { pino } from "pino";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { SESSION_COOKIE } from "../platform/index.ts";
import { attachLiveSocket } from "./live.socket.ts";
import type { LiveService } from "./live.service.ts";

const PAGES = 1_000;

test("RTE-8 a thousand users behind one router or proxy all get their socket; strangers get none", { timeout: 60_000 }, async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let connected = 0;
  const live = { connect: () => { connected += 1; return { received: () => undefined, closed: () => undefined }; } } as unknown as LiveService;
  const findSession = (token: string): { sessionId: string; user: User } | null =>
    (token.startsWith("user") ? { sessionId: token, user: { id: token as UserId, name: token, email: `${token}@example.com`, role: "agent" } } : null);
  const { close } = attachLiveSocket({ server, live, findSession, publicUrl: origin, log: pino({ level: "silent" }) });
  const open = (token: string): WebSocket => new WebSocket(origin.replace("http", "ws") + LIVE_PATH, { headers: { cookie: `${SESSION_COOKIE}=${token}`, origin } });
  const pages = Array.from({ length: PAGES }, (_, n) => open(`user${n}`));
  await Promise.all(pages.map((page) => once(page, "open")));
  const [refusal] = await once(open("stranger"), "error") as [Error];
  expect([connected, refusal.message]).toEqual([PAGES, "Unexpected server response: 401"]);
  for (const page of pages) page.terminate();
  close();
  server.close();
});
