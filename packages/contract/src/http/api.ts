// Every route of the REST API, in one map.
import { z } from "zod";
import { callId, customerId, e164, legId, numberId, offerId } from "../ids/index.ts";
import { callSummary, desk, handset, iceServers, queueLine, session, timelineEntry } from "./models.ts";
import { customersApi } from "./customers.ts";
import { devicesApi } from "./devices.ts";
import { conversationsApi } from "./conversations.ts";
import { numbersApi } from "./numbers.ts";
import { liveViewApi } from "./live-view.ts";
import { password } from "./password.ts";
import { peopleApi } from "./people.ts";
import { queuesApi } from "./queues.ts";
import { recordingsApi } from "./recordings.ts";
import type { Route } from "./route.ts";
import { searchesApi } from "./searches.ts";
import { skillsApi } from "./skills.ts";
import { soundsApi } from "./sounds.ts";

const nothing = z.object({});
/** Lists are paged by an opaque cursor (API-1). */
const page = { cursor: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) };
const paged = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
const name = z.string().trim().min(1, "Enter a name").max(100);
const sdp = z.string().max(32_768);
const ofCall = z.object({ id: callId });
const ofHandset = z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });

export const setupRequest = z.object({
  organisation: z.object({ name, timeZone: z.string().min(1).max(64), country: z.enum(["US", "CA"]) }),
  owner: z.object({ name, email: z.email("Enter an e-mail address"), password }),
  sample: z.boolean().default(true),
});

export const api = {
  ...peopleApi,
  // first start and sign-in
  getSetup: { method: "GET", path: "/setup", access: "public", summary: "Whether the first start is still to be done", response: z.object({ needed: z.boolean() }) },
  runSetup: { method: "POST", path: "/setup", access: "public", summary: "Create the organisation and its owner", body: setupRequest, response: z.object({ session, sampleUsers: z.array(z.object({ name: z.string(), email: z.string(), password: z.string() })), supportNumber: e164.nullable() }) },
  signIn: { method: "POST", path: "/session", access: "public", summary: "Sign in", body: z.object({ email: z.string().min(1, "Enter your e-mail address").max(254), password: z.string().min(1, "Enter your password").max(200) }), response: session },
  getSession: { method: "GET", path: "/session", access: "agent", summary: "Who is signed in", response: session },
  signOut: { method: "DELETE", path: "/session", access: "agent", summary: "Sign out", response: nothing },

  // the agent's desk
  getDesk: { method: "GET", path: "/desk", access: "agent", summary: "Status, offer and call of the signed-in agent", response: desk },
  acceptOffer: { method: "POST", path: "/offers/:id/accept", access: "agent", summary: "Accept a ringing call", params: z.object({ id: offerId }), response: z.object({ callId }) },
  declineOffer: { method: "POST", path: "/offers/:id/decline", access: "agent", summary: "Decline a ringing call", params: z.object({ id: offerId }), response: nothing },

  // calls
  dial: { method: "POST", path: "/calls", access: "agent", summary: "Call a number", body: z.object({ to: z.string().min(1, "Enter a number").max(64), from: numberId.optional(), customerId: customerId.optional() }), response: z.object({ callId }) },
  getCall: { method: "GET", path: "/calls/:id", access: "agent", summary: "One call", params: ofCall, response: callSummary },
  connectAudio: { method: "POST", path: "/calls/:id/audio", access: "agent", summary: "Connect this browser's audio to the agent's leg, the first time or again", params: ofCall, body: z.object({ sdp }), response: z.object({ sdp }) },
  audioFailed: { method: "POST", path: "/calls/:id/audio-failed", access: "agent", summary: "The browser cannot use its microphone; the caller goes on hearing music (RTE-4)", params: ofCall, body: z.object({ why: z.enum(["denied", "no-device", "in-use", "connection", "other"]) }), response: nothing },
  hold: { method: "POST", path: "/calls/:id/hold", access: "agent", summary: "Put the customer on hold", params: ofCall, response: nothing },
  resume: { method: "POST", path: "/calls/:id/resume", access: "agent", summary: "Take the customer off hold", params: ofCall, response: nothing },
  sendDigits: { method: "POST", path: "/calls/:id/digits", access: "agent", summary: "Send keypad digits to the customer's side", params: ofCall, body: z.object({ digits: z.string().regex(/^[0-9*#A-D]{1,32}$/, "Only 0-9, *, # and A-D") }), response: nothing },
  hangUp: { method: "POST", path: "/calls/:id/hangup", access: "agent", summary: "End the call", params: ofCall, response: nothing },

  getIceServers: { method: "GET", path: "/ice-servers", access: "agent", summary: "TURN servers for this browser's audio, with credentials that end by themselves", response: iceServers },
  startEchoCall: { method: "POST", path: "/echo-calls", access: "agent", summary: "A test call in which this browser hears itself (CALL-9); it ends by itself after two minutes", body: z.object({ sdp }), response: z.object({ id: legId, sdp }) },
  endEchoCall: { method: "DELETE", path: "/echo-calls/:id", access: "agent", summary: "End a test call", params: z.object({ id: legId }), response: nothing },

  // numbers, queues
  ...devicesApi,
  ...numbersApi,
  ...queuesApi,
  ...skillsApi,
  ...soundsApi,
  listQueues: { method: "GET", path: "/queues", access: "agent", summary: "Queues with their waiting calls", response: z.object({ items: z.array(queueLine) }) },

  // customers and conversations
  ...customersApi,
  getTimeline: { method: "GET", path: "/customers/:id/timeline", access: "agent", summary: "What happened with a customer, newest first", params: z.object({ id: customerId }), query: z.object(page), response: paged(timelineEntry) },
  ...conversationsApi,
  ...searchesApi,
  ...liveViewApi,
  addNote: { method: "POST", path: "/customers/:id/notes", access: "agent", summary: "Write a note on the timeline", params: z.object({ id: customerId }), body: z.object({ text: z.string().trim().min(1, "Write something").max(10_000) }), response: timelineEntry },

  ...recordingsApi,

  // the sandbox carrier's handset
  getHandset: { method: "GET", path: "/sandbox/handset", access: "agent", summary: "The handset of this browser (made on first use; the id is kept in a cookie)", response: handset },
  handsetDial: { method: "POST", path: "/sandbox/handsets/:id/call", access: "agent", summary: "Call from the handset", params: ofHandset, body: z.object({ to: z.string().min(1, "Enter a number").max(64), sdp }), response: z.object({ sdp }) },
  handsetAnswer: { method: "POST", path: "/sandbox/handsets/:id/answer", access: "agent", summary: "Answer the ringing handset", params: ofHandset, body: z.object({ sdp }), response: z.object({ sdp }) },
  handsetHangUp: { method: "POST", path: "/sandbox/handsets/:id/hangup", access: "agent", summary: "Hang up or decline at the handset", params: ofHandset, response: nothing },
} as const satisfies Record<string, Route>;

export type Api = typeof api;
export type OperationId = keyof Api;
