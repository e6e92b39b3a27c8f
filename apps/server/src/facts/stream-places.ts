import { err } from "@ringdesk/std";
import { newId } from "../kernel/index.ts";
import type { AppendAnswer, FactsRefused, NewFact } from "./facts.ports.ts";
import { kindOf, type Append, type IdentifiedFact } from "./facts.rules.ts";
import type { OpenStream } from "./facts.pg.ts";

/** Above this many streams in memory, closed ones are forgotten. */
const MAX_REMEMBERED_STREAMS = 20_000;

/** An append that waits for its place. */
export interface Pending {
  readonly stream: string;
  readonly facts: readonly NewFact[];
  readonly closes: boolean;
  readonly resolve: (answer: AppendAnswer) => void;
}
export interface Placed { readonly pending: Pending; readonly append: Append }
interface Place { readonly seq: number; readonly closed: boolean }

export interface StreamPlaces {
  readonly load: (streams: readonly OpenStream[]) => void;
  /** Gives each fact its place; refuses what is for a closed stream. Places count only once they are `taken`. */
  readonly place: (batch: readonly Pending[]) => readonly Placed[];
  readonly taken: (append: Append) => void;
  /** The database knows better: the stream is closed. */
  readonly lost: (stream: string) => void;
  readonly open: (kind: string) => readonly string[];
}

/** How far each stream has come, in memory. Closed streams are remembered for a while, so that a late fact is refused at once. */
export function createStreamPlaces(): StreamPlaces {
  const places = new Map<string, Place>();
  const forgetClosed = (): void => {
    if (places.size < MAX_REMEMBERED_STREAMS) return;
    for (const [stream, { closed }] of places) if (closed) places.delete(stream);
  };
  return {
    load: (streams) => { for (const { stream, lastSeq } of streams) places.set(stream, { seq: lastSeq, closed: false }); },
    place: (batch) => {
      const ahead = new Map<string, Place>();
      const placed: Placed[] = [];
      for (const pending of batch) {
        const { stream, facts, closes } = pending;
        const { seq, closed } = ahead.get(stream) ?? places.get(stream) ?? { seq: 0, closed: false };
        if (closed) {
          pending.resolve(err<FactsRefused>({ type: "stream-closed", stream }));
          continue;
        }
        const identified = facts.map((fact, index): IdentifiedFact => ({ stream, seq: seq + 1 + index, id: newId(), ...fact }));
        ahead.set(stream, { seq: seq + facts.length, closed: closes });
        placed.push({ pending, append: { stream, facts: identified, closes } });
      }
      return placed;
    },
    taken: ({ stream, facts, closes }) => {
      places.set(stream, { seq: facts.at(-1)?.seq ?? places.get(stream)?.seq ?? 0, closed: closes });
      forgetClosed();
    },
    lost: (stream) => { places.set(stream, { seq: 0, closed: true }); },
    open: (kind) => [...places].filter(([stream, { closed }]) => !closed && kindOf(stream) === kind).map(([stream]) => stream),
  };
}
