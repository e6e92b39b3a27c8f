// What conditions can be about.
import type { FieldKind } from "./kinds.ts";

/** Queue rules see a call or message that has just come in; searches see whole conversations. */
export type CriteriaScope = "rule" | "search";
/** Where a page finds the values to choose from. */
export type ValueSource = "queues" | "users" | "teams" | "numbers" | "languages" | "tags";

export interface Field {
  readonly label: string;
  readonly kind: FieldKind;
  readonly scopes: readonly CriteriaScope[];
  /** What a choice can be, with its words. */
  readonly choices?: Readonly<Record<string, string>>;
  readonly source?: ValueSource;
}

const both = ["rule", "search"] as const;
const search = ["search"] as const;

export const fields = {
  "conversation.channel": { label: "Channel", kind: "choice", scopes: both, choices: { voice: "Voice", sms: "Text message", email: "E-mail", chat: "Chat" } },
  "conversation.status": { label: "Status", kind: "choice", scopes: search, choices: { "open": "Open", "snoozed": "Snoozed", "wrap-up": "Wrap-up", "done": "Done" } },
  "conversation.queue": { label: "Queue", kind: "id", scopes: search, source: "queues" },
  "conversation.assignedTo": { label: "Assigned to", kind: "id", scopes: search, source: "users" },
  "conversation.team": { label: "Team", kind: "id", scopes: search, source: "teams" },
  "conversation.supportNumber": { label: "Support number", kind: "id", scopes: both, source: "numbers" },
  "conversation.language": { label: "Conversation language", kind: "id", scopes: both, source: "languages" },
  "conversation.tags": { label: "Conversation tags", kind: "set", scopes: both, source: "tags" },
  "conversation.createdAt": { label: "Created", kind: "instant", scopes: search },
  "conversation.lastActivityAt": { label: "Last activity", kind: "instant", scopes: search },
  "customer.vip": { label: "VIP", kind: "boolean", scopes: both },
  "customer.language": { label: "Customer language", kind: "id", scopes: both, source: "languages" },
  "customer.tags": { label: "Customer tags", kind: "set", scopes: both, source: "tags" },
  "customer.name": { label: "Customer name", kind: "text", scopes: both },
  "customer.number": { label: "Customer number", kind: "phones", scopes: both },
} as const satisfies Record<string, Field>;

/** A field of the table, or one that the organisation has added to its customers. */
export type FieldName = keyof typeof fields | `customer.custom.${string}`;

const CUSTOM = /^customer\.custom\.([A-Za-z0-9_-]{1,64})$/;
/** The key of a field that the organisation has added; null for the others. */
export const customKey = (name: string): string | null => CUSTOM.exec(name)?.[1] ?? null;

/** What is known of a field; null when there is no such field. Added fields are compared as text. */
export function fieldOf(name: string): Field | null {
  const key = customKey(name);
  if (key !== null) return { label: key, kind: "text", scopes: both };
  return Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : null;
}

/** The names of the fields that can be chosen, in the order of a menu. Those that the organisation has added come after them. */
export const fieldNames = (scope: CriteriaScope): readonly FieldName[] =>
  (Object.keys(fields) as (keyof typeof fields)[]).filter((name) => (fields[name].scopes as readonly CriteriaScope[]).includes(scope));
