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

/** Each does one task after the other, so that no upload keeps a greeting waiting. */
export type Engines = { readonly voice: EngineProcess; readonly sounds: EngineProcess };

/** Speaks and converts into files below `mediaFolder` (absolute). Never rejects. */
export function createSpeaker({ voice, sounds }: Engines, mediaFolder: string, logFailure: FailureLog): Speaker {
  const refuse = (id: string, error: SpeechError, detail: string): SpeechReply => {
    logFailure({ error, detail });
    return { id, ok: false, error };
  };

  async function speak(request: SpeechRequest): Promise<SpeechReply> {
    if (!isSound(mediaFolder, request.outPath)) return refuse(request.id, "path-refused", request.outPath);
    const utterance = toUtterance(request.locale, request.text);
    if (!utterance.ok) return refuse(request.id, utterance.error, `locale ${request.locale}, ${request.text.length} characters`);
    const outcome = await voice.perform({ text: utterance.value.text, outPath: request.outPath });
    if (outcome.ok) return { id: request.id, ok: true, durationMs: outcome.durationMs, engine: utterance.value.engine };
    return refuse(request.id, outcome.detail === "timed-out" ? "timed-out" : "failed", outcome.detail);
  }

  async function convert(request: ConversionRequest): Promise<SpeechReply> {
    if (!isBelow(mediaFolder, request.inPath) || !isSound(mediaFolder, request.outPath)) return refuse(request.id, "path-refused", `${request.inPath}, ${request.outPath}`);
    const outcome = await sounds.perform({ inPath: request.inPath, outPath: request.outPath });
    if (outcome.ok) return { id: request.id, ok: true, durationMs: outcome.durationMs, engine: "sound" };
    if (outcome.fault !== undefined) return { id: request.id, ok: false, error: "unreadable", fault: outcome.fault, detail: outcome.detail };
    return refuse(request.id, outcome.detail === "timed-out" ? "timed-out" : "failed", outcome.detail);
  }

  const [speakInTurn, convertInTurn] = [createTurns(), createTurns()];
  return {
    speak: (request) => speakInTurn(request.id, () => speak(request)),
    convert: (request) => convertInTurn(request.id, () => convert(request)),
  };
}

/** One after the other. */
function createTurns(): (id: string, run: () => Promise<SpeechReply>) => Promise<SpeechReply> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (id, run) => {
    if (waiting >= MAX_WAITING) return Promise.resolve({ id, ok: false, error: "busy" });
    waiting++;
    const done = last.then(run).finally(() => waiting--);
    last = done;
    return done;
  };
}

const isSound = (folder: string, path: string): boolean => isBelow(folder, path) && path.endsWith(".ulaw");

function isBelow(folder: string, path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && path.startsWith(folder + sep) && !path.includes("\0");
}
