import type { E164, NumberId } from "@ringdesk/std";
import type { SupportNumber } from "@ringdesk/contract/http";
import type { SupportNumbers } from "./numbers.ports.ts";

export type NumbersService = SupportNumbers & {
  /** Reads the numbers anew, after one was added or changed. Rejects while the database is away; then the old ones stay. */
  readonly reload: () => Promise<void>;
  /** Called after each reload. */
  readonly onChanged: (listen: () => void) => () => void;
};

/** The support numbers in memory: a call that arrives must not wait for the database. */
export async function createNumbers(load: () => Promise<readonly SupportNumber[]>): Promise<NumbersService> {
  let all: readonly SupportNumber[] = [];
  let byNumber: ReadonlyMap<E164, SupportNumber> = new Map();
  let byId: ReadonlyMap<NumberId, SupportNumber> = new Map();
  const listeners = new Set<() => void>();
  const reload = async (): Promise<void> => {
    all = await load();
    byNumber = new Map(all.map((n) => [n.number, n]));
    byId = new Map(all.map((n) => [n.id, n]));
    for (const listen of listeners) listen();
  };
  await reload();
  return {
    all: () => all,
    byNumber: (number) => byNumber.get(number) ?? null,
    byId: (id) => byId.get(id) ?? null,
    standard: () => all[0] ?? null,
    reload,
    onChanged: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
  };
}
