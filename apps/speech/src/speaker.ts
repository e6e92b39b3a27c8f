import { isAbsolute, normalize, sep } from "node:path";
import type { ConversionRequest, SpeechError, SpeechReply, SpeechRequest } from "@ringdesk/contract/speech";
import type { EngineProcess } from "./engine-process.ts";
import { toUtterance } from "./text.ts";

/** Requests that may wait; more are refused as `busy`. */
export const MAX_WAITING = 50;

export type Speaker = {
  readonly speak: (request: SpeechRequest) => Promise<SpeechReply>;
  /** Makes an uploaded sound playable. */
  readonly convert: (request: ConversionRequest) => Promise<SpeechReply>;
};
/** Why a request failed, for the log; the words themselves are never logged. */
export type FailureLog = (failure: { readonly error: SpeechError; readonly detail: string }) => void;

/** Speaks and converts one request after the other into files below `mediaFolder` (absolute). Never rejects. */
export function createSpeaker(engine: EngineProcess, mediaFolder: string, logFailure: FailureLog): Speaker {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const refuse = (id: string, error: SpeechError, detail: string): SpeechReply => {
    logFailure({ error, detail });
    return { id, ok: false, error };
  };

  async function speak(request: SpeechRequest): Promise<SpeechReply> {
    if (!isSound(mediaFolder, request.outPath)) return refuse(request.id, "path-refused", request.outPath);
    const utterance = toUtterance(request.locale, request.text);
    if (!utterance.ok) return refuse(request.id, utterance.error, `locale ${request.locale}, ${request.text.length} characters`);
    const outcome = await engine.perform({ text: utterance.value.text, outPath: request.outPath });
    if (outcome.ok) return { id: request.id, ok: true, durationMs: outcome.durationMs, engine: utterance.value.engine };
    return refuse(request.id, outcome.detail === "timed-out" ? "timed-out" : "failed", outcome.detail);
  }

  async function convert(request: ConversionRequest): Promise<SpeechReply> {
    if (!isBelow(mediaFolder, request.inPath) || !isSound(mediaFolder, request.outPath)) return refuse(request.id, "path-refused", `${request.inPath}, ${request.outPath}`);
    const outcome = await engine.perform({ inPath: request.inPath, outPath: request.outPath });
    if (outcome.ok) return { id: request.id, ok: true, durationMs: outcome.durationMs, engine: "wav" };
    if (outcome.unreadable === true) return { id: request.id, ok: false, error: "unreadable", detail: outcome.detail };
    return refuse(request.id, outcome.detail === "timed-out" ? "timed-out" : "failed", outcome.detail);
  }

  /** One after the other, as there is one engine. */
  function inTurn(id: string, run: () => Promise<SpeechReply>): Promise<SpeechReply> {
    if (waiting >= MAX_WAITING) return Promise.resolve({ id, ok: false, error: "busy" });
    waiting++;
    const done = last.then(run).finally(() => waiting--);
    last = done;
    return done;
  }
  return { speak: (request) => inTurn(request.id, () => speak(request)), convert: (request) => inTurn(request.id, () => convert(request)) };
}

const isSound = (folder: string, path: string): boolean => isBelow(folder, path) && path.endsWith(".ulaw");

function isBelow(folder: string, path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && path.startsWith(folder + sep) && !path.includes("\0");
}
