// Service door of the facts. Only main.ts imports it.
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { Database } from "../platform/index.ts";
import { openFactLog, type FactLogService } from "./fact-log.service.ts";
import { createFactStore } from "./facts.pg.ts";
import type { LogHealth, Projection } from "./facts.ports.ts";
import { openJournal } from "./journal.fs.ts";

export type { FactLogService } from "./fact-log.service.ts";

export interface FactsDeps {
  /** A pool of its own, so that slow pages do not hold up calls. */
  readonly db: Database;
  readonly journalFolder: string;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly alarm: (health: LogHealth) => void;
}

/** Opens the log of facts. Resolves when the journal of an earlier run is in the database. */
export async function createFactLog(deps: FactsDeps): Promise<FactLogService> {
  const { journal, left } = await openJournal(deps.journalFolder);
  const store = createFactStore({
    db: deps.db,
    projections: deps.projections,
    projectionFailed: (projection, fact, error) => deps.log.error({ err: error, projection, stream: fact.stream, seq: fact.seq }, "a projection failed; the fact is kept"),
  });
  return openFactLog({ store, journal, left, clock: deps.clock, log: deps.log, alarm: deps.alarm });
}
