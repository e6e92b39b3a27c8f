// What a user agent needs to prove who it is, and to ask others for it.
import type { Millis } from "@ringdesk/std";
import { DigestClient, DigestGuard, type Credentials, type DigestHash, type Expected } from "../digest/index.ts";
import type { Received } from "../flow.ts";
import { parseUri, userText, type Header, type SipRequest, type SipResponse } from "../syntax/index.ts";

export type AuthConfig = {
  /** Our account at that neighbour; null: its challenges are refusals. */
  readonly credentialsFor: (peer: string) => Credentials | null;
  /**
   * What that neighbour must prove with each new call and registration; null: its address is enough. `registers` is the number
   * that a REGISTER is about, null for a call.
   */
  readonly demandedOf: (peer: string, registers: string | null) => Expected | null;
  readonly hash: DigestHash;
  /** See `DigestGuardConfig.seal`. */
  readonly seal: (text: string) => string;
};

export type Auth = {
  /** The header that answers the challenge in a 401 or 407; null for any other response, and when it may not be answered. */
  readonly answer: (peer: string, request: SipRequest, response: SipResponse, answered: number) => Header | null;
  /** The header fields of the 401 that this request gets; null when it may pass. */
  readonly challenge: (received: Received<SipRequest>, now: Millis) => readonly Header[] | null;
};

const nobody: Auth = { answer: () => null, challenge: () => null };

/** `config` null: no challenge is answered, and none is posed. */
export function createAuth(config: AuthConfig | null, newToken: () => string): Auth {
  if (config === null) return nobody;
  const client = new DigestClient({ ...config, newToken });
  const guard = new DigestGuard({ ...config, newToken });
  return {
    answer: (peer, request, response, answered) =>
      (response.status === 401 || response.status === 407 ? client.answer(peer, request, response, answered) : null),
    challenge: ({ message, envelope, peer }, now) => {
      const demanded = config.demandedOf(peer, message.method === "REGISTER" ? userOf(envelope.to.uri) : null);
      const verdict = demanded === null ? "accepted" : guard.verify(message, demanded, now);
      return demanded === null || verdict === "accepted" ? null : guard.challenge(demanded, verdict === "stale", now);
    },
  };
}

function userOf(uri: string): string {
  const parsed = parseUri(uri);
  return parsed === null ? "" : (userText(parsed) ?? "");
}

/** Our credentials in a request are replaced, never added to. */
export const isCredential = ({ name }: Header): boolean => name === "authorization" || name === "proxy-authorization";
