import type { CustomerId } from "@ringdesk/std";

export type { StoreAway } from "../platform/index.ts";
export type CustomerMissing = { readonly type: "customer-missing"; readonly id: CustomerId };
/** The cursor was not one of ours. */
export type CursorInvalid = { readonly type: "cursor-invalid" };

/** One thing that is wrong with what was entered, at its field (JSON pointer). */
export type FieldError = { readonly pointer: string; readonly detail: string };
export type DetailsInvalid = { readonly type: "details-invalid"; readonly errors: readonly FieldError[] };
/** A number that another customer has: who wants it there merges the two. */
export type NumberTaken = { readonly type: "number-taken"; readonly number: string; readonly index: number; readonly by: string };
/** The customer is on the phone, so that it cannot be deleted now. */
export type CustomerOnCall = { readonly type: "customer-on-call" };
/** Merging a customer with itself. */
export type MergeSame = { readonly type: "merge-same" };
/** Together the two would have more than a customer may have. */
export type MergeTooMuch = { readonly type: "merge-too-much"; readonly what: string };
/** Calls wrote to these customers all the time; nothing was changed. */
export type CustomersBusy = { readonly type: "customers-busy" };

export type FieldMissing = { readonly type: "field-missing" };
export type ImportMissing = { readonly type: "import-missing" };
/** The file, or what is said about its columns, cannot be imported. */
export type ImportRefused = { readonly type: "import-refused"; readonly detail: string };
/** The import was started before. */
export type ImportStarted = { readonly type: "import-started" };
/** Other imports are running. */
export type ImportsFull = { readonly type: "imports-full" };
