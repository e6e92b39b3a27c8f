// The accounts that trunks and we share, for the user agent.
import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Trunk, TrunkAccount } from "@ringdesk/contract/switch";
import type { AuthConfig } from "@ringdesk/telecom/sip";

/** What our challenges are for, when the account names no realm. */
const OWN_REALM = "ringdesk";
const SEAL_KEY_BYTES = 32;
const SEAL_CHARS = 32;
/** Many telephones know only MD5, and give up when another challenge stands beside it. */
const phoneAlgorithms = ["MD5"] as const;
const hashes = { MD5: "md5", "SHA-256": "sha256" } as const;

/** `phones`: passwords of the numbers that phones must prove to be theirs. */
export function createTrunkAuth(trunks: () => readonly Trunk[], phones: () => ReadonlyMap<string, string>): AuthConfig {
  const key = randomBytes(SEAL_KEY_BYTES);
  /** Nobody knows it: who registers what is no account gets the same answers as with a wrong password. */
  const unguessable = randomBytes(SEAL_KEY_BYTES).toString("hex");
  const accountOf = (peer: string): TrunkAccount | undefined => trunks().find(({ id }) => id === peer)?.account;
  return {
    credentialsFor: (peer) => accountOf(peer) ?? null,
    demandedOf: (peer, registers) => {
      const phone = registers === null ? undefined : phones().get(registers);
      const mustProve = registers !== null && trunks().find(({ id }) => id === peer)?.registers === "accounts";
      if (registers !== null && (phone !== undefined || mustProve)) return { user: registers, password: phone ?? unguessable, realm: OWN_REALM, algorithms: phoneAlgorithms };
      const account = accountOf(peer);
      return account?.demanded === true ? { user: account.user, password: account.password, realm: account.realm ?? OWN_REALM, ...(account.algorithm === undefined ? {} : { algorithms: [account.algorithm] }) } : null;
    },
    hash: (algorithm, text) => createHash(hashes[algorithm]).update(text).digest("hex"),
    seal: (text) => createHmac("sha256", key).update(text).digest("hex").slice(0, SEAL_CHARS),
  };
}
