// Challenges requests and checks the answers (RFC 3261 §22.1, RFC 7616 §3.4.1, RFC 8760). Keeps no nonce that nobody has used.
import type { Millis } from "@ringdesk/std";
import type { Header, SipRequest } from "../syntax/index.ts";
import { algorithmOf, digestAlgorithms, digestResponse, parseDigest, quoted, type DigestAlgorithm, type DigestHash, type DigestParams } from "./digest-header.ts";

/** `algorithms`: those that may be used, the preferred one first; both when it is not given. */
export type Expected = { readonly user: string; readonly password: string; readonly realm: string; readonly algorithms?: readonly DigestAlgorithm[] };

export type DigestGuardConfig = {
  readonly hash: DigestHash;
  /** A keyed hash of a text that nobody else can compute, as hexadecimal: HMAC with a key of this process. */
  readonly seal: (text: string) => string;
  readonly newToken: () => string;
};

/** A nonce is good for this long; then `stale` asks for the same answer with a new one. */
export const NONCE_LIFE_MS = 300_000;
/** Used nonces that are remembered. When more are in use, the oldest is forgotten and becomes stale. */
export const MAX_USED_NONCES = 10_000;

export type Verdict = "accepted" | "stale" | "refused";

type UsedNonce = { count: number; readonly until: Millis };

export class DigestGuard {
  readonly #config: DigestGuardConfig;
  readonly #used = new Map<string, UsedNonce>();
  /** Nonces made before this instant are stale: some that were used had to be forgotten. */
  #forgottenUntil = -1;

  constructor(config: DigestGuardConfig) {
    this.#config = config;
  }

  /** The header fields of a 401: one for each algorithm, the preferred first (RFC 8760 §2.3). */
  challenge({ realm, algorithms = digestAlgorithms }: Pick<Expected, "realm" | "algorithms">, stale: boolean, now: Millis): readonly Header[] {
    const base = `${now.toString(36)}.${this.#config.newToken()}`;
    const nonce = `${base}.${this.#config.seal(base)}`;
    return algorithms.map((algorithm) => ({
      name: "www-authenticate",
      value: `Digest realm=${quoted(realm)}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale ? ", stale=true" : ""}`,
    }));
  }

  /**
   * Looks at the request's Authorization for that realm. An unknown user, a wrong password and a malformed answer are all
   * `refused`, and cost the same: which of them it was is nobody's business.
   */
  verify(request: SipRequest, expected: Expected, now: Millis): Verdict {
    for (const h of request.headers) {
      if (h.name !== "authorization") continue;
      const params = parseDigest(h.value);
      if (params !== null && params.get("realm") === expected.realm) return this.#check(params, request, expected, now);
    }
    return "refused";
  }

  #check(params: DigestParams, { method, uri }: SipRequest, expected: Expected, now: Millis): Verdict {
    const algorithm = algorithmOf(params);
    const nonce = params.get("nonce") ?? "";
    const qop = params.get("qop");
    const nc = params.get("nc") ?? "";
    if (algorithm === null || !(expected.algorithms ?? digestAlgorithms).includes(algorithm) || (qop !== undefined && (qop.toLowerCase() !== "auth" || !/^[0-9a-f]{8}$/i.test(nc)))) return "refused";
    const wanted = digestResponse(this.#config.hash, {
      ...expected, algorithm, method, uri, nonce, qop: qop === undefined ? null : { nc, cnonce: params.get("cnonce") ?? "" },
    });
    const right = sameText(wanted, (params.get("response") ?? "").toLowerCase()) && params.get("username") === expected.user && params.get("uri") === uri;
    if (!right) return "refused";
    const madeAt = this.#madeAt(nonce);
    if (madeAt === null || now - madeAt > NONCE_LIFE_MS || madeAt <= this.#forgottenUntil) return "stale";
    // Without a count a nonce serves once: a replay looks like any other use of it.
    return this.#use(nonce, qop === undefined ? 1 : Number.parseInt(nc, 16), madeAt) ? "accepted" : "stale";
  }

  /** When a nonce of ours was made; null for one that is not ours. */
  #madeAt(nonce: string): Millis | null {
    const [at, token, seal] = nonce.split(".", 3);
    if (at === undefined || token === undefined || seal === undefined || !/^[0-9a-z]{1,11}$/.test(at)) return null;
    if (!sameText(this.#config.seal(`${at}.${token}`), seal)) return null;
    return Number.parseInt(at, 36) as Millis;
  }

  /** False when that count, or a higher one, was seen: a replay. */
  #use(nonce: string, count: number, madeAt: Millis): boolean {
    const known = this.#used.get(nonce);
    if (known !== undefined) {
      if (count <= known.count) return false;
      known.count = count;
      return true;
    }
    this.#used.set(nonce, { count, until: madeAt });
    if (this.#used.size > MAX_USED_NONCES) this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    const oldest = this.#used.entries().next();
    if (oldest.done === true) return;
    const [nonce, { until }] = oldest.value;
    this.#used.delete(nonce);
    this.#forgottenUntil = Math.max(this.#forgottenUntil, until);
  }
}

/** Compares in the same time wherever the texts differ. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ (b.charCodeAt(i) || 0);
  return difference === 0;
}
