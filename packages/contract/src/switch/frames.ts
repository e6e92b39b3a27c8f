import { z } from "zod";
import { instant, legId } from "../ids/index.ts";
import { command, commandError } from "./commands.ts";
import { legQuality, numberedEvent, snapshot } from "./events.ts";

/** Version of the control protocol; the switch closes a connection that speaks another. */
export const PROTOCOL_VERSION = 1;
/** The longest line that the switch sends, in characters: a snapshot of some 10,000 legs. The server closes beyond it. */
export const MAX_SWITCH_LINE_CHARS = 4 * 1024 * 1024;
/** How often the quality of the legs is told. */
export const QUALITY_INTERVAL_MS = 5_000;
/** How often levels are told, and what time each is about. */
export const LEVELS_INTERVAL_MS = 200;

/** What the server sends. `hello` first; a new hello on a second connection takes over from the first (one server at a time). */
export const serverFrame = z.discriminatedUnion("frame", [
  z.object({
    frame: z.literal("hello"), protocol: z.number().int(), server: z.string().max(64),
    /** What this server has persisted already: events up to `seq` of that life of the switch are not delivered again. */
    acked: z.object({ epoch: z.string().max(64), seq: z.number().int().nonnegative() }).nullable(),
  }),
  z.object({ frame: z.literal("command"), id: z.string().min(1).max(64), command }),
  /** Events up to `seq` are persisted; the switch forgets them. */
  z.object({ frame: z.literal("ack"), seq: z.number().int().nonnegative() }),
]);
export type ServerFrame = z.output<typeof serverFrame>;

/** What the switch sends. */
export const switchFrame = z.discriminatedUnion("frame", [
  z.object({
    frame: z.literal("hello"), protocol: z.number().int(), epoch: z.string().max(64), startedAt: instant,
    /** Events that were dropped because nobody acknowledged them for too long; reconcile by snapshot. */
    dropped: z.number().int().nonnegative(),
  }),
  z.object({ frame: z.literal("event"), ...numberedEvent.shape }),
  z.object({ frame: z.literal("done"), id: z.string(), sdp: z.string().optional(), snapshot: snapshot.optional() }),
  z.object({ frame: z.literal("refused"), id: z.string(), error: commandError }),
  /** Live quality of the legs that are up, every five seconds; not numbered, not kept. */
  z.object({ frame: z.literal("quality"), at: instant, legs: z.array(z.object({ leg: legId, quality: legQuality })) }),
  /**
   * How loud the legs are that `leg.levels` asked for: RMS of the last interval in dBov (RFC 6464), from 0 for a full-scale square
   * wave to −127 for digital silence or nothing at all. Not numbered, not kept, left out when the server is behind with reading.
   */
  z.object({ frame: z.literal("levels"), legs: z.array(z.object({ leg: legId, dbov: z.number().int().min(-127).max(0) })) }),
]);
export type SwitchFrame = z.output<typeof switchFrame>;
