// Signed links to recordings: one user's, for one recording, for a short time (REC-2).
import { createHmac, timingSafeEqual } from "node:crypto";
import { addMs, type Millis, type RecordingId, type UserId } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";
import type { RecordingLinks } from "./recordings.ports.ts";

/** A link begins to play within this, and then lasts for the length of the recording. */
const LINK_MS = 300_000;

/** `secret` makes the signatures: machines that share it take each other's links. */
export function createRecordingLinks({ secret, clock }: { readonly secret: Buffer; readonly clock: Clock }): RecordingLinks {
  const sign = (user: UserId, id: RecordingId, until: string): Buffer => createHmac("sha256", secret).update(JSON.stringify([user, id, until])).digest();
  return {
    make: (user, id, durationMs) => {
      const until = addMs(clock.now(), LINK_MS + durationMs);
      return { query: `?until=${until}&signature=${sign(user, id, String(until)).toString("base64url")}`, until };
    },
    holds: (user, id, { until = "", signature = "" }) => {
      const given = Buffer.from(signature, "base64url");
      const right = sign(user, id, until);
      return given.length === right.length && timingSafeEqual(given, right) && (Number(until) as Millis) >= clock.now();
    },
  };
}
