// A SIP telephone made of two sockets, for tests against a real switch: it calls, sends audio, hangs up, and answers BYE.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const LOOPBACK = "127.0.0.1";
const PACKET_MS = 20;
const PACKET_SAMPLES = 160;
const RTP_HEADER_BYTES = 12;
/** µ-law silence. */
const SILENCE = 0xff;

export type SipCaller = {
  /** The status of the final answer. */
  readonly answered: Promise<number>;
  /** Resolves when the other side has hung up. */
  readonly hungUp: Promise<void>;
  /** RTP packets received so far. */
  readonly heard: () => number;
  readonly bye: () => void;
};

type Dialog = { readonly callId: string; readonly from: string; toTag: string; readonly contact: string };

/** Calls `to` at once, and sends audio from the answer on. */
export async function placeSipCall(sipPort: number, call: { readonly from: string; readonly to: string }): Promise<SipCaller> {
  const [sip, rtp] = [await bound(), await bound()];
  const own = `${LOOPBACK}:${sip.address().port}`;
  const callId = `${Math.random().toString(36).slice(2)}@test`;
  const dialog: Dialog = { callId, from: `<sip:${call.from}@${own}>;tag=caller`, toTag: "", contact: `<sip:${call.from}@${own}>` };
  const target = `sip:${call.to}@${LOOPBACK}:${sipPort}`;
  const send = (text: string): void => void sip.send(text, sipPort, LOOPBACK);
  const say = (method: string, cseq: number, body = ""): void => send([
    `${method} ${target} SIP/2.0`, `Via: SIP/2.0/UDP ${own};branch=z9hG4bK${callId.slice(0, 8)}${method}${cseq}`, "Max-Forwards: 70",
    `From: ${dialog.from}`, `To: <${target}>${dialog.toTag}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, `Contact: ${dialog.contact}`,
    ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body,
  ].join("\r\n"));
  let sending: NodeJS.Timeout | undefined;
  let heard = 0;
  rtp.on("message", () => { heard += 1; });
  const stop = (): void => {
    clearInterval(sending);
    for (const socket of [sip, rtp]) socket.close();
  };
  let over = (): void => undefined;
  const hungUp = new Promise<void>((resolve) => { over = resolve; });
  const answered = new Promise<number>((resolve) => {
    sip.on("message", (bytes) => {
      const text = bytes.toString("latin1");
      if (text.startsWith("BYE ")) {
        send(`SIP/2.0 200 OK\r\n${headers(text, ["via", "from", "to", "call-id", "cseq"])}Content-Length: 0\r\n\r\n`);
        over();
        return setImmediate(stop);
      }
      const status = Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0);
      if (status < 200 || !/^CSeq: *1 INVITE/im.test(text)) return undefined;
      dialog.toTag = /^To:.*(;tag=[^;\r\n]+)/im.exec(text)?.[1] ?? "";
      say("ACK", 1);
      if (status < 300) sending ??= startAudio(rtp, Number(/^m=audio (\d+)/m.exec(text)?.[1] ?? 0));
      return resolve(status);
    });
  });
  say("INVITE", 1, offer(rtp.address().port));
  return {
    answered, hungUp,
    heard: () => heard,
    bye: () => {
      say("BYE", 2);
      setTimeout(stop, PACKET_MS);
    },
  };
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, LOOPBACK);
  await once(socket, "listening");
  return socket;
}

function headers(text: string, names: readonly string[]): string {
  return text.split("\r\n").filter((line) => names.some((name) => line.toLowerCase().startsWith(`${name}:`))).map((line) => `${line}\r\n`).join("");
}

const offer = (port: number): string => [
  "v=0", `o=- 1 1 IN IP4 ${LOOPBACK}`, "s=-", `c=IN IP4 ${LOOPBACK}`, "t=0 0",
  `m=audio ${port} RTP/AVP 0 101`, "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000", "a=sendrecv", "",
].join("\r\n");

function startAudio(rtp: Socket, port: number): NodeJS.Timeout {
  const packet = Buffer.alloc(RTP_HEADER_BYTES + PACKET_SAMPLES, SILENCE);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt32BE(0x5ee0_0001, 8);
  let sequence = 0;
  return setInterval(() => {
    sequence += 1;
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE(sequence * PACKET_SAMPLES, 4);
    rtp.send(Buffer.from(packet), port, LOOPBACK);
  }, PACKET_MS);
}
