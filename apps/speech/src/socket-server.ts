import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { conversionRequest, MAX_SPEECH_LINE_BYTES, speechRequest, type SpeechReply } from "@ringdesk/contract/speech";
import type { Speaker } from "./speaker.ts";

const OWNER_ONLY_UMASK = 0o177;
const MAX_CONNECTIONS = 20;

/**
 * Serves requests, one JSON object per line, on a Unix socket that only this user may open. Replies come in the order
 * of completion. A line that is too long ends the connection; one that is no request is answered `malformed`.
 */
export function serveSpeech(path: string, speaker: Speaker): Promise<Server> {
  rmSync(path, { force: true }); // the launcher's lock guarantees that no other speech process uses it
  const server = createServer((socket) => serveConnection(socket, speaker));
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const umask = process.umask(OWNER_ONLY_UMASK);
    server.listen(path, () => resolve(server));
    process.umask(umask);
  });
}

function serveConnection(socket: Socket, speaker: Speaker): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) void answer(line, speaker).then((reply) => socket.writable && socket.write(`${JSON.stringify(reply)}\n`));
    if (rest.length > MAX_SPEECH_LINE_BYTES) socket.destroy();
  });
}

async function answer(line: string, speaker: Speaker): Promise<SpeechReply> {
  try {
    const given: unknown = JSON.parse(line);
    const request = speechRequest.safeParse(given);
    if (request.success) return await speaker.speak(request.data);
    const conversion = conversionRequest.safeParse(given);
    if (conversion.success) return await speaker.convert(conversion.data);
  } catch {
    // Not JSON: the same as any other line that is no request.
  }
  return { id: "", ok: false, error: "malformed" };
}
