// Saved searches in PostgreSQL.
import type { Millis, SearchId, UserId } from "@ringdesk/std";
import { sql } from "kysely";
import { criteriaFor, type Criteria } from "@ringdesk/contract/criteria";
import type { SearchColumn, SearchSort } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";
import type { Database, Transaction } from "../platform/index.ts";
import { standardSearch } from "./search.rules.ts";
import type { SavedSearch } from "./searches.ports.ts";

type SearchTable = {
  id: SearchId; name: string; criteria: unknown; sort_by: SearchSort["by"]; sort_direction: SearchSort["direction"]; columns: SearchColumn[];
  owner_id: UserId | null; shared: boolean; is_standard: boolean; created_at: Millis;
};
type Tables = { searches: SearchTable };
const readCriteria = criteriaFor("search");
/** Of a search whose criteria name what there is no more. */
const NOTHING: Criteria = { match: "any", items: [] };

const searchOf = (r: SearchTable): SavedSearch => {
  const criteria = readCriteria.safeParse(r.criteria);
  return {
    id: r.id, name: r.name, criteria: criteria.success ? criteria.data : NOTHING, sort: { by: r.sort_by, direction: r.sort_direction }, columns: r.columns,
    ownerId: r.owner_id, shared: r.shared, isStandard: r.is_standard, createdAt: r.created_at,
  };
};
const rowOf = (s: SavedSearch) => ({
  id: s.id, name: s.name, criteria: sql`${JSON.stringify(s.criteria)}::jsonb`, sort_by: s.sort.by, sort_direction: s.sort.direction, columns: [...s.columns],
  owner_id: s.ownerId, shared: s.shared, is_standard: s.isStandard, created_at: s.createdAt,
});

export async function selectSearches(db: Database): Promise<readonly SavedSearch[]> {
  const rows = await db.withTables<Tables>().selectFrom("searches").selectAll().execute();
  return rows.map(searchOf);
}

export async function insertSearch(db: Database, search: SavedSearch): Promise<void> {
  await db.withTables<Tables>().insertInto("searches").values(rowOf(search)).execute();
}

export async function updateSearch(db: Database, search: SavedSearch): Promise<void> {
  await db.withTables<Tables>().updateTable("searches").set(rowOf(search)).where("id", "=", search.id).execute();
}

export async function deleteSearch(db: Database, id: SearchId): Promise<void> {
  await db.withTables<Tables>().deleteFrom("searches").where("id", "=", id).execute();
}

/** The search that every workspace has, in the transaction of the first start. */
export const seedStandardSearch = (trx: Transaction, defaultQueue: QueueId, at: Millis): Promise<void> => insertSearch(trx, { ...standardSearch(defaultQueue), createdAt: at });
