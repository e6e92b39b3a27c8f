// What conversations and the timeline keep of a customer, when it is merged or deleted.
import { sql } from "kysely";
import type { CustomerBelongings } from "../customers/index.ts";
import { afterCommit } from "../platform/index.ts";
import type { ConversationListener } from "./conversation-board.ts";
import { moveConversations, selectOfCustomer } from "./conversation.pg.ts";

/** `told` hears of conversations that are another customer's now, and of those that go with theirs: nobody has them any more. */
export const conversationBelongings = (told: Pick<ConversationListener, "changed">): CustomerBelongings => ({
  move: async (trx, from, to) => {
    const moved = await moveConversations(trx, from, to);
    afterCommit(trx, () => { for (const c of moved) told.changed(c); });
    await sql`update timeline_entries set customer_id = ${to} where customer_id = ${from}`.execute(trx);
  },
  // Rows go with the customer's; memory does not.
  forget: async (trx, customer) => {
    const gone = await selectOfCustomer(trx, customer);
    afterCommit(trx, () => { for (const c of gone) told.changed({ ...c, status: "done", waitingSince: null, version: c.version + 1 }); });
  },
  isLive: () => Promise.resolve(false),
});
