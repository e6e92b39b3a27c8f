// A call as the timeline shows it (CALL-8), folded from its facts one by one.
import type { CallId, ConversationId, CustomerId, Millis, OfferId, QueueId, UserId } from "@ringdesk/std";
import type { CallSummary, Recording } from "@ringdesk/contract/http";
import type { BirthFact, CallFact, FactOf } from "./call.facts.ts";
import { endReasonWords, recordingNotes, stepWords } from "./call.words.rules.ts";

/** Offers that a summary lists; of more, the last ones. */
const MAX_LISTED_OFFERS = 50;

/** Steps that a summary lists; of more, the last ones. */
const MAX_LISTED_STEPS = 50;

type ListedOffer = CallSummary["offers"][number] & { readonly id: OfferId };
/** The summary and what is needed to go on with it. JSON-safe: it is kept beside the summary. */
export type SummaryFold = {
  readonly summary: CallSummary;
  readonly customerId: CustomerId | null;
  readonly conversationId: ConversationId | null;
  readonly customerName: string | null;
  readonly queueId: QueueId | null;
  readonly agentId: UserId | null;
  readonly queuedAt: Millis | null;
  /** What time counts as now, and since when. `away`: nobody talks; `from` says what the agent returns to. */
  readonly spell: { readonly kind: "none" } | { readonly kind: "talk" | "hold"; readonly since: Millis } | { readonly kind: "away"; readonly from: "talk" | "hold" };
  readonly offers: readonly ListedOffer[];
};

/** The summary of a call of which only the first fact is known. */
export function beginSummary(id: CallId, fact: BirthFact): SummaryFold {
  const inbound = fact.type === "call.arrived";
  return {
    summary: {
      id, direction: inbound ? "inbound" : "outbound", state: "live", outcome: null, reason: null,
      customerNumber: inbound ? fact.data.from : fact.data.to, supportNumber: fact.data.supportNumber, queueName: null,
      startedAt: fact.at, answeredAt: null, endedAt: null, waitMs: null, talkMs: null, holdMs: 0 as Millis, holds: 0,
      agentName: inbound ? null : fact.data.name, endedBy: null, offers: [], steps: [], voicemail: null, callback: null, quality: [], recordings: [],
    },
    customerId: null, conversationId: null, customerName: null, queueId: null, agentId: inbound ? null : fact.data.userId,
    queuedAt: null, spell: { kind: "none" }, offers: [],
  };
}

/** The summary after one more fact. */
export function foldSummary(fold: SummaryFold, fact: CallFact): SummaryFold {
  const words = stepWords(fact);
  return foldFact(words === null ? fold : withStep(fold, fact.at, words), fact);
}

function foldFact(fold: SummaryFold, fact: CallFact): SummaryFold {
  switch (fact.type) {
    case "call.identified":
      return { ...fold, customerId: fact.data.customerId, conversationId: fact.data.conversationId, customerName: fact.data.customerName };
    case "call.queued": return withSummary({ ...fold, queueId: fact.data.queueId, queuedAt: fold.queuedAt ?? fact.at }, { queueName: fact.data.queueName });
    case "call.requeued": return withSummary(closeSpell({ ...fold, queueId: fact.data.queueId }, fact.at), { queueName: fact.data.queueName });
    case "call.offered": return withOffers(fold, [...fold.offers, { id: fact.data.offerId, agentName: fact.data.name, at: fact.at, result: "ringing" }]);
    case "call.offer-ended": return withOffers(fold, endOffer(fold.offers, fact.data.offerId, fact.data.result));
    case "call.assigned":
      return withSummary(withOffers({ ...fold, agentId: fact.data.userId }, endOffer(fold.offers, fact.data.offerId, "accepted")), { agentName: fact.data.name });
    case "call.answered": return fold.summary.direction === "outbound" ? withSummary(fold, { answeredAt: fact.at }) : fold;
    case "call.bridged": return bridged(fold, fact.at);
    case "call.held": return { ...withSummary(closeSpell(fold, fact.at), { holds: fold.summary.holds + 1 }), spell: { kind: "hold", since: fact.at } };
    case "call.resumed": return { ...closeSpell(fold, fact.at), spell: { kind: "talk", since: fact.at } };
    case "call.agent-lost": return agentLost(fold, fact.at);
    case "call.message-begun": return withSummary(fold, { voicemail: { recordingId: fact.data.recordingId, heard: null } });
    case "call.callback-requested": return withSummary(fold, { callback: { requestedAt: fact.at, state: "waiting" } });
    case "call.callback-unanswered": return withCallback(fold, "called");
    case "call.agent-connected":
      return fold.spell.kind === "away" && fold.spell.from === "hold" ? { ...fold, spell: { kind: "hold", since: fact.at } } : fold;
    case "call.recording-started": case "call.recording-stopped": return withSummary(fold, { recordings: recordingsAfter(fold, fact) });
    case "call.leg-ended": return withQuality(fold, fact);
    case "call.ended": return ended(fold, fact);
    default: return fold;
  }
}

/** All facts of one call at once; null when they do not begin with a birth. */
export function summarise(id: CallId, facts: readonly CallFact[]): SummaryFold | null {
  const [first, ...rest] = facts;
  if (first === undefined || (first.type !== "call.arrived" && first.type !== "call.placed")) return null;
  return rest.reduce(foldSummary, beginSummary(id, first));
}

const withSummary = (fold: SummaryFold, change: Partial<CallSummary>): SummaryFold => ({ ...fold, summary: { ...fold.summary, ...change } });

const withCallback = (fold: SummaryFold, state: "called" | "reached"): SummaryFold =>
  (fold.summary.callback === null ? fold : withSummary(fold, { callback: { ...fold.summary.callback, state } }));
const withStep = (fold: SummaryFold, at: Millis, words: string): SummaryFold =>
  withSummary(fold, { steps: [...fold.summary.steps, { at, words }].slice(-MAX_LISTED_STEPS) });

function withOffers(fold: SummaryFold, all: readonly ListedOffer[]): SummaryFold {
  const offers = all.slice(-MAX_LISTED_OFFERS);
  return withSummary({ ...fold, offers }, { offers: offers.map(({ agentName, at, result }) => ({ agentName, at, result })) });
}
const endOffer = (offers: readonly ListedOffer[], id: OfferId, result: ListedOffer["result"]): readonly ListedOffer[] =>
  offers.map((o) => (o.id === id && o.result === "ringing" ? { ...o, result } : o));

/** Adds the running talk or hold to its total. */
function closeSpell(fold: SummaryFold, at: Millis): SummaryFold {
  const { spell, summary } = fold;
  const rest: SummaryFold = { ...fold, spell: { kind: "none" } };
  if (spell.kind === "talk") return withSummary(rest, { talkMs: ((summary.talkMs ?? 0) + (at - spell.since)) as Millis });
  if (spell.kind === "hold") return withSummary(rest, { holdMs: (summary.holdMs + (at - spell.since)) as Millis });
  return rest;
}

function bridged(before: SummaryFold, at: Millis): SummaryFold {
  if (before.spell.kind === "talk") return before;
  const fold = withCallback(before, "reached");
  const { summary, queuedAt } = fold;
  const first = summary.waitMs === null && queuedAt !== null ? { waitMs: (at - queuedAt) as Millis } : {};
  return { ...withSummary(fold, { ...first, answeredAt: summary.answeredAt ?? at, talkMs: summary.talkMs ?? (0 as Millis) }), spell: { kind: "talk", since: at } };
}

function agentLost(fold: SummaryFold, at: Millis): SummaryFold {
  const from = fold.spell.kind;
  return from === "talk" || from === "hold" ? { ...closeSpell(fold, at), spell: { kind: "away", from } } : fold;
}

function recordingsAfter({ summary }: SummaryFold, fact: FactOf<"call.recording-started"> | FactOf<"call.recording-stopped">): Recording[] {
  const others = summary.recordings.filter((r) => r.id !== fact.data.recordingId);
  const base = { id: fact.data.recordingId, callId: summary.id };
  if (fact.type === "call.recording-started") return [...others, { ...base, state: "recording", durationMs: null, note: null }];
  return [...others, { ...base, state: fact.data.why === "completed" ? "complete" : "partial", durationMs: fact.data.durationMs, note: recordingNotes[fact.data.why] }];
}

function withQuality(fold: SummaryFold, { data: { party, quality } }: FactOf<"call.leg-ended">): SummaryFold {
  if (quality === null) return fold;
  const expected = quality.packets + quality.lost;
  const lossPercent = expected === 0 ? 0 : Math.round((1_000 * quality.lost) / expected) / 10;
  return withSummary(fold, { quality: [...fold.summary.quality, { party, mos: quality.mos, lossPercent, jitterMs: quality.jitterMs }] });
}

function ended(fold: SummaryFold, { at, data }: FactOf<"call.ended">): SummaryFold {
  const closed = closeSpell(fold, at);
  const waitMs = closed.summary.waitMs ?? (closed.queuedAt === null ? null : ((at - closed.queuedAt) as Millis));
  return withSummary(closed, {
    state: "ended", outcome: data.outcome, voicemail: data.outcome === "voicemail" ? closed.summary.voicemail : null, endedBy: data.by, endedAt: at, waitMs, reason: data.reason === null ? null : endReasonWords[data.reason],
  });
}
