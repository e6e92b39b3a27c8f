// The organisation's support numbers, in memory, and what people type as a number.
import type { E164, NumberId, QueueId, Result, UserId } from "@ringdesk/std";
import type { NewNumber, NumberChange, NumberMenu, NumberVoicemail, SupportNumber } from "@ringdesk/contract/http";

export type NumberInvalid = {
  readonly type: "number-invalid";
  readonly input: string;
  readonly why: "no-number" | "too-short" | "too-long" | "wrong-country" | "not-assigned" | "emergency";
};

export interface SupportNumbers {
  readonly all: () => readonly SupportNumber[];
  readonly byNumber: (number: E164) => SupportNumber | null;
  readonly byId: (id: NumberId) => SupportNumber | null;
  /** The number that calls go out from when the agent chose none: the first one. */
  readonly standard: () => SupportNumber | null;
}

/** What a new support number is made of. */
export type NewSupportNumber = {
  readonly number: E164;
  readonly label: string;
  readonly carrier: SupportNumber["carrier"];
  readonly greeting: string;
  readonly queueId: QueueId | null;
  readonly recording: boolean;
  /** Not given: none. */
  readonly menu?: NumberMenu;
  /** Not given: off. */
  readonly voicemail?: NumberVoicemail;
};

export type NumberError =
  | { readonly type: "number-missing"; readonly id: NumberId }
  /** Fields of the change, by JSON pointer. */
  | { readonly type: "change-invalid"; readonly errors: readonly { readonly pointer: string; readonly detail: string }[] }
  | { readonly type: "store-away" };

/** Settings of support numbers. */
export interface NumberSettings {
  /** A number that is taken here, or that nobody has, is wrong at its field. Its calls are taken at once. */
  readonly create: (wish: NewNumber, by: UserId) => Promise<Result<SupportNumber, NumberError>>;
  /** Holds from the next call on. */
  readonly update: (id: NumberId, change: NumberChange, by: UserId) => Promise<Result<SupportNumber, NumberError>>;
}
