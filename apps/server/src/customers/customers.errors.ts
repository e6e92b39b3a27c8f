import type { CustomerId } from "@ringdesk/std";

/** The database does not answer. Trying again later helps. */
export type StoreAway = { readonly type: "store-away" };
export type CustomerMissing = { readonly type: "customer-missing"; readonly id: CustomerId };
