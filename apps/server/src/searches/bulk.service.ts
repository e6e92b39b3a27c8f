// One change of many conversations, and its undoing. Each is changed for itself: what fails for one does not undo the others.
import { err, ok, type ConversationId, type Result, type UserId } from "@ringdesk/std";
import { forUser } from "@ringdesk/contract/criteria";
import { CONVERSATION_LIMITS, MAX_BULK_RESULTS, type BulkChange } from "@ringdesk/contract/http";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { reach, type Database } from "../platform/index.ts";
import { selectResultIds } from "./search-results.pg.ts";
import type { BulkRunning } from "./searches.errors.ts";
import type { Bulk, BulkOutcome, ConversationDesk, Searcher } from "./searches.ports.ts";
import { createUndoMemory, type Changed } from "./undo-memory.ts";

/** Conversations changed at a time: calls need connections to the database too. */
const AT_A_TIME = 4;
const TAG_ATTEMPTS = 3;

type Command = Parameters<ConversationDesk["change"]>[1];
type Changing = Awaited<ReturnType<ConversationDesk["changeKeeping"]>>;
type ChangeError = Extract<Changing, { ok: false }>["error"];

export type BulkDeps = { readonly db: Database; readonly clock: Clock; readonly desk: ConversationDesk; readonly audit: Audit };

export function createBulk({ db, clock, desk, audit }: BulkDeps): Bulk {
  const busy = new Set<UserId>();
  const memory = createUndoMemory(clock);
  const alone = async <T, E>(who: Searcher, work: () => Promise<Result<T, E>>): Promise<Result<T, E | BulkRunning>> => {
    if (busy.has(who.id)) return err({ type: "bulk-running" });
    busy.add(who.id);
    try {
      return await work();
    } finally {
      busy.delete(who.id);
    }
  };
  return {
    run: (who, change, target) => alone(who, async (): ReturnType<Bulk["run"]> => {
      const ids = "ids" in target ? ok([...new Set(target.ids)]) : await reach(() => selectResultIds(db, forUser(target.criteria, who.id), clock.now(), MAX_BULK_RESULTS + 1));
      if (!ids.ok) return ids;
      if (ids.value.length > MAX_BULK_RESULTS) return err({ type: "too-many-results" });
      const kept: Changed[] = [];
      const outcome = await each(ids.value, (id) => id, async (id) => {
        const done = change.do === "tag" ? await tag(desk, who, change, id) : await desk.changeKeeping(id, commandOf(change), who);
        if (done.ok && done.value.before !== null) kept.push({ id, version: done.value.now.version, before: done.value.before });
        return done;
      });
      const { do: action, ...what } = change;
      if (kept.length > 0) await audit.record(who.id, "conversations.changed", null, { action, ...what, conversations: kept.length });
      return ok({ ...outcome, undo: memory.keep(who.id, kept) });
    }),
    undo: (who, id) => alone(who, async (): ReturnType<Bulk["undo"]> => {
      const changed = memory.take(who.id, id);
      if (changed === null) return err({ type: "undo-gone" });
      const outcome = await each(changed, (one) => one.id, ({ id: conversation, version, before }) => desk.change(conversation, { do: "restore", before }, who, version));
      await audit.record(who.id, "conversations.change-undone", null, { conversations: outcome.changed, leftAlone: outcome.failed.length });
      return ok(outcome);
    }),
  };
}

/** Changes many, a few at a time; tells which failed, and why. */
async function each<T>(all: readonly T[], idOf: (one: T) => ConversationId, change: (one: T) => Promise<Result<unknown, ChangeError>>): Promise<BulkOutcome> {
  const failed: { id: ConversationId; reason: string }[] = [];
  const queue = [...all].reverse();
  const work = async (): Promise<void> => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
      const done = await change(one);
      if (!done.ok) failed.push({ id: idOf(one), reason: reasonOf(done.error) });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { changed: all.length - failed.length, failed };
}

function commandOf(change: Exclude<BulkChange, { do: "tag" }>): Command {
  switch (change.do) {
    case "assign": case "transfer": case "done": return change;
    case "reopen": return { do: "reopen", assignToMe: false };
  }
}

/** Adds to and takes from the tags that are there, and tries again when somebody else was faster. */
async function tag(desk: ConversationDesk, who: Searcher, { add, remove }: Extract<BulkChange, { do: "tag" }>, id: ConversationId): Promise<Changing> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await desk.get(id);
    if (!found.ok) return found;
    const tags = [...new Set([...found.value.tags.filter((each) => !remove.includes(each)), ...add])];
    if (tags.length > CONVERSATION_LIMITS.tags) return err({ type: "field-invalid", field: "tags", detail: `At most ${CONVERSATION_LIMITS.tags} tags` });
    const changed = await desk.changeKeeping(id, { do: "describe", tags }, who, found.value.version);
    if (changed.ok || changed.error.type !== "conversation-changed" || attempt === TAG_ATTEMPTS) return changed;
  }
}

function reasonOf(error: ChangeError): string {
  switch (error.type) {
    case "conversation-missing": return "It is not there any more.";
    case "conversation-changed": return error.what;
    case "conversation-refused": return error.why;
    case "field-invalid": return error.detail;
    case "store-away": return "The database did not answer.";
  }
}
