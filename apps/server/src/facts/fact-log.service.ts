import { addMs, err, ok } from "@ringdesk/std";
import type { AppendAnswer, AppendOptions, FactLog, LogHealth, NewFact, StoredFact } from "./facts.ports.ts";
import { createBacklog, type Backlog, type BacklogDeps } from "./backlog.ts";
import { ALARM_SHARE, MAX_BATCH_FACTS, MAX_WAITING_FACTS, storable, stored, type Append } from "./facts.rules.ts";
import { createStreamPlaces, type Pending, type Placed, type StreamPlaces } from "./stream-places.ts";

/** A write that takes longer goes to the journal as well, so that calls do not wait for the database. */
export const SLOW_WRITE_MS = 250;
/** How long a stopping server waits for the database; what is left stays in the journal. */
const CLOSE_WAIT_MS = 3_000;
const CLOSE_LOOK_MS = 50;

export interface FactLogDeps extends BacklogDeps {
  /** The log is nearly full; called once until it has emptied by half. */
  readonly alarm: (health: LogHealth) => void;
}

/** The log with what only main needs. */
export interface FactLogService extends FactLog {
  readonly health: () => LogHealth;
  /** Takes no more facts, and waits a little for the database. */
  readonly close: () => Promise<void>;
}

/** Opens the log: brings what the journal holds into the database first, however long that takes. */
export async function openFactLog(deps: FactLogDeps): Promise<FactLogService> {
  const { store, clock, log, left } = deps;
  const backlog = createBacklog(deps);
  const places = createStreamPlaces();
  const listeners = createListeners(deps);
  const queue = createQueue();
  let closing = false;
  const health = (): LogHealth => ({ mode: backlog.mode(), waiting: backlog.waiting() + queue.facts() });
  const checkAlarm = createAlarm(health, deps.alarm);
  const writer = createWriter({ ...deps, backlog, places, queue, tell: listeners.tell, journaled: checkAlarm });
  const wait = (ms: number): Promise<void> => new Promise((resolve) => { clock.at(addMs(clock.now(), ms), resolve); });

  if (left.damaged > 0) log.error({ lines: left.damaged }, "the journal holds lines that cannot be read; they are kept beside it");
  if (left.appends.length > 0) log.info({ facts: backlog.waiting() }, "bringing the journal into the database");
  await backlog.drain();
  places.load(await store.openStreams());

  return {
    append: (stream: string, facts: readonly NewFact[], { closes = false }: AppendOptions = {}): Promise<AppendAnswer> => {
      const clean = storable(facts);
      if (!clean.ok) return Promise.resolve(clean);
      const { waiting } = health();
      if (waiting + facts.length > MAX_WAITING_FACTS || closing) return Promise.resolve(err({ type: "log-full", waiting }));
      const answer = new Promise<AppendAnswer>((resolve) => { queue.put({ stream, facts: clean.value, closes, resolve }); });
      checkAlarm();
      void writer.pump();
      return answer;
    },
    read: async (stream) => merge(backlog.of(stream), await store.read(stream)),
    openStreams: async (kind) => places.open(kind),
    onAppended: listeners.listen,
    health,
    close: async () => {
      const until = addMs(clock.now(), CLOSE_WAIT_MS);
      while ((writer.isBusy() || backlog.waiting() > 0) && clock.now() < until) await wait(CLOSE_LOOK_MS);
      closing = true;
      backlog.giveUp();
    },
  };
}

type WriterDeps = FactLogDeps & {
  readonly backlog: Backlog;
  readonly places: StreamPlaces;
  readonly queue: ReturnType<typeof createQueue>;
  readonly tell: (facts: readonly StoredFact[]) => void;
  readonly journaled: () => void;
};

/** Takes appends from the queue to where they are durable, and answers them. */
function createWriter({ store, clock, log, backlog, places, queue, tell, journaled }: WriterDeps) {
  let pumping = false;

  /** Writes what is queued, batch after batch, until nothing is. Only one runs at a time; never rejects. */
  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    await Promise.resolve(); // what is appended in the same turn shares a batch
    while (!queue.isEmpty()) {
      const placed = places.place(queue.takeBatch());
      if (placed.length === 0) continue;
      if (backlog.mode() === "database" && (await writeDirect(placed))) continue;
      await writeJournal(placed);
    }
    pumping = false;
  }

  /** True: answered. False: the database is away or slow, and the journal takes over. */
  async function writeDirect(placed: readonly Placed[]): Promise<boolean> {
    const writing = store.write(placed.map((each) => each.append));
    let cancel = (): void => {};
    const slow = new Promise<"slow">((resolve) => { cancel = clock.at(addMs(clock.now(), SLOW_WRITE_MS), () => resolve("slow")); });
    const outcome = await Promise.race([writing, slow]);
    cancel();
    if (outcome !== "slow" && outcome.type === "stored") {
      accept(placed, new Set(outcome.refused));
      return true;
    }
    backlog.takeOver(writing, outcome === "slow" ? "slow" : outcome.detail);
    return false;
  }

  async function writeJournal(placed: readonly Placed[]): Promise<void> {
    try {
      await backlog.write(placed.map((each) => each.append));
      accept(placed, new Set());
    } catch (error) {
      log.error({ err: error }, "the journal cannot be written; facts are refused");
      for (const { pending } of placed) pending.resolve(err({ type: "journal-failed", detail: String(error) }));
    }
    journaled();
    void backlog.drain();
  }

  function accept(placed: readonly Placed[], refused: ReadonlySet<Append>): void {
    for (const { pending, append } of placed) {
      if (refused.has(append)) {
        log.error({ stream: append.stream, types: append.facts.map((fact) => fact.type) }, "the database refused facts: the stream was closed, or another writer is at work");
        places.lost(append.stream);
        pending.resolve(err({ type: "stream-closed", stream: append.stream }));
        continue;
      }
      places.taken(append);
      const facts = append.facts.map(stored);
      tell(facts);
      pending.resolve(ok(facts));
    }
  }

  return { pump, isBusy: (): boolean => pumping };
}

/** Facts of the database and those that were in the journal when it was asked; some may be in both. */
function merge(waiting: readonly Append[], facts: readonly StoredFact[]): readonly StoredFact[] {
  const known = new Set(facts.map((fact) => fact.seq));
  const others = waiting.flatMap((append) => append.facts).filter((fact) => !known.has(fact.seq)).map(stored);
  return [...facts, ...others].sort((a, b) => a.seq - b.seq);
}

function createQueue() {
  let queue: Pending[] = [];
  let facts = 0;
  return {
    isEmpty: (): boolean => queue.length === 0,
    facts: (): number => facts,
    put: (pending: Pending): void => {
      queue.push(pending);
      facts += pending.facts.length;
    },
    /** At least one append, and no more than fit one transaction. */
    takeBatch: (): readonly Pending[] => {
      let count = 0;
      let taken = 0;
      for (const pending of queue) {
        if (count > 0 && taken + pending.facts.length > MAX_BATCH_FACTS) break;
        taken += pending.facts.length;
        count += 1;
      }
      const batch = queue.slice(0, count);
      queue = queue.slice(count);
      facts -= taken;
      return batch;
    },
  };
}

function createListeners({ log }: Pick<FactLogDeps, "log">) {
  const listeners = new Set<(fact: StoredFact) => void>();
  return {
    listen: (listen: (fact: StoredFact) => void): (() => void) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    tell: (facts: readonly StoredFact[]): void => {
      for (const fact of facts) {
        for (const listen of listeners) {
          try {
            listen(fact);
          } catch (error) {
            log.error({ err: error, type: fact.type }, "a listener to the facts failed");
          }
        }
      }
    },
  };
}

function createAlarm(health: () => LogHealth, alarm: (health: LogHealth) => void): () => void {
  let rung = false;
  return () => {
    const share = health().waiting / MAX_WAITING_FACTS;
    if (share < ALARM_SHARE / 2) rung = false;
    if (share < ALARM_SHARE || rung) return;
    rung = true;
    alarm(health());
  };
}
