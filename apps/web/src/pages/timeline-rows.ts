// How the entries of a timeline stand on the page.
import type { TimelineEntry } from "@ringdesk/contract/http";

type CallEntry = Extract<TimelineEntry, { kind: "call" }>;
/** What happened with a conversation. */
export type Change = Extract<TimelineEntry, { kind: "conversation" }>;
/** An entry of its own; a call has with it what it did to its conversation. */
export type TimelineRow = { readonly entry: Exclude<TimelineEntry, CallEntry> } | { readonly entry: CallEntry; readonly changes: readonly Change[] };

/** Facts of a call's end are written within this time after it. */
const SETTLED_MS = 5_000;
/** What calls do to conversations by themselves; the rest was done by somebody. */
const byCalls: ReadonlySet<Change["change"]> = new Set<Change["change"]>(["created", "assigned", "wrap-up"]);

const came = (change: Change, { call, conversationId }: CallEntry): boolean =>
  change.conversationId === conversationId && change.at >= call.startedAt && change.at <= (call.endedAt ?? Number.POSITIVE_INFINITY) + SETTLED_MS;

/**
 * Folds what a call did to its conversation into the call, which is what matters; the rest keeps its place.
 * @param entries newest first, as they were read; a call may still be unread, then its changes stand alone.
 */
export function timelineRows(entries: readonly TimelineEntry[]): readonly TimelineRow[] {
  const calls = entries.filter((entry) => entry.kind === "call");
  const folded = new Map<string, Change[]>();
  for (const entry of entries) {
    if (entry.kind !== "conversation" || !byCalls.has(entry.change) || entry.detail !== undefined) continue; // with a detail it was done by hand
    const call = calls.find((each) => came(entry, each));
    if (call !== undefined) folded.set(call.id, [entry, ...(folded.get(call.id) ?? [])]);
  }
  const gone = new Set([...folded.values()].flat().map((entry) => entry.id));
  return entries.filter((entry) => !gone.has(entry.id)).map((entry) => (entry.kind === "call" ? { entry, changes: folded.get(entry.id) ?? [] } : { entry }));
}
