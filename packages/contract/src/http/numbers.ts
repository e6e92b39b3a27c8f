// Support numbers and what their callers hear first and last.
import { z } from "zod";
import { callId, e164, numberId, queueId } from "../ids/index.ts";
import { callSummary } from "./models.ts";
import type { Route } from "./route.ts";

/** The longest text that is spoken to a caller, in characters. */
export const MAX_SPOKEN_CHARS = 1_000;
const MAX_LABEL_CHARS = 100;
/** A number as people type it, with spaces and brackets. */
const MAX_TYPED_CHARS = 64;
/** The keys of a telephone. */
const MAX_MENU_KEYS = 12;

const spoken = z.string().trim().max(MAX_SPOKEN_CHARS, `At most ${MAX_SPOKEN_CHARS} characters`);
/** RTE-6: one key leads to one queue; any other key, and none within five seconds, to the default queue. */
export const numberMenu = z.object({
  prompt: spoken.min(1, "Say which key does what"),
  keys: z.array(z.object({ key: z.string().regex(/^[0-9*#]$/, "A key of the telephone: 0-9, * or #"), queueId })).min(1, "Add a key").max(MAX_MENU_KEYS),
});
export type NumberMenu = z.output<typeof numberMenu>;
/** RTE-5: where calls go that nobody answers. */
export const numberVoicemail = z.object({ on: z.boolean(), greeting: spoken });
export type NumberVoicemail = z.output<typeof numberVoicemail>;

export const supportNumber = z.object({
  id: numberId, number: e164, label: z.string(), carrier: z.enum(["sandbox", "twilio", "sip"]),
  greeting: z.string(), /** Null: the rules decide (QUE-3). */ queueId: queueId.nullable(), recording: z.boolean(),
  menu: numberMenu.nullable(), voicemail: numberVoicemail,
}).meta({ id: "SupportNumber" });
export type SupportNumber = z.output<typeof supportNumber>;

const label = z.string().trim().min(1, "Enter a label").max(MAX_LABEL_CHARS, `At most ${MAX_LABEL_CHARS} characters`);
/** A number that reaches this system already: one that a SIP carrier sends here, or any one for the handset of the sandbox. */
export const newNumber = z.object({ number: z.string().trim().min(1, "Enter a number").max(MAX_TYPED_CHARS), label, queueId: queueId.nullable() });
export type NewNumber = z.output<typeof newNumber>;

export const numberChange = z.object({
  label, greeting: spoken, queueId: queueId.nullable(), recording: z.boolean(),
  menu: numberMenu.nullable(), voicemail: numberVoicemail,
}).partial();
export type NumberChange = z.output<typeof numberChange>;

export const numbersApi = {
  listNumbers: { method: "GET", path: "/numbers", access: "agent", summary: "Support numbers", response: z.object({ items: z.array(supportNumber) }) },
  createNumber: { method: "POST", path: "/numbers", access: "admin", summary: "Add a support number that reaches this system already; its calls are taken at once", body: newNumber, response: supportNumber },
  updateNumber: { method: "PATCH", path: "/numbers/:id", access: "admin", summary: "Change what callers of a support number hear and where they wait; holds from the next call on", params: z.object({ id: numberId }), body: numberChange, response: supportNumber },
  markVoicemailHeard: { method: "POST", path: "/calls/:id/voicemail/heard", access: "agent", summary: "Note that the voicemail message of a call was listened to", params: z.object({ id: callId }), response: callSummary },
} as const satisfies Record<string, Route>;
