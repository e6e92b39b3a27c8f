// What calls keep of a customer, when it is merged or deleted.
import { sql } from "kysely";
import type { CustomerBelongings } from "../customers/index.ts";

export const callBelongings: CustomerBelongings = {
  move: async (trx, from, to) => {
    await sql`update calls set customer_id = ${to} where customer_id = ${from}`.execute(trx);
  },
  /** The call itself stays, for the reports: who it was with does not. */
  forget: async (trx, customer) => {
    await sql`update calls set customer_id = null, conversation_id = null, customer_number = null,
        fold = fold || '{"customerId":null,"conversationId":null,"customerName":null}'::jsonb || jsonb_build_object('summary', fold->'summary' || '{"customerNumber":null}'::jsonb)
      where customer_id = ${customer}`.execute(trx);
  },
  isLive: async (trx, customer) => {
    const { rows } = await sql`select 1 from calls where state = 'live' and customer_id = ${customer} limit 1`.execute(trx);
    return rows.length > 0;
  },
};
