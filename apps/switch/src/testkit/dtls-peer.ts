// One end of a DTLS 1.2 handshake (RFC 6347) that can lie: it shows one certificate and signs with any key. Only what a
// handshake with the switch needs: ECDHE, ECDSA on P-256, AES-128-GCM. On one machine only the hello is sent again.
import { createCipheriv, createECDH, createHash, createHmac, createSign, randomBytes, type KeyObject } from "node:crypto";

const TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22 } as const;
const MESSAGE = { clientHello: 1, serverHello: 2, certificate: 11, serverKeyExchange: 12, certificateRequest: 13, serverHelloDone: 14, certificateVerify: 15, clientKeyExchange: 16, finished: 20 } as const;
const DTLS_1_2 = 0xfefd;
const RECORD_HEADER_BYTES = 13;
const HANDSHAKE_HEADER_BYTES = 12;
const RANDOM_BYTES = 32;
/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, secp256r1, ecdsa_secp256r1_sha256. */
const [CIPHER_SUITE, CURVE, SIGNATURE] = [0xc02b, 0x0017, 0x0403];
const EXTENDED_MASTER_SECRET = 0x0017;

/** What the other end made of our signature. `alert` is the description's number (RFC 5246 §7.2). */
export type Verdict = { readonly type: "accepted" } | { readonly type: "refused"; readonly alert: number };
export type DtlsIdentity = { readonly certificateDer: Buffer; readonly signingKey: KeyObject };

const u8 = (n: number): Buffer => Buffer.from([n]);
const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 0xff]);
const u24 = (n: number): Buffer => Buffer.from([n >> 16, (n >> 8) & 0xff, n & 0xff]);
const sized = (bytes: 1 | 2 | 3, body: Buffer): Buffer => Buffer.concat([bytes === 1 ? u8(body.length) : bytes === 2 ? u16(body.length) : u24(body.length), body]);
const extension = (type: number, body: Buffer): Buffer => Buffer.concat([u16(type), sized(2, body)]);
const sha256 = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();

/** RFC 5246 §5 with SHA-256. */
function prf(secret: Buffer, label: string, seed: Buffer, length: number): Buffer {
  const hmac = (bytes: Buffer): Buffer => createHmac("sha256", secret).update(bytes).digest();
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  let a: Buffer = labelled;
  let out: Buffer = Buffer.alloc(0);
  while (out.length < length) {
    a = hmac(a);
    out = Buffer.concat([out, hmac(Buffer.concat([a, labelled]))]);
  }
  return out.subarray(0, length);
}

/** Both roles. `send` takes datagrams; `receive` is given those of the other end and tells the verdict when there is one. */
export function createDtlsPeer(role: "client" | "server", identity: DtlsIdentity, send: (datagram: Buffer) => void) {
  const ecdh = createECDH("prime256v1");
  const ownPoint = ecdh.generateKeys();
  const ownRandom = randomBytes(RANDOM_BYTES);
  const transcript: Buffer[] = [];
  const received = new Map<number, Buffer>();
  let recordSequence = 0;
  let messageSequence = 0;
  let nextReceived = 0;
  let peerRandom: Buffer = Buffer.alloc(0);
  let peerPoint: Buffer = Buffer.alloc(0);
  let extendedSecret = false;

  const record = (type: number, body: Buffer, epoch = 0): Buffer => {
    const sequence = Buffer.alloc(6);
    sequence.writeUIntBE(epoch === 0 ? recordSequence++ : 0, 0, 6);
    return Buffer.concat([u8(type), u16(DTLS_1_2), u16(epoch), sequence, sized(2, body)]);
  };
  const message = (type: number, body: Buffer): Buffer => {
    const whole = Buffer.concat([u8(type), u24(body.length), u16(messageSequence++), u24(0), u24(body.length), body]);
    transcript.push(whole);
    return whole;
  };
  const flight = (...messages: readonly Buffer[]): void => { for (const each of messages) send(record(TYPE.handshake, each)); };
  const sign = (bytes: Buffer): Buffer => Buffer.concat([u16(SIGNATURE), sized(2, createSign("sha256").update(bytes).sign(identity.signingKey))]);
  const certificate = (): Buffer => message(MESSAGE.certificate, sized(3, sized(3, identity.certificateDer)));

  const extensions = (mine: readonly Buffer[]): Buffer => sized(2, Buffer.concat([
    extension(0xff01, u8(0)), // renegotiation_info: without it OpenSSL goes no further
    extension(0x000e, Buffer.concat([sized(2, u16(1)), u8(0)])), // use_srtp
    ...mine,
  ]));
  const hello = (): Buffer => message(MESSAGE.clientHello, Buffer.concat([
    u16(DTLS_1_2), ownRandom, u8(0), u8(0), sized(2, u16(CIPHER_SUITE)), sized(1, u8(0)),
    extensions([extension(0x000a, sized(2, u16(CURVE))), extension(0x000b, sized(1, u8(0))), extension(0x000d, sized(2, u16(SIGNATURE))), extension(EXTENDED_MASTER_SECRET, Buffer.alloc(0))]),
  ]));

  function serverFlight(): void {
    const params = Buffer.concat([u8(3), u16(CURVE), sized(1, ownPoint)]);
    flight(
      message(MESSAGE.serverHello, Buffer.concat([u16(DTLS_1_2), ownRandom, u8(0), u16(CIPHER_SUITE), u8(0), extensions([])])),
      certificate(),
      message(MESSAGE.serverKeyExchange, Buffer.concat([params, sign(Buffer.concat([peerRandom, ownRandom, params]))])),
      message(MESSAGE.certificateRequest, Buffer.concat([sized(1, u8(64)), sized(2, u16(SIGNATURE)), sized(2, Buffer.alloc(0))])),
      message(MESSAGE.serverHelloDone, Buffer.alloc(0)),
    );
  }

  function clientFlight(): void {
    flight(certificate(), message(MESSAGE.clientKeyExchange, sized(1, ownPoint)));
    const premaster = ecdh.computeSecret(peerPoint);
    const randoms = Buffer.concat([ownRandom, peerRandom]);
    const master = extendedSecret
      ? prf(premaster, "extended master secret", sha256(Buffer.concat(transcript)), 48) // RFC 7627 §4
      : prf(premaster, "master secret", randoms, 48);
    flight(message(MESSAGE.certificateVerify, sign(Buffer.concat(transcript))));
    send(record(TYPE.changeCipherSpec, u8(1)));
    const finished = message(MESSAGE.finished, prf(master, "client finished", sha256(Buffer.concat(transcript)), 12));
    const keys = prf(master, "key expansion", Buffer.concat([peerRandom, ownRandom]), 40);
    const explicit = Buffer.concat([u16(1), Buffer.alloc(6)]);
    const cipher = createCipheriv("aes-128-gcm", keys.subarray(0, 16), Buffer.concat([keys.subarray(32, 36), explicit]));
    cipher.setAAD(Buffer.concat([explicit, u8(TYPE.handshake), u16(DTLS_1_2), u16(finished.length)]));
    send(record(TYPE.handshake, Buffer.concat([explicit, cipher.update(finished), cipher.final(), cipher.getAuthTag()]), 1));
  }

  function take(type: number, body: Buffer): void {
    if (type === MESSAGE.clientHello) {
      peerRandom = body.subarray(2, 2 + RANDOM_BYTES);
      serverFlight();
    } else if (type === MESSAGE.serverHello) {
      peerRandom = body.subarray(2, 2 + RANDOM_BYTES);
      let at = 2 + RANDOM_BYTES + 1 + body[2 + RANDOM_BYTES]! + 3;
      for (at += 2; at < body.length; at += 4 + body.readUInt16BE(at + 2)) if (body.readUInt16BE(at) === EXTENDED_MASTER_SECRET) extendedSecret = true;
    } else if (type === MESSAGE.serverKeyExchange) peerPoint = body.subarray(4, 4 + body[3]!);
    else if (type === MESSAGE.serverHelloDone) clientFlight();
  }

  /** Puts fragments together and takes messages in their order; what comes twice is dropped. */
  function handshake(bytes: Buffer): void {
    for (let at = 0; at + HANDSHAKE_HEADER_BYTES <= bytes.length;) {
      const [length, sequence, offset, part] = [bytes.readUIntBE(at + 1, 3), bytes.readUInt16BE(at + 4), bytes.readUIntBE(at + 6, 3), bytes.readUIntBE(at + 9, 3)];
      const body = bytes.subarray(at + HANDSHAKE_HEADER_BYTES, at + HANDSHAKE_HEADER_BYTES + part);
      const before = received.get(sequence)?.subarray(HANDSHAKE_HEADER_BYTES) ?? Buffer.alloc(0);
      if (sequence >= nextReceived && before.length === offset) {
        received.set(sequence, Buffer.concat([u8(bytes[at]!), u24(length), u16(sequence), u24(0), u24(length), before, body]));
      }
      at += HANDSHAKE_HEADER_BYTES + part;
    }
    for (let whole = received.get(nextReceived); whole !== undefined && whole.length === HANDSHAKE_HEADER_BYTES + whole.readUIntBE(1, 3); whole = received.get(nextReceived)) {
      received.delete(nextReceived);
      nextReceived += 1;
      transcript.push(whole);
      take(whole[0]!, whole.subarray(HANDSHAKE_HEADER_BYTES));
    }
  }

  return {
    /** The client's hello, each time again until it is answered: the other end may not listen yet. */
    start: (): void => {
      if (role !== "client" || nextReceived > 0) return;
      if (transcript.length === 0) hello();
      flight(transcript[0]!);
    },
    receive: (datagram: Buffer): Verdict | null => {
      for (let at = 0; at + RECORD_HEADER_BYTES <= datagram.length;) {
        const [type, length] = [datagram[at]!, datagram.readUInt16BE(at + 11)];
        const body = datagram.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
        at += RECORD_HEADER_BYTES + length;
        // Whoever has found our signature wrong sends no ChangeCipherSpec.
        if (type === TYPE.changeCipherSpec) return { type: "accepted" };
        if (type === TYPE.alert) return { type: "refused", alert: body[1]! };
        if (type === TYPE.handshake && datagram.readUInt16BE(at - length - RECORD_HEADER_BYTES + 3) === 0) handshake(body);
      }
      return null;
    },
  };
}
