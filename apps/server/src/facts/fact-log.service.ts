import { err, ok, type Result } from "@ringdesk/std";
import type { Logger } from "pino";
import { newId, type Clock } from "../kernel/index.ts";
import type { AppendOptions, FactLog, FactsRefused, LogHealth, NewFact, StoredFact } from "./facts.ports.ts";
import type { FactStore } from "./facts.pg.ts";
import { ALARM_SHARE, kindOf, MAX_WAITING_FACTS, storable, stored, type Append, type IdentifiedFact } from "./facts.rules.ts";
import type { Journal, JournalLeft } from "./journal.fs.ts";

/** A write that takes longer goes to the journal as well, so that calls do not wait for the database. */
export const SLOW_WRITE_MS = 250;
/** Facts of one transaction. */
const MAX_BATCH_FACTS = 500;
const RETRY_MS = 250;
const MAX_RETRY_MS = 2_000;
/** How long a stopping server waits for the database; what is left stays in the journal. */
const CLOSE_WAIT_MS = 3_000;
const CLOSE_LOOK_MS = 50;

export interface FactLogDeps {
  readonly store: FactStore;
  readonly journal: Journal;
  readonly left: JournalLeft;
  readonly clock: Clock;
  readonly log: Logger;
  /** The log is nearly full; called once until it has emptied by half. */
  readonly alarm: (health: LogHealth) => void;
}

/** The log with what only main needs. */
export interface FactLogService extends FactLog {
  readonly health: () => LogHealth;
  /** Takes no more facts, and waits a little for the database. */
  readonly close: () => Promise<void>;
}

type Answer = Result<readonly StoredFact[], FactsRefused>;
interface Pending { readonly stream: string; readonly facts: readonly NewFact[]; readonly closes: boolean; readonly resolve: (answer: Answer) => void }
interface StreamState { readonly seq: number; readonly closed: boolean }

/** Opens the log: brings what the journal holds into the database first, however long that takes. */
export async function openFactLog(deps: FactLogDeps): Promise<FactLogService> {
  const { store, journal, clock, log } = deps;
  const streams = new Map<string, StreamState>();
  const listeners = new Set<(fact: StoredFact) => void>();
  let queue: Pending[] = [];
  let queuedFacts = 0;
  let undrained: Append[] = [...deps.left.appends];
  let undrainedFacts = countFacts(undrained);
  let mode: LogHealth["mode"] = undrained.length > 0 ? "journal" : "database";
  let pumping = false;
  let journalBusy = false;
  let draining = false;
  let alarmed = false;
  let closing = false;

  const wait = (ms: number): Promise<void> => new Promise((resolve) => { clock.at((clock.now() + ms) as ReturnType<Clock["now"]>, resolve); });
  const health = (): LogHealth => ({ mode, waiting: undrainedFacts + queuedFacts });

  function append(stream: string, facts: readonly NewFact[], { closes = false }: AppendOptions = {}): Promise<Answer> {
    const clean = storable(facts);
    if (!clean.ok) return Promise.resolve(clean);
    if (undrainedFacts + queuedFacts + facts.length > MAX_WAITING_FACTS || closing) return Promise.resolve(err({ type: "log-full", waiting: undrainedFacts + queuedFacts }));
    const answer = new Promise<Answer>((resolve) => { queue.push({ stream, facts: clean.value, closes, resolve }); });
    queuedFacts += facts.length;
    checkAlarm();
    void pump();
    return answer;
  }

  /** Writes what is queued, batch after batch, until nothing is. Only one runs at a time; never rejects. */
  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    await Promise.resolve(); // what is appended in the same turn shares a batch
    while (queue.length > 0) {
      const batch = takeBatch();
      const placed = place(batch);
      if (placed.length === 0) continue;
      if (mode === "database" && (await writeDirect(placed))) continue;
      await writeJournal(placed);
    }
    pumping = false;
  }

  function takeBatch(): Pending[] {
    let facts = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || facts + (queue[count]?.facts.length ?? 0) <= MAX_BATCH_FACTS)) {
      facts += queue[count]?.facts.length ?? 0;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    queuedFacts -= facts;
    return batch;
  }

  /** Gives each fact its place. Positions count only once the batch is accepted. */
  function place(batch: readonly Pending[]): Placed[] {
    const ahead = new Map<string, StreamState>();
    const placed: Placed[] = [];
    for (const pending of batch) {
      const { stream, facts, closes } = pending;
      const state = ahead.get(stream) ?? streams.get(stream) ?? { seq: 0, closed: false };
      if (state.closed) {
        pending.resolve(err({ type: "stream-closed", stream }));
        continue;
      }
      const identified = facts.map((fact, index): IdentifiedFact => ({ stream, seq: state.seq + 1 + index, id: newId(), ...fact }));
      ahead.set(stream, { seq: state.seq + facts.length, closed: closes });
      placed.push({ pending, append: { stream, facts: identified, closes } });
    }
    return placed;
  }

  /** True: answered. False: the database is away or slow, and the journal takes over. */
  async function writeDirect(placed: readonly Placed[]): Promise<boolean> {
    const writing = store.write(placed.map((each) => each.append));
    let cancel = (): void => {};
    const slow = new Promise<"slow">((resolve) => { cancel = clock.at((clock.now() + SLOW_WRITE_MS) as ReturnType<Clock["now"]>, () => resolve("slow")); });
    const outcome = await Promise.race([writing, slow]);
    cancel();
    if (outcome !== "slow" && outcome.type === "stored") {
      accept(placed, new Set(outcome.refused));
      return true;
    }
    mode = "journal";
    journalBusy = true; // from this turn on, so that the drain does not find the journal empty too early
    log.warn({ reason: outcome === "slow" ? "slow" : outcome.detail }, "the database does not keep up; facts go to the journal");
    // The slow write may still succeed. The drain waits for it, then passes over what it stored.
    void drain(writing);
    return false;
  }

  async function writeJournal(placed: readonly Placed[]): Promise<void> {
    journalBusy = true;
    const appends = placed.map((each) => each.append);
    try {
      await journal.write(appends);
      undrained.push(...appends);
      undrainedFacts += countFacts(appends);
      accept(placed, new Set());
    } catch (error) {
      log.error({ err: error }, "the journal cannot be written; facts are refused");
      for (const { pending } of placed) pending.resolve(err({ type: "journal-failed", detail: String(error) }));
    } finally {
      journalBusy = false;
    }
    checkAlarm();
    void drain();
  }

  function accept(placed: readonly Placed[], refused: ReadonlySet<Append>): void {
    for (const { pending, append: { stream, facts, closes }, append: whole } of placed) {
      if (refused.has(whole)) {
        log.error({ stream, types: facts.map((fact) => fact.type) }, "the database refused facts: the stream was closed, or another writer is at work");
        streams.set(stream, { seq: 0, closed: true });
        pending.resolve(err({ type: "stream-closed", stream }));
        continue;
      }
      streams.set(stream, { seq: facts.at(-1)?.seq ?? streams.get(stream)?.seq ?? 0, closed: closes });
      const told = facts.map(stored);
      for (const fact of told) tell(fact);
      pending.resolve(ok(told));
    }
    forgetClosed();
  }

  function tell(fact: StoredFact): void {
    for (const listen of listeners) {
      try {
        listen(fact);
      } catch (error) {
        log.error({ err: error, type: fact.type }, "a listener to the facts failed");
      }
    }
  }

  /** Brings the journal into the database, oldest first. Ends when nothing waits. Only one runs at a time; never rejects. */
  async function drain(after: Promise<unknown> | null = null): Promise<void> {
    if (draining) return;
    draining = true;
    await after;
    let retryMs = RETRY_MS;
    while (undrained.length > 0) {
      const batch = firstFacts(undrained);
      const outcome = await store.write(batch);
      if (outcome.type === "away") {
        if (closing) break;
        await wait(retryMs);
        retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
        continue;
      }
      retryMs = RETRY_MS;
      for (const refused of outcome.refused) await setAside(refused);
      undrained = undrained.slice(batch.length);
      undrainedFacts -= countFacts(batch);
    }
    // No await from here to the change of mode: nothing slips into the journal unnoticed.
    draining = false;
    if (undrained.length > 0 || journalBusy) return; // the write under way starts the drain again
    if (mode === "journal") log.info("the journal is empty; facts go to the database again");
    mode = "database";
    alarmed = false;
    await journal.clear().catch((error: unknown) => log.error({ err: error }, "the emptied journal cannot be removed; it is read again at the next start, which changes nothing"));
  }

  async function setAside(refused: Append): Promise<void> {
    log.error({ stream: refused.stream }, "the database refused facts of the journal; they are kept in refused.ndjson");
    await journal.setAside(refused, "its place in the stream is taken")
      .catch((error: unknown) => log.error({ err: error, append: refused }, "refused facts cannot be kept in a file; this line is their only trace"));
  }

  function checkAlarm(): void {
    const share = health().waiting / MAX_WAITING_FACTS;
    if (share < ALARM_SHARE / 2) alarmed = false;
    if (share < ALARM_SHARE || alarmed) return;
    alarmed = true;
    deps.alarm(health());
  }

  /** Closed streams are remembered for a while, so that a late fact is refused without asking the database. */
  function forgetClosed(): void {
    if (streams.size < MAX_REMEMBERED_STREAMS) return;
    for (const [stream, { closed }] of streams) if (closed) streams.delete(stream);
  }

  async function read(stream: string): Promise<readonly StoredFact[]> {
    const waiting = undrained.filter((each) => each.stream === stream);
    const bySeq = new Map<number, StoredFact>();
    for (const fact of await store.read(stream)) bySeq.set(fact.seq, fact);
    for (const fact of waiting.flatMap((each) => each.facts)) if (!bySeq.has(fact.seq)) bySeq.set(fact.seq, stored(fact));
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  if (deps.left.damaged > 0) log.error({ lines: deps.left.damaged }, "the journal holds lines that cannot be read; they are kept beside it");
  if (undrained.length > 0) log.info({ facts: undrainedFacts }, "bringing the journal into the database");
  await drain();
  for (const { stream, lastSeq } of await store.openStreams()) streams.set(stream, { seq: lastSeq, closed: false });

  return {
    append,
    read,
    openStreams: async (kind) => [...streams].filter(([stream, state]) => !state.closed && kindOf(stream) === kind).map(([stream]) => stream),
    onAppended: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    health,
    close: async () => {
      const until = clock.now() + CLOSE_WAIT_MS;
      while ((pumping || undrained.length > 0) && clock.now() < until) await wait(CLOSE_LOOK_MS);
      closing = true;
    },
  };
}

interface Placed { readonly pending: Pending; readonly append: Append }
/** Above this many streams in memory, closed ones are forgotten. */
const MAX_REMEMBERED_STREAMS = 20_000;

const countFacts = (appends: readonly Append[]): number => appends.reduce((sum, each) => sum + each.facts.length, 0);

function firstFacts(appends: readonly Append[]): readonly Append[] {
  let facts = 0;
  let count = 0;
  for (const { facts: { length } } of appends) {
    if (count > 0 && facts + length > MAX_BATCH_FACTS) break;
    facts += length;
    count += 1;
  }
  return appends.slice(0, count);
}
