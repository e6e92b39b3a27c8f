// The sub-statuses of Busy and Unavailable (STAT-1), in memory, because a status must change also while the database is away.
import { err, ok, type Result, type SubStatusId, type UserId } from "@ringdesk/std";
import type { AgentStatus, SubStatus } from "@ringdesk/contract/http";
import { newId, type Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import { unlessTaken } from "../platform/index.ts";
import type { NamedSubStatus } from "./agents.ports.ts";
import type { SubStatusStore } from "./sub-status.pg.ts";
import type { TeamsError } from "./teams.errors.ts";

export const MAX_SUB_STATUSES = 100;
type Answer = Promise<Result<SubStatus, TeamsError>>;

export interface SubStatuses {
  /** Those of Busy, then those of Unavailable, each in their order, retired ones included. */
  readonly all: () => readonly SubStatus[];
  /** What an agent chooses by this id; `status-missing` when it is retired or belongs to another status. */
  readonly choose: (status: AgentStatus, id: SubStatusId) => Result<NamedSubStatus, TeamsError>;
  readonly create: (by: UserId, fresh: Pick<SubStatus, "status" | "name">) => Answer;
  readonly update: (by: UserId, id: SubStatusId, wish: { readonly name?: string | undefined; readonly retired?: boolean | undefined; readonly move?: -1 | 1 | undefined }) => Answer;
}

export async function openSubStatuses({ store, audit, clock }: { readonly store: SubStatusStore; readonly audit: Audit; readonly clock: Clock }): Promise<SubStatuses> {
  let all = await store.all();
  const reload = async (): Promise<void> => { all = await store.all(); };
  return {
    all: () => all,
    choose: (status, id) => {
      const found = all.find((each) => each.id === id && each.status === status && !each.retired);
      return found === undefined ? err({ type: "status-missing" }) : ok({ id, name: found.name });
    },
    create: async (by, { status, name }) => {
      if (all.length >= MAX_SUB_STATUSES) return err({ type: "statuses-full", max: MAX_SUB_STATUSES });
      const made: SubStatus = { id: newId<SubStatusId>(), status, name, retired: false };
      const written = await unlessTaken({ type: "name-taken" }, () => store.insert(made, all.length, clock.now()));
      if (!written.ok) return written;
      await audit.record(by, "status.created", null, made);
      await reload();
      return ok(made);
    },
    update: async (by, id, { name, retired, move }) => {
      const now = all.find((each) => each.id === id);
      if (now === undefined) return err({ type: "status-missing" });
      const next: SubStatus = { ...now, name: name ?? now.name, retired: retired ?? now.retired };
      if (next.name !== now.name || next.retired !== now.retired) {
        const written = await unlessTaken({ type: "name-taken" }, () => store.update(next));
        if (!written.ok) return written;
        await audit.record(by, "status.changed", now, next);
      }
      if (move !== undefined) {
        const ids = all.filter((each) => each.status === now.status).map((each) => each.id);
        const moved = swapped(ids, ids.indexOf(id), move);
        await store.order(moved);
        await audit.record(by, "status.moved", { id, name: now.name, place: ids.indexOf(id) + 1 }, { id, name: now.name, place: moved.indexOf(id) + 1 });
      }
      await reload();
      return ok(next);
    },
  };
}

/** The list with the one at `at` moved by one place; at an end it stays. */
function swapped<T>(list: readonly T[], at: number, by: -1 | 1): readonly T[] {
  const other = list[at + by];
  const one = list[at];
  if (other === undefined || one === undefined) return list;
  return list.map((each, index) => (index === at ? other : index === at + by ? one : each));
}
