import { createHash } from "node:crypto";
import { err, type Result } from "@ringdesk/std";
import type { HttpProblem } from "../http.ports.ts";
import { problems } from "./problems.ts";

/** Answers remembered at a time; the oldest go first. */
const MAX_KEYS = 10_000;
const KEPT_MS = 24 * 3_600_000;
const KEY = /^[\x21-\x7e]{1,200}$/;

type Answer = Result<unknown, HttpProblem>;
interface Kept { readonly bodyHash: string; readonly at: number; readonly answer: Promise<Answer> }

export interface IdempotentRequest {
  /** Who asks; keys of different callers do not meet. */
  readonly caller: string;
  readonly operation: string;
  readonly key: string;
  readonly input: unknown;
  readonly nowMs: number;
}

/**
 * Carries out a request once per Idempotency-Key (API-1): a repetition, also one that comes while the first is under way,
 * gets the first's answer. Answers of status 500 and above are not kept, so that the caller may try again.
 */
export function createIdempotency(): (request: IdempotentRequest, run: () => Promise<Answer>) => Promise<Answer> {
  const kept = new Map<string, Kept>();
  return (request, run) => {
    if (!KEY.test(request.key)) return Promise.resolve(err(problems.keyInvalid));
    const name = `${request.caller} ${request.operation} ${request.key}`;
    const bodyHash = createHash("sha256").update(JSON.stringify(request.input)).digest("base64");
    const before = kept.get(name);
    if (before !== undefined && request.nowMs - before.at < KEPT_MS) {
      return before.bodyHash === bodyHash ? before.answer : Promise.resolve(err(problems.keyReused));
    }
    const answer = run();
    kept.delete(name);
    kept.set(name, { bodyHash, at: request.nowMs, answer });
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEYS) break;
      kept.delete(oldest);
    }
    const forget = (): void => { if (kept.get(name)?.answer === answer) kept.delete(name); };
    answer.then((result) => { if (!result.ok && result.error.status >= 500) forget(); }, forget);
    return answer;
  };
}
