// The organisation's support numbers, in memory, and what people type as a number.
import type { E164, NumberId, QueueId } from "@ringdesk/std";
import type { SupportNumber } from "@ringdesk/contract/http";

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
};
