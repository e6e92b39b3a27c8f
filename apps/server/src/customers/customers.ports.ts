// Customers: who calls, found by number; what is known of them, and how two become one.
import type { ConversationId, CustomerId, E164, Result, UserId } from "@ringdesk/std";
import type { Customer, CustomerDetails, CustomerField, CustomerSort, CustomValues, MergePreview } from "@ringdesk/contract/http";
import type { Clock } from "../kernel/index.ts";
import type { Audit } from "../organisation/index.ts";
import type { Database, Transaction } from "../platform/index.ts";
import type {
  CursorInvalid, CustomerMissing, CustomerOnCall, CustomersBusy, DetailsInvalid, FieldMissing, MergeSame, MergeTooMuch, NumberTaken, StoreAway,
} from "./customers.errors.ts";
import type { ReadNumber } from "./details.rules.ts";

/** Who calls, as a call needs to know it. */
export type Identified = {
  readonly customerId: CustomerId;
  readonly name: string | null;
  /** The voice conversation to continue, if one is open. */
  readonly openVoiceConversation: { readonly id: ConversationId; readonly language: string | null; readonly tags: readonly string[] } | null;
  readonly traits: CustomerTraits;
};

/** What rules may ask about a customer: the fields `customer.…` of criteria. */
export type CustomerTraits = { readonly vip: boolean; readonly language: string | null; readonly tags: readonly string[]; readonly custom: CustomValues };

export type CustomerPage = { readonly items: readonly Customer[]; readonly nextCursor: string | null };
export type CustomerSearch = {
  readonly search?: string | undefined; readonly vip?: boolean | undefined; readonly tag?: string | undefined; readonly sort?: CustomerSort | undefined;
  readonly cursor?: string | undefined; readonly limit: number;
};
export type ChangeError = CustomerMissing | DetailsInvalid | NumberTaken | StoreAway;
export type MergeError = CustomerMissing | MergeSame | MergeTooMuch | CustomersBusy | StoreAway;

/** The id of a customer who was merged means the one who was kept, everywhere. */
export interface Customers {
  /**
   * Finds the customer of a number, or makes one. A hidden caller id (null) is a new customer without a number each
   * time: two people who hide theirs are not one customer (CRM-1).
   */
  readonly identify: (number: E164 | null) => Promise<Result<Identified, StoreAway>>;
  readonly get: (id: CustomerId) => Promise<Result<Customer, CustomerMissing | StoreAway>>;
  /** By any part of the name, of a number or of an e-mail address; without a search the latest first. */
  readonly search: (query: CustomerSearch) => Promise<Result<CustomerPage, CursorInvalid | StoreAway>>;
  readonly create: (details: CustomerDetails) => Promise<Result<Customer, DetailsInvalid | NumberTaken | StoreAway>>;
  readonly update: (id: CustomerId, details: CustomerDetails) => Promise<Result<Customer, ChangeError>>;
  readonly remove: (id: CustomerId, by: UserId) => Promise<Result<null, CustomerMissing | CustomerOnCall | StoreAway>>;
  readonly previewMerge: (kept: CustomerId, other: CustomerId, take: readonly string[]) => Promise<Result<MergePreview, MergeError>>;
  /** `take` names the fields whose value comes from the other one. Calls of both go on. */
  readonly merge: (kept: CustomerId, other: CustomerId, take: readonly string[], by: UserId) => Promise<Result<Customer, MergeError>>;
  readonly tags: () => Promise<Result<readonly string[], StoreAway>>;
}

/** The fields that the organisation adds to its customers, in memory. */
export interface CustomerFields {
  /** In their order, retired ones included. */
  readonly all: () => readonly CustomerField[];
  readonly create: (field: Pick<CustomerField, "name" | "kind" | "choices">, by: UserId) => Promise<Result<CustomerField, DetailsInvalid | StoreAway>>;
  readonly update: (key: string, change: { readonly name?: string | undefined; readonly choices?: readonly string[] | undefined; readonly retired?: boolean | undefined }, by: UserId) => Promise<Result<CustomerField, FieldMissing | DetailsInvalid | StoreAway>>;
  /** Fields that are not named keep their order after the others. */
  readonly order: (keys: readonly string[], by: UserId) => Promise<Result<readonly CustomerField[], StoreAway>>;
}

/** What another room keeps of a customer. It moves or goes with the customer, in the same transaction. */
export interface CustomerBelongings {
  readonly move: (trx: Transaction, from: CustomerId, to: CustomerId) => Promise<void>;
  readonly forget: (trx: Transaction, customer: CustomerId) => Promise<void>;
  /** Whether something is going on with the customer now, so that it cannot be forgotten. */
  readonly isLive: (trx: Transaction, customer: CustomerId) => Promise<boolean>;
}

/** Told when a customer has changed; `movedTo` when it was merged into another. */
export type CustomerListener = (id: CustomerId, movedTo: CustomerId | null) => void;

/** What the service of customers works with. */
export type CustomersDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly fields: Pick<CustomerFields, "all">;
  readonly readNumber: ReadNumber;
  /** What other rooms keep of customers. */
  readonly belongings: readonly CustomerBelongings[];
  readonly changed: CustomerListener;
};
