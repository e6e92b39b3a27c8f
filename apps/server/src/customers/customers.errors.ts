import type { CustomerId } from "@ringdesk/std";

export type { StoreAway } from "../platform/index.ts";
export type CustomerMissing = { readonly type: "customer-missing"; readonly id: CustomerId };
/** The cursor was not one of ours. */
export type CursorInvalid = { readonly type: "cursor-invalid" };
