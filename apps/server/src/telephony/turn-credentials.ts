import { createHmac } from "node:crypto";
import type { TurnConfig } from "@ringdesk/contract/config";
import type { IceServers } from "@ringdesk/contract/http";
import type { Millis, UserId } from "@ringdesk/std";

/** Longer than a shift and far longer than a call, which would lose its relay with its credentials. */
export const CREDENTIALS_VALID_MS = (12 * 3_600_000) as Millis;

/**
 * TURN servers for one user's browser, with a name and password that end by themselves (the "REST API for access to TURN
 * services", as coturn's `use-auth-secret` understands it): the name is the end in seconds since the epoch and the user, the
 * password an HMAC of it. Nobody but the TURN server and we know the secret.
 */
export function turnServers(turn: TurnConfig | null, user: UserId, now: Millis): IceServers {
  if (turn === null) return { servers: [], validMs: CREDENTIALS_VALID_MS };
  const username = `${Math.floor((now + CREDENTIALS_VALID_MS) / 1_000)}:${user}`;
  const credential = createHmac("sha1", turn.secret).update(username).digest("base64");
  return { servers: [{ urls: [...turn.urls], username, credential }], validMs: CREDENTIALS_VALID_MS };
}
