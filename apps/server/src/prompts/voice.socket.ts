// The speech process, over its socket in the run folder.
import { createConnection } from "node:net";
import { err, ok, type Result } from "@ringdesk/std";
import { MAX_SPEECH_LINE_BYTES, MAX_SPEECH_TEXT_CHARS, speechReply, type ConversionRequest, type SpeechError, type SpeechRequest } from "@ringdesk/contract/speech";
import { newId } from "../kernel/index.ts";
import type { PromptUnavailable, SoundConverter, Voice } from "./prompts.ports.ts";

/** Speaking takes well under a second; the first request after a pause starts the engine. The engine gives up after 30 s. */
const SPEAK_TIMEOUT_MS = 35_000;

const reasons = {
  "no-voice": "no-voice", "text-empty": "empty", "text-too-long": "text-too-long", "path-refused": "disk", "busy": "engine-away",
  "timed-out": "timeout", "failed": "engine-away", "malformed": "engine-away", "unreadable": "engine-away",
} as const satisfies Record<SpeechError, PromptUnavailable["why"]>;

const unavailable = (why: PromptUnavailable["why"], detail: string) => err<PromptUnavailable>({ type: "prompt-unavailable", why, detail });

/** A connection for each request: prompts are spoken seldom, and a process that was restarted needs no care. */
export function createSocketVoice(socketPath: string, timeoutMs: number = SPEAK_TIMEOUT_MS): Voice {
  return {
    speak: async (request) => {
      if (request.text.length > MAX_SPEECH_TEXT_CHARS) return unavailable("text-too-long", `more than ${MAX_SPEECH_TEXT_CHARS} characters`);
      const id = newId();
      const line = await exchange(socketPath, { id, ...request }, timeoutMs);
      if (!line.ok) return line;
      return readReply(line.value, id);
    },
  };
}

/** The same process makes uploaded sounds playable. Paths are absolute, below the media folder. */
export function createSocketConverter(socketPath: string, timeoutMs: number = SPEAK_TIMEOUT_MS): SoundConverter {
  return {
    convert: async (request) => {
      const id = newId();
      const line = await exchange(socketPath, { id, ...request }, timeoutMs);
      const reply = line.ok ? speechReply.safeParse(parseJson(line.value)) : null;
      if (reply === null || !reply.success || reply.data.id !== id) return err({ type: "converter-away" });
      if (reply.data.ok) return ok({ durationMs: reply.data.durationMs });
      const { error, fault, detail = "" } = reply.data;
      return err(error === "unreadable" && fault !== undefined ? { type: "sound-refused", fault, detail } : { type: "converter-away" });
    },
  };
}

function exchange(socketPath: string, request: SpeechRequest | ConversionRequest, timeoutMs: number): Promise<Result<string, PromptUnavailable>> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    let text = "";
    const finish = (result: Result<string, PromptUnavailable>): void => {
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(unavailable("timeout", `no answer in ${timeoutMs} ms`)), timeoutMs);
    socket.setEncoding("utf8");
    socket.once("close", () => clearTimeout(timer));
    socket.once("error", (error) => finish(unavailable("engine-away", error.message)));
    socket.once("end", () => finish(unavailable("engine-away", "the speech process closed the connection")));
    socket.once("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) finish(ok(text.slice(0, end)));
      else if (text.length > MAX_SPEECH_LINE_BYTES) finish(unavailable("engine-away", "an endless answer"));
    });
  });
}

function readReply(line: string, id: string): Result<{ readonly durationMs: number }, PromptUnavailable> {
  const reply = speechReply.safeParse(parseJson(line));
  if (!reply.success || reply.data.id !== id) return unavailable("engine-away", "an answer that cannot be read");
  return reply.data.ok ? ok({ durationMs: reply.data.durationMs }) : unavailable(reasons[reply.data.error], reply.data.error);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
