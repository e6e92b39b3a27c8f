import { addMs } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { LogHealth } from "./facts.ports.ts";
import type { FactStore } from "./facts.pg.ts";
import { countFacts, firstFacts, type Append } from "./facts.rules.ts";
import type { Journal, JournalLeft } from "./journal.fs.ts";

const RETRY_MS = 250;
const MAX_RETRY_MS = 2_000;

export interface BacklogDeps {
  readonly store: FactStore;
  readonly journal: Journal;
  readonly left: JournalLeft;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Backlog {
  readonly mode: () => LogHealth["mode"];
  /** Facts that are not in the database yet. */
  readonly waiting: () => number;
  readonly of: (stream: string) => readonly Append[];
  /** From now on facts go to the journal. `writing` is the write that was too slow; it may still succeed. */
  readonly takeOver: (writing: Promise<unknown>, reason: string) => void;
  /** Puts appends into the journal; to be called next after `takeOver`. Rejects when the disk refuses. */
  readonly write: (appends: readonly Append[]) => Promise<void>;
  /** Brings the journal into the database, oldest first. Ends when nothing waits. Never rejects. */
  readonly drain: () => Promise<void>;
  /** The drain ends instead of waiting for a database that is away. */
  readonly giveUp: () => void;
}

/** What is in the journal and not in the database, and its way there. */
export function createBacklog(deps: BacklogDeps): Backlog {
  const { store, journal, clock, log } = deps;
  const undrained: Append[] = [...deps.left.appends];
  let facts = countFacts(undrained);
  let mode: LogHealth["mode"] = undrained.length > 0 ? "journal" : "database";
  /** From the decision for the journal until it is written: then the drain must not find it empty. */
  let writing = false;
  let draining = false;
  let givenUp = false;

  const wait = (ms: number): Promise<void> => new Promise((resolve) => { clock.at(addMs(clock.now(), ms), resolve); });

  async function drain(after: Promise<unknown> | null = null): Promise<void> {
    if (draining) return;
    draining = true;
    await after;
    for (let retryMs = RETRY_MS; undrained.length > 0 && !givenUp;) {
      const batch = firstFacts(undrained);
      const outcome = await store.write(batch);
      if (outcome.type === "away") {
        await wait(retryMs);
        retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
        continue;
      }
      retryMs = RETRY_MS;
      for (const refused of outcome.refused) await setAside(refused);
      undrained.splice(0, batch.length);
      facts -= countFacts(batch);
    }
    // No await from here to the change of mode: nothing slips into the journal unnoticed.
    draining = false;
    if (undrained.length > 0 || writing) return; // the write under way starts the drain again
    if (mode === "journal") log.info("the journal is empty; facts go to the database again");
    mode = "database";
    await journal.clear().catch((error: unknown) => log.error({ err: error }, "the emptied journal cannot be removed; it is read again at the next start, which changes nothing"));
  }

  async function setAside(refused: Append): Promise<void> {
    log.error({ stream: refused.stream }, "the database refused facts of the journal; they are kept in refused.ndjson");
    await journal.setAside(refused, "its place in the stream is taken")
      .catch((error: unknown) => log.error({ err: error, append: refused }, "refused facts cannot be kept in a file; this line is their only trace"));
  }

  return {
    drain: () => drain(),
    mode: () => mode,
    waiting: () => facts,
    of: (stream) => undrained.filter((append) => append.stream === stream),
    takeOver: (slow, reason) => {
      mode = "journal";
      writing = true;
      log.warn({ reason }, "the database does not keep up; facts go to the journal");
      void drain(slow);
    },
    write: async (appends) => {
      writing = true;
      try {
        await journal.write(appends);
        undrained.push(...appends);
        facts += countFacts(appends);
      } finally {
        writing = false;
      }
    },
    giveUp: () => { givenUp = true; },
  };
}
