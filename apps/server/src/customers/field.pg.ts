// Custom fields of customers in PostgreSQL.
import { sql } from "kysely";
import type { CustomerField, CustomerFieldKind } from "@ringdesk/contract/http";
import type { Database } from "../platform/index.ts";

export async function selectFields(db: Database): Promise<readonly CustomerField[]> {
  const { rows } = await sql<{ key: string; name: string; kind: CustomerFieldKind; choices: string[]; retired: boolean }>`
    select key, name, kind, choices, retired from customer_fields order by position, key`.execute(db);
  return rows;
}

/** Writes the fields in the order given. */
export async function saveFields(db: Database, fields: readonly CustomerField[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two names may be exchanged: the index on names is checked row by row.
    await sql`delete from customer_fields`.execute(trx);
    for (const [position, f] of fields.entries()) {
      await sql`insert into customer_fields (key, name, kind, choices, position, retired) values (${f.key}, ${f.name}, ${f.kind}, ${f.choices}::text[], ${position}, ${f.retired})`.execute(trx);
    }
  });
}
