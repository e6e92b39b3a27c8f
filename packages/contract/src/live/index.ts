// Live updates over a WebSocket (API-3). The browser connects to LIVE_PATH, says hello with what it has seen, and gets
// whatever came since, once each, or `reset` when that is no longer known: then it reads everything anew.
import { z } from "zod";
import { callId, customerId } from "../ids/index.ts";
import { liveViewChange } from "../http/live-view.ts";
import { searchCounts } from "../http/searches.ts";
import { desk, handset, queueLine, timelineEntry } from "../http/models.ts";

export const LIVE_PATH = "/api/v1/live";
/** The server says `beat` this often; a browser that hears nothing for three beats reconnects. */
export const BEAT_MS = 5_000;
/** A message from a browser longer than this closes the connection. */
export const MAX_CLIENT_MESSAGE_BYTES = 4_096;

/**
 * What a page shows that most pages do not: the lines of all queues, the live view of managers, the counts of searches, lists of
 * conversations, how loud the two of a call are. */
export const liveTopic = z.enum(["queues", "live-view", "searches", "conversations", "levels"]);
export type LiveTopic = z.output<typeof liveTopic>;

/** `desk` and `waiting` come without asking; timelines, a handset and topics are watched on request. */
export const clientMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), seen: z.object({ epoch: z.string().max(64), seq: z.number().int().nonnegative() }).nullable(), /** Which tab: only one holds the call (CALL-11). */ tab: z.string().max(64) }),
  z.object({ type: z.literal("watch"), customers: z.array(customerId).max(20), handset: z.string().max(64).nullable(), topics: z.array(liveTopic).max(8).optional() }),
  /** A desktop page is open and can ring. Sent again when its ability changes. */
  z.object({ type: z.literal("desktop"), open: z.boolean() }),
  /** Answer to `beat`. */
  z.object({ type: z.literal("alive") }),
]);
export type ClientMessage = z.output<typeof clientMessage>;

export const liveUpdate = z.discriminatedUnion("type", [
  z.object({ type: z.literal("desk"), desk }),
  z.object({ type: z.literal("queues"), items: z.array(queueLine) }),
  /** The lines that are another than before. */
  z.object({ type: z.literal("queue-lines"), items: z.array(queueLine) }),
  /** How many calls wait in all queues. */
  z.object({ type: z.literal("waiting"), calls: z.number().int() }),
  /** `whole`: what is not in it is gone. */
  z.object({ type: z.literal("live-view"), whole: z.boolean(), change: liveViewChange }),
  /** Put in or replace the entry with this id. */
  z.object({ type: z.literal("timeline"), customerId, entry: timelineEntry }),
  /** A customer has changed; `movedTo` when it was merged into another. */
  z.object({ type: z.literal("customer"), customerId, movedTo: customerId.nullable() }),
  /** Conversations have changed: a list that is on screen is read anew. */
  z.object({ type: z.literal("conversations") }),
  /** Name, role or permissions of the signed-in user have changed. */
  z.object({ type: z.literal("session") }),
  z.object({ type: z.literal("handset"), handset }),
  /** Counts by search, of those that may find something else than before. */
  z.object({ type: z.literal("search-counts"), counts: searchCounts }),
  z.object({ type: z.literal("notice"), level: z.enum(["info", "warning", "error"]), text: z.string(), callId: callId.nullable() }),
]);
export type LiveUpdate = z.output<typeof liveUpdate>;

/**
 * How loud agent and customer of the agent's call arrive at the switch: RMS of the last 200 ms in dBov, 0 to −127, which is digital
 * silence. Null: nobody knows. A moment's picture: never kept, and left out for a browser that is behind with reading.
 */
export const callLevels = z.object({ callId, agent: z.number().int().min(-127).max(0).nullable(), customer: z.number().int().min(-127).max(0).nullable() });
export type CallLevels = z.output<typeof callLevels>;

export const serverMessage = z.discriminatedUnion("type", [
  /** First message. `reset`: forget what you have and read anew; otherwise missed updates follow. */
  z.object({ type: z.literal("welcome"), epoch: z.string(), seq: z.number().int().nonnegative(), reset: z.boolean() }),
  z.object({ type: z.literal("update"), seq: z.number().int().positive(), update: liveUpdate }),
  z.object({ type: z.literal("beat") }),
  z.object({ type: z.literal("levels"), ...callLevels.shape }),
  /** The session is over: sign in again. */
  z.object({ type: z.literal("signed-out") }),
]);
export type ServerMessage = z.output<typeof serverMessage>;
