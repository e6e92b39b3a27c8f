import type { Kysely, Transaction as KyselyTransaction } from "kysely";

/**
 * The database. It knows no tables: a room says which it uses, `db.withTables<{ customers: CustomersTable }>()`.
 * Instants are `bigint` columns in milliseconds and arrive as numbers.
 */
export type Database = Kysely<unknown>;
export type Transaction = KyselyTransaction<unknown>;

/** The database cannot be reached or does not answer in time. Try again later. */
export interface StoreAway {
  readonly type: "store-away";
  readonly detail: string;
}
