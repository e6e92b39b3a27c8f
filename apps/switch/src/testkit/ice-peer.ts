// The controlling end of ICE (RFC 8445) with one address, for peers that speak DTLS themselves.
import { createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { crc32 } from "node:zlib";

const MAGIC = 0x2112_a442;
const [REQUEST, SUCCESS] = [0x0001, 0x0101];
const ATTRIBUTE = { username: 0x0006, integrity: 0x0008, priority: 0x0024, useCandidate: 0x0025, xorMappedAddress: 0x0020, fingerprint: 0x8028, controlling: 0x802a } as const;
const HEADER_BYTES = 20;
const CHECK_EVERY_MS = 100;
const PRIORITY = 0x7eff_ffff;

export type IcePeer = {
  readonly ufrag: string;
  readonly pwd: string;
  /** Checks the switch's address of this answer until it answers; resolves then. */
  readonly connect: (answerSdp: string) => Promise<void>;
  readonly send: (datagram: Buffer) => void;
  /** What is not STUN goes here. */
  readonly onDatagram: (listen: (datagram: Buffer) => void) => void;
  readonly close: () => void;
};

const attribute = (type: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
};
const u32 = (n: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(n >>> 0);
  return out;
};

/** A STUN message (RFC 8489) with integrity and fingerprint. */
function stun(type: number, transaction: Buffer, attributes: readonly Buffer[], password: string): Buffer {
  const start = Buffer.alloc(HEADER_BYTES);
  start.writeUInt16BE(type, 0);
  start.writeUInt32BE(MAGIC, 4);
  transaction.copy(start, 8);
  let message = Buffer.concat([start, ...attributes]);
  const grow = (by: number): void => { message.writeUInt16BE(message.length - HEADER_BYTES + by, 2); };
  grow(24);
  message = Buffer.concat([message, attribute(ATTRIBUTE.integrity, createHmac("sha1", password).update(message).digest())]);
  grow(8);
  return Buffer.concat([message, attribute(ATTRIBUTE.fingerprint, u32(crc32(message) ^ 0x5354_554e))]);
}

function xorMapped(port: number, address: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes[1] = 1; // IPv4
  bytes.writeUInt16BE(port ^ (MAGIC >>> 16), 2);
  address.split(".").forEach((part, n) => { bytes[4 + n] = Number(part) ^ ((MAGIC >>> (24 - 8 * n)) & 0xff); });
  return bytes;
}

export async function createIcePeer(): Promise<IcePeer> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => { socket.bind(0, "127.0.0.1", resolve); });
  const [ufrag, pwd] = [randomBytes(3).toString("hex"), randomBytes(16).toString("hex")];
  let listener: (datagram: Buffer) => void = () => undefined;
  let answered: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  let peer = { address: "127.0.0.1", port: 9 };
  socket.on("message", (bytes, from) => {
    if ((bytes[0] ?? 0xff) > 3) return listener(bytes);
    const type = bytes.readUInt16BE(0);
    if (type === SUCCESS) answered();
    else if (type === REQUEST) socket.send(stun(SUCCESS, bytes.subarray(8, HEADER_BYTES), [attribute(ATTRIBUTE.xorMappedAddress, xorMapped(from.port, from.address))], pwd), from.port, from.address);
  });
  return {
    ufrag, pwd,
    connect: async (answerSdp) => {
      const [, address = "", port = ""] = /a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/.exec(answerSdp) ?? [];
      const [, remoteUfrag = ""] = /a=ice-ufrag:(\S+)/.exec(answerSdp) ?? [];
      const [, remotePwd = ""] = /a=ice-pwd:(\S+)/.exec(answerSdp) ?? [];
      peer = { address, port: Number(port) };
      const check = (): void => socket.send(stun(REQUEST, randomBytes(12), [
        attribute(ATTRIBUTE.username, Buffer.from(`${remoteUfrag}:${ufrag}`)), attribute(ATTRIBUTE.priority, u32(PRIORITY)),
        attribute(ATTRIBUTE.controlling, randomBytes(8)), attribute(ATTRIBUTE.useCandidate, Buffer.alloc(0)),
      ], remotePwd), peer.port, peer.address);
      const success = new Promise<void>((resolve) => { answered = resolve; });
      timer = setInterval(check, CHECK_EVERY_MS);
      check();
      await success;
    },
    send: (datagram) => socket.send(datagram, peer.port, peer.address),
    onDatagram: (listen) => { listener = listen; },
    close: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}
