import { err, ok } from "@ringdesk/std";
import type { FactLog, StoredFact } from "./facts.ports.ts";
import { kindOf, storable } from "./facts.rules.ts";

export interface FakeFactLog extends FactLog {
  /** Everything appended, in order. */
  readonly all: () => readonly StoredFact[];
  /** The next appends are refused, as when the disk is full and the database away. */
  readonly failNext: (times: number) => void;
}

/** The log of facts in memory. A second service over the same log is a restart. */
export function createFakeFactLog(): FakeFactLog {
  const facts: StoredFact[] = [];
  const streams = new Map<string, { readonly seq: number; readonly closed: boolean }>();
  const listeners = new Set<(fact: StoredFact) => void>();
  let failures = 0;
  return {
    append: async (stream, fresh, { closes = false } = {}) => {
      const clean = storable(fresh);
      if (!clean.ok) return clean;
      const { seq, closed } = streams.get(stream) ?? { seq: 0, closed: false };
      if (closed) return err({ type: "stream-closed", stream });
      if (failures > 0) {
        failures -= 1;
        return err({ type: "journal-failed", detail: "told to fail" });
      }
      const placed = clean.value.map((fact, index): StoredFact => ({ stream, seq: seq + 1 + index, ...fact }));
      facts.push(...placed);
      streams.set(stream, { seq: seq + placed.length, closed: closes });
      for (const fact of placed) for (const listen of listeners) listen(fact);
      return ok(placed);
    },
    read: async (stream) => facts.filter((fact) => fact.stream === stream),
    openStreams: async (kind) => [...streams].filter(([stream, state]) => !state.closed && kindOf(stream) === kind).map(([stream]) => stream),
    onAppended: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    all: () => facts,
    failNext: (times) => { failures = times; },
  };
}
