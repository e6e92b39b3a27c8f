// Answers challenges with our credentials (RFC 3261 §22, RFC 7616, RFC 8760) - and only those that may be answered.
import type { Header, SipRequest, SipResponse } from "../syntax/index.ts";
import { algorithmOf, digestAlgorithms, digestResponse, parseDigest, quoted, type DigestAlgorithm, type DigestHash, type DigestParams } from "./digest-header.ts";

/** Our account at a neighbour. `realm` null: the realm of its first challenge is taken for its own from then on. */
export type Credentials = { readonly user: string; readonly password: string; readonly realm: string | null };

export type DigestClientConfig = {
  readonly credentialsFor: (peer: string) => Credentials | null;
  readonly hash: DigestHash;
  /** Unpredictable text of letters and digits. */
  readonly newToken: () => string;
};

/** One request may be answered twice: once, and once more when the nonce was merely old (RFC 7616 §3.3, stale). */
const MAX_ANSWERS = 2;
/** Challenges of one response that are looked at. */
const MAX_CHALLENGES = 8;
/** Nonces whose counts are kept. */
const MAX_COUNTED_NONCES = 256;

type Challenge = { readonly params: DigestParams; readonly algorithm: DigestAlgorithm; readonly realm: string; readonly nonce: string };

export class DigestClient {
  readonly #config: DigestClientConfig;
  readonly #realms = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(config: DigestClientConfig) {
    this.#config = config;
  }

  /**
   * The header that answers a 401 or 407, or null when it must not or cannot be answered. `answered` is how often this
   * request was answered already. Only call it for requests of dialogs that we opened: a caller who challenges our BYE wants
   * to guess our password (SEC-3), and gets nothing.
   */
  answer(peer: string, request: SipRequest, response: SipResponse, answered: number): Header | null {
    const proxy = response.status === 407;
    const credentials = this.#config.credentialsFor(peer);
    if (credentials === null || answered >= MAX_ANSWERS) return null;
    const challenge = this.#choose(peer, credentials, response, proxy ? "proxy-authenticate" : "www-authenticate");
    if (challenge === null) return null;
    // The same question again means that the answer was wrong; asking a third time would only lock the account.
    if (answered > 0 && challenge.params.get("stale")?.toLowerCase() !== "true") return null;
    return { name: proxy ? "proxy-authorization" : "authorization", value: this.#credentialsText(credentials, challenge, request) };
  }

  #choose(peer: string, credentials: Credentials, response: SipResponse, field: string): Challenge | null {
    const realm = credentials.realm ?? this.#realms.get(peer) ?? null;
    const usable: Challenge[] = [];
    for (const h of response.headers) {
      if (h.name !== field || usable.length >= MAX_CHALLENGES) continue;
      const challenge = readChallenge(h.value);
      if (challenge !== null && (realm === null || challenge.realm === realm)) usable.push(challenge);
    }
    for (const algorithm of digestAlgorithms) {
      const found = usable.find((challenge) => challenge.algorithm === algorithm);
      if (found === undefined) continue;
      if (realm === null) this.#realms.set(peer, found.realm);
      return found;
    }
    return null;
  }

  #credentialsText({ user, password }: Credentials, { params, algorithm, realm, nonce }: Challenge, { method, uri }: SipRequest): string {
    const nc = params.has("qop") ? this.#count(nonce).toString(16).padStart(8, "0") : null;
    const qop = nc === null ? null : { nc, cnonce: this.#config.newToken() };
    const response = digestResponse(this.#config.hash, { algorithm, user, realm, password, method, uri, nonce, qop });
    const opaque = params.get("opaque");
    return [
      `Digest username=${quoted(user)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(uri)}`, `response="${response}"`, `algorithm=${algorithm}`,
      ...(qop === null ? [] : ["qop=auth", `nc=${qop.nc}`, `cnonce="${qop.cnonce}"`]),
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ].join(", ");
  }

  /** How often the nonce was used, this time included. */
  #count(nonce: string): number {
    const count = (this.#counts.get(nonce) ?? 0) + 1;
    this.#counts.delete(nonce);
    this.#counts.set(nonce, count);
    const oldest = this.#counts.keys().next();
    if (this.#counts.size > MAX_COUNTED_NONCES && oldest.done === false) this.#counts.delete(oldest.value);
    return count;
  }
}

function readChallenge(value: string): Challenge | null {
  const params = parseDigest(value);
  const realm = params?.get("realm");
  const nonce = params?.get("nonce");
  if (params === null || realm === undefined || nonce === undefined) return null;
  const algorithm = algorithmOf(params);
  const qop = params.get("qop");
  // auth-int alone is not done: nobody in telephony asks for it.
  const offersAuth = qop === undefined || qop.split(",").some((word) => word.trim().toLowerCase() === "auth");
  return algorithm === null || !offersAuth ? null : { params, algorithm, realm, nonce };
}
