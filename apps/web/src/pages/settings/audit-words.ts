// The audit log in words: what kind of change, and what of it.
import { statusWords } from "../../words/calls.ts";
import { roleWords } from "../../words/people.ts";
import { fullTime } from "../../words/time.ts";

/** Kinds that would read badly by their name alone. */
const kinds: Readonly<Record<string, string>> = {
  "session.begun": "Signed in", "session.ended": "Signed out", "session.refused": "Sign-in refused",
  "user.invited-again": "User invited again", "user.password-link-issued": "Link for a new password made", "user.password-changed": "Own password changed", "user.password-reset": "New password chosen by link",
  "conversations.changed": "Many conversations changed", "conversations.change-undone": "Change of many conversations undone",
  "user.invitation-accepted": "Invitation accepted", "user.invitation-withdrawn": "Invitation withdrawn", "status.created": "Sub-status created", "status.changed": "Sub-status changed", "status.moved": "Sub-status moved",
  "recording-retention.changed": "Retention of recordings changed",
};

/** `permission-set.created` → `Permission set created`. */
export function auditKind(what: string): string {
  const plain = kinds[what] ?? what.replace(/[.-]/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

export type AuditDifference = { readonly field: string; readonly before: string | null; readonly after: string | null };
type Loose = Readonly<Record<string, unknown>> | null;

/** Fields and values that the product calls otherwise than its tables do. */
const fieldNames: Readonly<Record<string, string>> = { email: "E-mail", sms: "SMS", routingEnabled: "Team routing", asks: "Requires", days: "Kept for", startedAt: "Recorded on" };
const valueNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  role: roleWords, status: statusWords, action: { assign: "Assigned", transfer: "Moved to a queue", done: "Marked done", reopen: "Reopened", tag: "Tagged" },
  why: { retention: "it was older than recordings are kept", erasure: "its customer was deleted" },
};

/** `routeWhenOverCapacity` → `Route when over capacity`. */
function fieldWords(field: string): string {
  const own = fieldNames[field];
  if (own !== undefined) return own;
  const words = field.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/ (id|ids|ms)$/i, "").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An abbreviation keeps its capitals. */
const inSentence = (words: string): string => (words === words.toUpperCase() ? words : words.toLowerCase());

const INSTANT = /[a-z]At$/;

/** The value for a person: names in place of ids where they are known. */
function valueWords(field: string, value: unknown, names: ReadonlyMap<string, string>, timeZone: string): string | null {
  if (field === "days" && value !== undefined) return value === null ? "ever" : value === 1 ? "1 day" : `${String(value)} days`;
  if (typeof value === "number" && INSTANT.test(field)) return fullTime(value, timeZone);
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return valueNames[field]?.[value] ?? names.get(value) ?? value;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((each) => valueWords(field, each, names, timeZone) ?? "–").join(", ");
  if (typeof value === "object") return Object.entries(value).map(([key, each]) => `${inSentence(fieldWords(key))} ${valueWords(key, each, names, timeZone) ?? "–"}`).join(", ");
  return String(value);
}

/** What was different afterwards, field by field; the id is left out, for it says nothing to a person. A reason is none of what was lost. */
export function auditDifferences(before: Loose, after: Loose, names: ReadonlyMap<string, string>, timeZone: string): readonly AuditDifference[] {
  const words = (field: string, side: Loose): string | null => valueWords(field, side?.[field], names, timeZone);
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter((field) => field !== "id");
  return fields.map((field) => (field === "why" ? { field: "Why", before: null, after: words(field, after ?? before) } : { field: fieldWords(field), before: words(field, before), after: words(field, after) }))
    .filter((each) => each.before !== each.after);
}

/** Whom or what the entry is about, when it says so. */
export function auditSubject(before: Loose, after: Loose, names: ReadonlyMap<string, string>): string | null {
  const id = (after ?? before)?.["id"];
  const name = (after ?? before)?.["name"] ?? (before ?? after)?.["name"];
  const known = typeof id === "string" ? names.get(id) : undefined;
  return known ?? (typeof name === "string" ? name : null);
}
