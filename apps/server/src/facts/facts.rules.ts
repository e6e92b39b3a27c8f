import { err, ok, type Result } from "@ringdesk/std";
import type { FactsRefused, NewFact, StoredFact } from "./facts.ports.ts";

/** The longest JSON of one fact, in characters. A call's facts are far below a kilobyte. */
export const MAX_FACT_CHARS = 65_536;
/** Facts that may wait for the database, in memory and in the journal. */
export const MAX_WAITING_FACTS = 100_000;
/** Facts of one transaction. */
export const MAX_BATCH_FACTS = 500;
/** When this share of the limit waits, the alarm rings. */
export const ALARM_SHARE = 0.8;

/** A fact with the id that tells its repetition from another fact that claims the same place. */
export interface IdentifiedFact extends StoredFact {
  readonly id: string;
}
/** What was appended at once: all or nothing, also in the journal and in the database. */
export interface Append {
  readonly stream: string;
  readonly facts: readonly IdentifiedFact[];
  readonly closes: boolean;
}

/** `call:01ab` → `call`. */
export const kindOf = (stream: string): string => stream.slice(0, stream.indexOf(":"));

/** Escapes of NUL and of surrogates in JSON text: PostgreSQL's jsonb refuses the first, and the others when they stand alone. */
const SUSPICIOUS = /\\u(0000|d[89a-f])/i;

/** Facts as they can be stored, or why not. JSON-unsafe values are dropped or replaced as JSON does it. */
export function storable(facts: readonly NewFact[]): Result<readonly NewFact[], FactsRefused> {
  const clean: NewFact[] = [];
  for (const { type, v, at, data } of facts) {
    const text = JSON.stringify(data);
    if (text.length > MAX_FACT_CHARS) return err({ type: "fact-too-large", bytes: text.length });
    clean.push({ type, v, at, data: parseObject(SUSPICIOUS.test(text) ? JSON.stringify(data, replaceUnstorable) : text) });
  }
  return ok(clean);
}

const parseObject = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

function replaceUnstorable(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\p{Surrogate}|\0/gu, "\ufffd") : value;
}

/** The fact without its id, as the rest of the house knows it. */
export const stored = ({ stream, seq, type, v, at, data }: IdentifiedFact): StoredFact => ({ stream, seq, type, v, at, data });

export const countFacts = (appends: readonly Append[]): number => appends.reduce((sum, append) => sum + append.facts.length, 0);

/** The first appends: at least one, and no more than fit one transaction. */
export function firstFacts(appends: readonly Append[]): readonly Append[] {
  let facts = 0;
  let count = 0;
  for (const { facts: { length } } of appends) {
    if (count > 0 && facts + length > MAX_BATCH_FACTS) break;
    facts += length;
    count += 1;
  }
  return appends.slice(0, count);
}
