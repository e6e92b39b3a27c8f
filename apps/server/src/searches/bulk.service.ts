// One change of many conversations. Each is changed for itself: what fails for one does not undo the others.
import { err, ok, type ConversationId, type Result, type UserId } from "@ringdesk/std";
import { forUser } from "@ringdesk/contract/criteria";
import { CONVERSATION_LIMITS, MAX_BULK_RESULTS, type BulkChange } from "@ringdesk/contract/http";
import type { Clock } from "../kernel/index.ts";
import { reach, type Database } from "../platform/index.ts";
import { selectResultIds } from "./search-results.pg.ts";
import type { Bulk, BulkOutcome, ConversationDesk, Searcher } from "./searches.ports.ts";

/** Conversations changed at a time: calls need connections to the database too. */
const AT_A_TIME = 4;
const TAG_ATTEMPTS = 3;

type Command = Parameters<ConversationDesk["change"]>[1];
type ChangeError = Extract<Awaited<ReturnType<ConversationDesk["change"]>>, { ok: false }>["error"];

export function createBulk(deps: { readonly db: Database; readonly clock: Clock; readonly desk: ConversationDesk }): Bulk {
  const busy = new Set<UserId>();
  return {
    run: async (who, change, target) => {
      if (busy.has(who.id)) return err({ type: "bulk-running" });
      busy.add(who.id);
      try {
        const ids = "ids" in target ? ok([...new Set(target.ids)]) : await reach(() => selectResultIds(deps.db, forUser(target.criteria, who.id), deps.clock.now(), MAX_BULK_RESULTS + 1));
        if (!ids.ok) return ids;
        if (ids.value.length > MAX_BULK_RESULTS) return err({ type: "too-many-results" });
        return ok(await changeAll(deps.desk, who, change, ids.value));
      } finally {
        busy.delete(who.id);
      }
    },
  };
}

async function changeAll(desk: ConversationDesk, who: Searcher, change: BulkChange, ids: readonly ConversationId[]): Promise<BulkOutcome> {
  const failed: { id: ConversationId; reason: string }[] = [];
  const queue = [...ids].reverse();
  const work = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const done = change.do === "tag" ? await tag(desk, who, change, id) : await desk.change(id, commandOf(change), who);
      if (!done.ok) failed.push({ id, reason: reasonOf(done.error) });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return { changed: ids.length - failed.length, failed };
}

function commandOf(change: Exclude<BulkChange, { do: "tag" }>): Command {
  switch (change.do) {
    case "assign": case "transfer": case "done": return change;
    case "reopen": return { do: "reopen", assignToMe: false };
  }
}

/** Adds to and takes from the tags that are there, and tries again when somebody else was faster. */
async function tag(desk: ConversationDesk, who: Searcher, { add, remove }: Extract<BulkChange, { do: "tag" }>, id: ConversationId): Promise<Result<unknown, ChangeError>> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await desk.get(id);
    if (!found.ok) return found;
    const tags = [...new Set([...found.value.tags.filter((each) => !remove.includes(each)), ...add])];
    if (tags.length > CONVERSATION_LIMITS.tags) return err({ type: "field-invalid", field: "tags", detail: `At most ${CONVERSATION_LIMITS.tags} tags` });
    const changed = await desk.change(id, { do: "describe", tags }, who, found.value.version);
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
