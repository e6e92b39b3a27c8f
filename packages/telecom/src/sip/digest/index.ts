export { DigestClient, type Credentials, type DigestClientConfig } from "./digest-client.ts";
export { DigestGuard, MAX_USED_NONCES, NONCE_LIFE_MS, type DigestGuardConfig, type Expected, type Verdict } from "./digest-guard.ts";
export { algorithmOf, digestAlgorithms, digestResponse, parseDigest, type DigestAlgorithm, type DigestHash, type DigestParams } from "./digest-header.ts";
