// Customers: who calls, found by number.
import type { ConversationId, CustomerId, E164, Result } from "@ringdesk/std";
import type { Customer, CustomValues } from "@ringdesk/contract/http";
import type { CursorInvalid, CustomerMissing, StoreAway } from "./customers.errors.ts";

/** Who calls, as a call needs to know it. */
export type Identified = {
  readonly customerId: CustomerId;
  readonly name: string | null;
  /** The voice conversation to continue, if one is open. */
  readonly openVoiceConversation: ConversationId | null;
  readonly traits: CustomerTraits;
};

/** What rules may ask about a customer: the fields `customer.…` of criteria. */
export type CustomerTraits = { readonly vip: boolean; readonly language: string | null; readonly tags: readonly string[]; readonly custom: CustomValues };

export type CustomerChange = {
  readonly name?: string | null | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly vip?: boolean | undefined;
};
export type CustomerPage = { readonly items: readonly Customer[]; readonly nextCursor: string | null };
export type CustomerSearch = { readonly search?: string | undefined; readonly cursor?: string | undefined; readonly limit: number };

export interface Customers {
  /**
   * Finds the customer of a number, or makes one. A hidden caller id (null) is a new customer without a number each
   * time: two people who hide theirs are not one customer (CRM-1).
   */
  readonly identify: (number: E164 | null) => Promise<Result<Identified, StoreAway>>;
  readonly get: (id: CustomerId) => Promise<Result<Customer, CustomerMissing | StoreAway>>;
  /** By any part of the name or of a number; without a search the latest first. */
  readonly search: (query: CustomerSearch) => Promise<Result<CustomerPage, CursorInvalid | StoreAway>>;
  readonly update: (id: CustomerId, change: CustomerChange) => Promise<Result<Customer, CustomerMissing | StoreAway>>;
}
