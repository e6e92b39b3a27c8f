// The product's words for what happens with calls. One table each; the compiler refuses a value without a row.
import { fields } from "@ringdesk/contract/criteria";
import type { AgentStatus, CallOutcome, CallPhase, CallSummary, Channel, ConversationChange, ConversationStatus, TimelineEntry } from "@ringdesk/contract/http";

export const statusWords = { available: "Available", busy: "Busy", unavailable: "Unavailable" } as const satisfies Record<AgentStatus, string>;

export const outcomeWords = {
  answered: "Answered", missed: "Missed", "abandoned-in-ivr": "Abandoned in IVR", "abandoned-in-queue": "Abandoned in queue",
  voicemail: "Voicemail", failed: "Failed", interrupted: "Interrupted",
} as const satisfies Record<CallOutcome, string>;
export const outcomeColors = {
  answered: "teal", missed: "red", "abandoned-in-ivr": "orange", "abandoned-in-queue": "orange", voicemail: "violet", failed: "red", interrupted: "yellow",
} as const satisfies Record<CallOutcome, string>;

export const phaseWords = {
  connecting: "Connecting your audio", dialling: "Dialling", ringing: "Ringing", talking: "In call", held: "On hold", away: "Your audio was lost",
} as const satisfies Record<CallPhase, string>;

export const conversationWords = fields["conversation.status"].choices satisfies Record<ConversationStatus, string>;
export const channelWords = fields["conversation.channel"].choices satisfies Record<Channel, string>;
export const conversationColors = { open: "teal", snoozed: "blue", "wrap-up": "orange", done: "gray" } as const satisfies Record<ConversationStatus, string>;

export const offerWords = {
  ringing: "ringing", accepted: "accepted", declined: "declined", missed: "not answered", withdrawn: "withdrawn",
} as const satisfies Record<CallSummary["offers"][number]["result"], string>;

export const changeWords = {
  created: "Conversation started", assigned: "Conversation assigned", unassigned: "Assignment removed", transferred: "Moved to queue", snoozed: "Snoozed",
  woken: "Opened again", done: "Marked done", reopened: "Reopened", "wrap-up": "Moved to wrap-up", tagged: "Tags changed", language: "Language changed", restored: "Change undone",
} as const satisfies Record<ConversationChange, string>;

/** What happened with a conversation, with to whom, where or until when. `when` puts an instant into words. */
export function changeLine({ change, detail }: Extract<TimelineEntry, { kind: "conversation" }>, when: (at: number) => string): string {
  const words = changeWords[change];
  if (detail === undefined || detail === "") return words;
  switch (change) {
    case "assigned": return `${words} to ${detail}`;
    case "unassigned": return `${words}; it stays with ${detail}`;
    case "transferred": return `${words} ${detail}`;
    case "snoozed": return `${words} until ${when(Number(detail))}`;
    default: return `${words}: ${detail}`;
  }
}

export const endedByWords = { customer: "Customer hung up", agent: "Agent ended the call", system: "Ended by the system" } as const satisfies Record<NonNullable<CallSummary["endedBy"]>, string>;

/** Bars out of 4 for a mean opinion score (ITU-T G.107: 4.0 satisfied, 3.6 some, 3.1 many dissatisfied); null while nothing is measured. */
export function qualityBars(mos: number | null): 0 | 1 | 2 | 3 | 4 {
  if (mos === null) return 0;
  if (mos >= 4) return 4;
  if (mos >= 3.6) return 3;
  return mos >= 3.1 ? 2 : 1;
}

export const qualityWords = ["Call quality is not measured yet", "Poor call quality", "Fair call quality", "Good call quality", "Excellent call quality"] as const;

/** The name to show for somebody on the phone. */
export function callerName(caller: { readonly name: string | null; readonly number: string | null; readonly email?: string | null }, format: (number: string) => string): string {
  if (caller.name !== null && caller.name !== "") return caller.name;
  return caller.number === null ? caller.email ?? "Hidden number" : format(caller.number);
}

/** A caller who would rather be called back than wait. */
export const callbackWords = { waiting: "To be called back", called: "Called back in vain", reached: "Called back" } as const satisfies Record<NonNullable<CallSummary["callback"]>["state"], string>;
