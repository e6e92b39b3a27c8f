// The load: legs that speak one G.711 frame every 20 ms and count what they hear. A process of its own, so that only the
// system under test is measured.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { PeerConnection, Audio, type Track } from "node-datachannel";
import type { Ask, Told } from "./protocol.ts";

const FRAME_BYTES = 160, HEADER_BYTES = 12, FRAME_MS = 20, SLOTS = 20;
const TELEPHONE_EVENT = 126;

interface Leg { readonly packet: Buffer; seq: number; stamp: number; send: (b: Buffer) => void }

const legs: Leg[] = [];
const sockets: Socket[] = [];
const peers = new Map<number, PeerConnection>();
let received = 0, sent = 0, timer: NodeJS.Timeout | null = null;
const late: number[] = [];

const tell = (t: Told): void => { process.send!(t); };

function newLeg(index: number): Leg {
  const packet = Buffer.alloc(HEADER_BYTES + FRAME_BYTES, 0x55);
  packet[0] = 0x80; packet[1] = 0;
  packet.writeUInt32BE(10_000 + index, 8);
  return { packet, seq: 1, stamp: 160, send: () => undefined };
}

async function open(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = createSocket({ type: "udp4", recvBufferSize: 262_144 });
    socket.on("message", () => { received += 1; });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    sockets.push(socket);
    legs.push(newLeg(legs.length));
  }
  tell({ told: "ports", ports: sockets.map((s) => s.address().port) });
}

async function aim(leg: number, port: number): Promise<void> {
  const socket = sockets[leg]!;
  socket.connect(port, "127.0.0.1");
  await once(socket, "connect");
  legs[leg]!.send = (b) => { socket.send(b); };
}

/** Answers INVITE with the leg's port, everything else with 200. */
async function answerSip(port: number): Promise<void> {
  const sip = createSocket("udp4");
  sip.bind(port, "127.0.0.1");
  await once(sip, "listening");
  sip.on("message", (bytes, from) => {
    const text = bytes.toString();
    if (text.startsWith("ACK") || text.startsWith("SIP/2.0")) return;
    const header = (name: string): string => text.split("\r\n").filter((l) => l.toLowerCase().startsWith(`${name.toLowerCase()}:`)).join("\r\n");
    const leg = Number(/^INVITE sip:\+?\d*?(\d{6})@/.exec(text)?.[1] ?? -1);
    const sdp = leg < 0 ? "" : `v=0\r\no=load 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${sockets[leg]!.address().port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n`;
    if (leg >= 0) void aim(leg, Number(/m=audio (\d+)/.exec(text)![1]));
    const to = leg >= 0 ? `${header("to")};tag=load${leg}` : header("to");
    const lines = ["SIP/2.0 200 OK", header("via"), header("from"), to, header("call-id"), header("cseq"), `Contact: <sip:load@127.0.0.1:${port}>`,
      ...(sdp ? ["Content-Type: application/sdp"] : []), `Content-Length: ${sdp.length}`, "", sdp];
    sip.send(lines.join("\r\n"), from.port, from.address);
  });
  tell({ told: "ready" });
}

/** A browser's stand-in: DTLS-SRTP, PCMU, its own UDP port. */
async function offer(index: number): Promise<void> {
  const peer = new PeerConnection(`load${index}`, { iceServers: [], disableAutoNegotiation: true, bindAddress: "127.0.0.1" });
  peers.set(index, peer);
  const audio = new Audio("0", "SendRecv");
  audio.addAudioCodec(0, "PCMU");
  // As browsers offer it: without it the switch searches the audio for keys.
  audio.addAudioCodec(TELEPHONE_EVENT, "telephone-event");
  audio.addSSRC(50_000 + index, "load", "load", "load");
  const track: Track = peer.addTrack(audio);
  track.onMessage(() => { received += 1; });
  legs[index] ??= newLeg(index);
  legs[index].packet.writeUInt32BE(50_000 + index, 8);
  legs[index].send = (b) => { if (track.isOpen()) track.sendMessageBinary(b); };
  const gathered = new Promise<void>((r) => { peer.onGatheringStateChange((s) => { if (s === "complete") r(); }); });
  peer.setLocalDescription("offer");
  await gathered;
  tell({ told: "sdp", leg: index, sdp: peer.localDescription()!.sdp });
}

/** Each leg speaks once in 20 ms; the legs are spread over the slots of that time. */
function talk(): void {
  const start = performance.now();
  let slot = 0;
  timer = setInterval(() => {
    for (let due = start + (slot * FRAME_MS) / SLOTS; due <= performance.now(); due = start + (slot * FRAME_MS) / SLOTS) {
      if (late.length < 1_000_000) late.push(performance.now() - due);
      for (let i = slot % SLOTS; i < legs.length; i += SLOTS) {
        const leg = legs[i]!;
        leg.packet.writeUInt16BE(leg.seq & 0xffff, 2);
        leg.packet.writeUInt32BE(leg.stamp >>> 0, 4);
        leg.seq += 1; leg.stamp += FRAME_BYTES; sent += 1;
        leg.send(leg.packet);
      }
      slot += 1;
    }
  }, 1);
}

process.on("message", (ask: Ask) => {
  switch (ask.do) {
    case "open": return void open(ask.legs);
    case "answer-sip": return void answerSip(ask.port);
    case "aim": return void aim(ask.leg, ask.port);
    case "offer": return void offer(ask.leg);
    case "accept": return peers.get(ask.leg)!.setRemoteDescription(ask.sdp, "answer");
    case "talk": return talk();
    case "count": {
      const sorted = late.splice(0).toSorted((a, b) => a - b);
      tell({ told: "count", sent, received, lateMsP99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 });
      sent = 0; received = 0;
      return;
    }
    case "quiet": if (timer) clearInterval(timer);
  }
});
process.on("disconnect", () => { process.exit(0); });
