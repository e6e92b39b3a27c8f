// Many SIP phones in one: callers whom a test lets call, and phones that ring by what a test says. Two sockets, one for SIP
// and one for the audio of all, so that twenty calls cost a test hardly anything.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { ulawTone } from "./sound.ts";

const FRAME = 160, FRAME_MS = 20, EVENT = 101, KEY_FRAMES = 8;
/** SIP over UDP is said again until it is answered (RFC 3261 §17). */
const AGAIN_MS = 500;

interface BankCall {
  /** The number of the caller, whichever side called. */
  readonly number: string;
  readonly isUp: () => boolean;
  /** Resolves when the call is over; false: it was hung up at the bank. */
  readonly over: Promise<boolean>;
  readonly press: (key: string) => void;
  readonly hangUp: () => void;
}
/** A phone that rings. `silenced` resolves when the other side gives up. */
export interface Ringing { readonly user: string; readonly from: string; readonly answer: () => BankCall; readonly decline: () => void; readonly silenced: Promise<void> }

export interface PhoneBank {
  readonly port: number;
  /** Calls until it is answered: a 503 is tried again, as carriers do. */
  readonly call: (to: string, from: string) => Promise<BankCall>;
  readonly register: (number: string) => Promise<void>;
  readonly close: () => void;
}

type Party = { to: number; seq: number; stamp: number; readonly ssrc: number; key: { readonly event: number; left: number; readonly stamp: number } | null };
type Dialog = { readonly call: BankCall; readonly end: (byOther: boolean) => void };

const headersOf = (message: string, name: string): string[] => message.split("\r\n").filter((line) => line.toLowerCase().startsWith(`${name}:`));
const valueOf = (message: string, name: string): string => headersOf(message, name)[0]?.slice(name.length + 1).trim() ?? "";
const userOf = (text: string): string => /sips?:([^@>;]+)@/.exec(text)?.[1] ?? "";

/** The audio of all phones: each says the same tone, 20 ms at a time. */
async function openAudio() {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 }).bind(0, "127.0.0.1");
  await once(socket, "listening");
  const tone = ulawTone(440, 1_000);
  const parties = new Set<Party>();
  const say = (p: Party): void => {
    const { key } = p;
    const done = key === null ? 0 : KEY_FRAMES - key.left;
    const spoken = Math.min(done + 1, 5) * FRAME;
    const payload = key === null ? tone.subarray(0, FRAME) : Uint8Array.of(key.event, (key.left <= 3 ? 0x80 : 0) | 10, spoken >> 8, spoken & 0xff);
    const b = Buffer.alloc(12 + payload.length);
    b[0] = 0x80;
    b[1] = key === null ? 0 : EVENT | (done === 0 ? 0x80 : 0);
    b.writeUInt16BE(p.seq & 0xffff, 2);
    b.writeUInt32BE((key?.stamp ?? p.stamp) >>> 0, 4);
    b.writeUInt32BE(p.ssrc, 8);
    b.set(payload, 12);
    p.seq += 1;
    p.stamp += FRAME;
    if (key !== null) key.left -= 1;
    if (key?.left === 0) p.key = null;
    socket.send(b, p.to, "127.0.0.1");
  };
  const timer = setInterval(() => { for (const party of parties) say(party); }, FRAME_MS);
  return { port: socket.address().port, parties, close: () => { clearInterval(timer); socket.close(); } };
}

let calls = 0;

type Answer = { readonly tag?: string; readonly more?: readonly string[]; readonly body?: string };
type Wire = Awaited<ReturnType<typeof openWire>>;

/** SIP messages to and from one switch. */
async function openWire(sipPort: number) {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 }).bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  const answers = new Map<string, (response: string) => void>();
  let isClosed = false;
  const send = (message: string): void => { if (!isClosed) socket.send(message, sipPort, "127.0.0.1"); };
  const withBody = (lines: readonly string[], body: string): string => [...lines, ...(body === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${body.length}`, "", body].join("\r\n");
  return {
    port, send,
    contact: (user: string): string => `Contact: <sip:${user}@127.0.0.1:${port}>`,
    request: (method: string, uri: string, ids: readonly string[], cseq: number, branch: string, { more = [], body = "" }: Answer = {}): string =>
      withBody([`${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${branch.replace(/\W/g, "")};rport`, ...ids, `CSeq: ${cseq} ${method}`, "Max-Forwards: 70", ...more], body),
    respond: (to: string, status: string, { tag = "", more = [], body = "" }: Answer = {}): void => send(withBody([
      `SIP/2.0 ${status}`, ...headersOf(to, "via"), ...headersOf(to, "from"), ...headersOf(to, "to").map((line) => (line.includes(";tag=") ? line : line + tag)),
      ...headersOf(to, "call-id"), ...headersOf(to, "cseq"), ...more,
    ], body)),
    /** Says it until a final answer comes; one that comes again is given to `again`. */
    ask: (key: string, message: string, again: () => void = () => undefined): Promise<string> => new Promise((resolve) => {
      const timer = setInterval(() => (isClosed ? clearInterval(timer) : send(message)), AGAIN_MS);
      answers.set(key, (response) => {
        clearInterval(timer);
        if (response.startsWith("SIP/2.0 1")) return;
        answers.set(key, again);
        resolve(response);
      });
      send(message);
    }),
    onRequest: (take: (message: string) => void): void => void socket.on("message", (bytes) => {
      const message = bytes.toString();
      if (message.startsWith("SIP/2.0 ")) answers.get(`${valueOf(message, "call-id")} ${valueOf(message, "cseq").split(" ")[1]}`)?.(message);
      else take(message);
    }),
    close: () => { isClosed = true; socket.close(); },
  };
}

type Remote = { readonly sdp: string; readonly uri: string; readonly ids: readonly string[] };

/** The calls that are answered. */
function createDialogs(wire: Wire, parties: Set<Party>) {
  const dialogs = new Map<string, Dialog>();
  const begin = (id: string, number: string, remote: Remote): BankCall => {
    calls += 1;
    const party: Party = { to: Number(/^m=audio (\d+)/m.exec(remote.sdp)?.[1] ?? 9), seq: 1_000, stamp: 160_000, ssrc: calls, key: null };
    parties.add(party);
    let finish = (_byOther: boolean): void => undefined;
    const over = new Promise<boolean>((resolve) => { finish = resolve; });
    const end = (byOther: boolean): void => {
      parties.delete(party);
      finish(byOther);
    };
    const call: BankCall = {
      number, over, isUp: () => parties.has(party),
      press: (key) => { party.key = { event: "0123456789*#".indexOf(key), left: KEY_FRAMES, stamp: party.stamp }; },
      hangUp: () => {
        if (!parties.has(party)) return;
        end(false);
        void wire.ask(`${id} BYE`, wire.request("BYE", remote.uri, remote.ids, 99, `${id}bye`));
      },
    };
    dialogs.set(id, { call, end });
    return call;
  };
  return { begin, get: (id: string) => dialogs.get(id) };
}

/** Phones that ring. */
function createBells(wire: Wire, begin: (id: string, number: string, remote: Remote) => BankCall, sdp: string, onRing: (ringing: Ringing) => void) {
  const rings = new Map<string, () => void>();
  return {
    silence: (id: string): void => rings.get(id)?.(),
    ring: (invite: string): void => {
      const id = valueOf(invite, "call-id");
      if (rings.has(id)) return;
      const user = userOf(invite), tag = `;tag=bank${id.slice(0, 8)}`, number = userOf(valueOf(invite, "from"));
      let isOver = false;
      let tell = (): void => undefined;
      const silenced = new Promise<void>((resolve) => { tell = resolve; });
      /** The first final answer counts. */
      const settle = (status: string, answer: Answer = {}): void => {
        if (!isOver) wire.respond(invite, status, { tag, ...answer });
        isOver = true;
      };
      rings.set(id, () => {
        settle("487 Request Terminated");
        tell();
      });
      wire.respond(invite, "180 Ringing", { tag, more: [wire.contact(user)] });
      onRing({
        user, from: number, silenced, decline: () => settle("486 Busy Here"),
        answer: () => {
          settle("200 OK", { more: [wire.contact(user)], body: sdp });
          const ids = [`From: ${valueOf(invite, "to")}${tag}`, `To: ${valueOf(invite, "from")}`, `Call-ID: ${id}`];
          return begin(id, number, { sdp: invite, uri: /<([^>]+)>/.exec(valueOf(invite, "contact"))?.[1] ?? "", ids });
        },
      });
    },
  };
}

/** @param onRing a phone of the bank rings, by the user of the address that was called. It answers only what still rings. */
export async function openPhoneBank(sipPort: number, onRing: (ringing: Ringing) => void): Promise<PhoneBank> {
  const [audio, wire] = [await openAudio(), await openWire(sipPort)];
  const { port, contact, request } = wire;
  const sdp = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${audio.port} RTP/AVP 0 101`, "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000", ""].join("\r\n");
  const dialogs = createDialogs(wire, audio.parties);
  const bells = createBells(wire, dialogs.begin, sdp, onRing);
  wire.onRequest((message) => {
    const id = valueOf(message, "call-id");
    const dialog = dialogs.get(id);
    const method = message.split(" ")[0];
    if (method === "INVITE" && dialog !== undefined) wire.respond(message, "200 OK", { more: [contact(dialog.call.number)], body: sdp });
    else if (method === "INVITE") bells.ring(message);
    else if (method !== "ACK") {
      wire.respond(message, "200 OK");
      if (method === "CANCEL") bells.silence(id);
      if (method === "BYE") dialog?.end(true);
    }
  });
  const call: PhoneBank["call"] = async (to, from) => {
    for (;;) {
      calls += 1;
      const id = `bank${port}x${calls}`, uri = `sip:${to}@127.0.0.1:${sipPort}`, mine = `From: <sip:${from}@127.0.0.1:${port}>;tag=${id}`;
      let ack = "";
      const answer = await wire.ask(`${id} INVITE`, request("INVITE", uri, [mine, `To: <${uri}>`, `Call-ID: ${id}`], 1, `${id}i`, { more: [contact(from)], body: sdp }), () => wire.send(ack));
      const ids = [mine, `To: ${valueOf(answer, "to")}`, `Call-ID: ${id}`];
      const remote = /<([^>]+)>/.exec(valueOf(answer, "contact"))?.[1] ?? uri;
      const isOk = answer.startsWith("SIP/2.0 200");
      ack = request("ACK", isOk ? remote : uri, ids, 1, isOk ? `${id}a` : `${id}i`);
      wire.send(ack);
      if (isOk) return dialogs.begin(id, from, { sdp: answer, uri: remote, ids });
      if (!answer.startsWith("SIP/2.0 503")) throw new Error(`${from} was refused: ${answer.split("\r\n")[0]}`);
      await new Promise((r) => { setTimeout(r, AGAIN_MS); });
    }
  };
  return {
    port, call,
    register: async (number) => {
      const id = `reg${port}${number}`, uri = `sip:127.0.0.1:${sipPort}`, own = `<sip:${number}@127.0.0.1:${sipPort}>`;
      const answer = await wire.ask(`${id} REGISTER`, request("REGISTER", uri, [`From: ${own};tag=r`, `To: ${own}`, `Call-ID: ${id}`], 1, id, { more: [contact(number), "Expires: 600"] }));
      if (!answer.startsWith("SIP/2.0 200")) throw new Error(`${number} could not be registered: ${answer.split("\r\n")[0]}`);
    },
    close: () => { audio.close(); wire.close(); },
  };
}
