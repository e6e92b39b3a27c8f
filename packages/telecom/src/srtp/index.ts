// SRTP and SRTCP, RFC 3711, with the one profile AES_CM_128_HMAC_SHA1_80: for trunks that exchange keys by SDES (RFC 4568).
// Browsers do not come here: libdatachannel protects theirs. Left out on purpose: key derivation rates, MKI, other profiles.
export { MASTER_BYTES, type AesBlocks, type NewAes } from "./keys.ts";
export { SRTP_OVERHEAD_BYTES, SrtpReceiver, SrtpSender } from "./session.ts";
