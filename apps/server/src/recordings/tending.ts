// What is to do for recordings now: delete those whose time has come or whose customer was erased, and move the others home.
import { addMs, type Millis } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { cutoff, markGone, oldestKept, removeOld, selectLostBuckets, selectRetention, selectToDelete, selectToMove } from "./keeping.pg.ts";
import { homeOf } from "./recording-audio.ts";
import type { StoredRecording } from "./recording.pg.ts";
import { deleteAudio, moveHome, type Away, type MoveDeps } from "./recording-move.ts";
import { sweep } from "./sweep.fs.ts";

/** Recordings taken from the table at once. */
const AT_ONCE = 100;
/** A store that fails so many recordings one after the other is left alone until the next try. */
const GIVE_UP_AFTER = 3;

export type TendingDeps = MoveDeps & { readonly clock: Clock; readonly audit: Audit };
export type Tended = {
  /** What did not succeed. */
  readonly fault: Away | null;
  /** When there will be something to do; null: not before somebody says so. */
  readonly next: Millis | null;
  /** Whether a recording that ends will bring something to do before that. */
  readonly waitsForEnds: boolean;
};
type Deed = (stored: StoredRecording) => ReturnType<typeof moveHome>;

/** Does all of it once. Rejects while the database is away; stops early, between two recordings, when `isStopped`. */
export function createTending(deps: TendingDeps): (isStopped: () => boolean) => Promise<Tended> {
  const { db, clock, shelves, audit } = deps;
  const home = homeOf(shelves);
  const moves = home.bucket !== null || home.sealed;
  let swept = false;

  /** Logged when it is really gone: a crash in between may log it twice, but never not at all. */
  const deleteOne: Deed = async (stored) => {
    const deleted = await deleteAudio(deps, stored);
    if (!deleted.ok) return deleted;
    const { recording: { id, callId }, startedAt, removedWhy } = stored;
    await audit.record(null, "recording.deleted", { recording: id, call: callId, startedAt, why: removedWhy }, null);
    await markGone(db, id);
    return deleted;
  };

  return async (isStopped) => {
    if (!swept) swept = await sweep(deps);
    const days = await selectRetention(db);
    while (days !== null && !isStopped() && await removeOld(db, cutoff(clock.now(), days), clock.now(), AT_ONCE) === AT_ONCE);
    const undeleted = await each((after) => selectToDelete(db, home, after, AT_ONCE), deleteOne, isStopped);
    const unmoved = moves && undeleted?.forAll !== true ? await each((after) => selectToMove(db, home, after, AT_ONCE), (stored) => moveHome(deps, stored), isStopped) : null;
    const oldest = days === null ? null : await oldestKept(db);
    const next = oldest === null || days === null ? null : dueAt(oldest, days);
    return { fault: undeleted ?? unmoved ?? lost(await selectLostBuckets(db, home)), next, waitsForEnds: moves || (days !== null && next === null) };
  };
}

/**
 * Does `deed` to each recording that `select` finds, page by page. One that fails does not keep it from the others, until so many in
 * a row have failed by a fault that is not theirs: then the answer has `forAll`.
 */
async function each(select: (after: string) => Promise<readonly StoredRecording[]>, deed: Deed, isStopped: () => boolean): Promise<Away | null> {
  let fault: Away | null = null;
  let failedInARow = 0;
  let after = "";
  for (;;) {
    const found = await select(after);
    for (const stored of found) {
      if (isStopped()) return fault;
      after = stored.recording.id;
      const done = await deed(stored);
      failedInARow = !done.ok && done.error.forAll ? failedInARow + 1 : 0;
      if (!done.ok) fault = { ...done.error, forAll: failedInARow === GIVE_UP_AFTER };
      if (fault?.forAll === true) return fault;
    }
    if (found.length < AT_ONCE) return fault;
  }
}

const lost = (buckets: readonly string[]): Away | null =>
  (buckets.length === 0 ? null : { type: "away", detail: `Recordings to be deleted are in a bucket that RINGDESK_S3_BUCKET does not name: ${buckets.join(", ")}.`, forAll: false });

/** The moment after which a recording that began at `startedAt` is older than so many days. */
const dueAt = (startedAt: Millis, days: number): Millis => addMs(startedAt, -cutoff(0 as Millis, days) + 1);
