import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { LIVE_PATH, MAX_CLIENT_MESSAGE_BYTES } from "@ringdesk/contract/live";
import type { User } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import { WebSocketServer, type WebSocket } from "ws";
import { isOwnOrigin, SESSION_COOKIE } from "../platform/index.ts";
import { closeCodes, type LiveService } from "./live.service.ts";

/** Sockets from one address: a house of 2,000 users with two pages each may be behind one router, or one proxy. */
const MAX_SOCKETS_PER_ADDRESS = 4_000;

export interface LiveSocketDeps {
  readonly server: Server;
  readonly live: LiveService;
  readonly findSession: (token: string) => { readonly sessionId: string; readonly user: User } | null;
  readonly publicUrl: string;
  readonly log: Logger;
}

/** Takes WebSockets at LIVE_PATH from our own pages and signed-in users; everything else is refused before the upgrade. */
export function attachLiveSocket(deps: LiveSocketDeps): { readonly close: () => void } {
  const publicOrigin = new URL(deps.publicUrl).origin;
  const perAddress = new Map<string, number>();
  const wss = new WebSocketServer({ noServer: true, maxPayload: MAX_CLIENT_MESSAGE_BYTES, perMessageDeflate: false });

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => undefined); // a peer that is gone already
    if (request.url?.split("?")[0] !== LIVE_PATH) return refuse(socket, 404);
    const { origin, host } = request.headers;
    if (origin === undefined || !isOwnOrigin(origin, host ?? null, publicOrigin)) return refuse(socket, 403);
    const token = cookieOf(request.headers.cookie ?? "", SESSION_COOKIE);
    const session = token === null ? null : deps.findSession(token);
    if (session === null) return refuse(socket, 401);
    const address = request.socket.remoteAddress ?? "";
    const sockets = perAddress.get(address) ?? 0;
    if (sockets >= MAX_SOCKETS_PER_ADDRESS) return refuse(socket, 429);
    perAddress.set(address, sockets + 1);
    socket.once("close", () => {
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
    wss.handleUpgrade(request, socket, head, (ws) => serve(ws, session, deps));
  };
  deps.server.on("upgrade", upgrade);
  return {
    close: () => {
      deps.server.off("upgrade", upgrade);
      wss.close();
    },
  };
}

function serve(ws: WebSocket, session: { readonly sessionId: string; readonly user: User }, deps: LiveSocketDeps): void {
  const connection = deps.live.connect({
    send: (text) => { if (ws.readyState === ws.OPEN) ws.send(text); },
    close: (code) => {
      // Who is slow or silent will not answer a polite close.
      if (code === closeCodes.slow || code === closeCodes.silent) ws.terminate();
      else ws.close(code);
    },
    bufferedBytes: () => ws.bufferedAmount,
  }, session);
  ws.on("message", (data, binary) => {
    if (binary) ws.close(closeCodes.refused);
    else connection.received(data.toString());
  });
  ws.on("close", connection.closed);
  ws.on("error", (error) => deps.log.debug({ reason: error.message }, "a live socket broke"));
}

function refuse(socket: Duplex, status: 401 | 403 | 404 | 429): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** The value of one cookie of a Cookie header (RFC 6265 §5.4), or null. */
function cookieOf(header: string, name: string): string | null {
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
