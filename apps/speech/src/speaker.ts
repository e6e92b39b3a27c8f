import { isAbsolute, normalize, sep } from "node:path";
import type { SpeechError, SpeechReply, SpeechRequest } from "@ringdesk/contract/speech";
import type { EngineProcess } from "./engine-process.ts";
import { toUtterance } from "./text.ts";

/** Requests that may wait; more are refused as `busy`. */
export const MAX_WAITING = 50;

export type Speaker = { readonly speak: (request: SpeechRequest) => Promise<SpeechReply> };
/** Why a request failed, for the log; the words themselves are never logged. */
export type FailureLog = (failure: { readonly error: SpeechError; readonly detail: string }) => void;

/** Speaks one request after the other into files below `mediaFolder` (absolute). Never rejects. */
export function createSpeaker(engine: EngineProcess, mediaFolder: string, logFailure: FailureLog): Speaker {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function run(request: SpeechRequest): Promise<SpeechReply> {
    const refuse = (error: SpeechError, detail: string): SpeechReply => {
      logFailure({ error, detail });
      return { id: request.id, ok: false, error };
    };
    if (!isBelow(mediaFolder, request.outPath)) return refuse("path-refused", request.outPath);
    const utterance = toUtterance(request.locale, request.text);
    if (!utterance.ok) return refuse(utterance.error, `locale ${request.locale}, ${request.text.length} characters`);
    const outcome = await engine.perform({ text: utterance.value.text, outPath: request.outPath });
    if (outcome.ok) return { id: request.id, ok: true, durationMs: outcome.durationMs, engine: utterance.value.engine };
    return refuse(outcome.detail === "timed-out" ? "timed-out" : "failed", outcome.detail);
  }

  return {
    speak: (request) => {
      if (waiting >= MAX_WAITING) return Promise.resolve({ id: request.id, ok: false, error: "busy" });
      waiting++;
      const done = last.then(() => run(request)).finally(() => waiting--);
      last = done;
      return done;
    },
  };
}

function isBelow(folder: string, path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && path.startsWith(folder + sep) && path.endsWith(".ulaw") && !path.includes("\0");
}
