// A neighbour whose messages a test writes by hand: what real peers do out of turn.
import { encodeUtf8, header, parseMessage, type SipRequest } from "../syntax/index.ts";
import { SimulatedNetwork, type Station } from "./simulated-network.fake.ts";

export const OUR_ADDRESS = "192.0.2.2";
export const PEER_ADDRESS = "192.0.2.1";

export type RawPeer = {
  readonly net: SimulatedNetwork;
  readonly us: Station;
  /** A request in the dialog of the call that the peer made, or outside it before there is one. `more`: headers, an empty line, a body. */
  readonly say: (method: string, seq: number, ...more: string[]) => void;
  /** A response to a request that we sent. */
  readonly respond: (request: SipRequest, status: number, tag: string | null, ...more: string[]) => void;
  /** The requests of that method that we sent, parsed, repetitions included. */
  readonly got: (method: string) => readonly SipRequest[];
  /** Our last message. */
  readonly last: () => string;
  readonly count: (word: string) => number;
};

export function createRawPeer(): RawPeer {
  const net = new SimulatedNetwork();
  const us = net.station(OUR_ADDRESS);
  const ourTag = (): string | null => {
    for (const { text } of us.posted) {
      const tag = /^SIP\/2\.0 (?!100)[^]*\r\nTo: [^\r\n]*;tag=([^\r\n;]+)/.exec(text)?.[1];
      if (tag !== undefined) return tag;
    }
    return null;
  };
  const send = (lines: readonly string[], more: readonly string[]): void => {
    const at = more.indexOf("");
    const headers = at < 0 ? more : more.slice(0, at);
    const body = at < 0 ? "" : more.slice(at + 1).join("\r\n");
    net.inject(us, PEER_ADDRESS, encodeUtf8([...lines, ...headers, `Content-Length: ${body.length}`, "", body].join("\r\n")));
  };
  return {
    net, us,
    say: (method, seq, ...more) => {
      const tag = ourTag();
      // CANCEL, and the ACK of a failure, belong to the transaction of their INVITE: they share its branch.
      const branch = `z9hG4bK${method === "CANCEL" ? "INVITE" : method}${seq}`;
      const to = `<sip:+1555@${OUR_ADDRESS}>${tag === null || method === "CANCEL" ? "" : `;tag=${tag}`}`;
      send([`${method} sip:+1555@${OUR_ADDRESS} SIP/2.0`, `Via: SIP/2.0/UDP ${PEER_ADDRESS}:5060;branch=${branch}`, `From: <sip:+1444@${PEER_ADDRESS}>;tag=peer`, `To: ${to}`, "Call-ID: raw", `CSeq: ${seq} ${method}`, `Contact: <sip:peer@${PEER_ADDRESS}>`], more);
    },
    respond: (request, status, tag, ...more) => {
      const copied = ["via", "from", "to", "call-id", "cseq"].map((name) => `${name}: ${header(request, name)}${name === "to" && tag !== null ? `;tag=${tag}` : ""}`);
      send([`SIP/2.0 ${status} X`, ...copied, `Contact: <sip:peer@${PEER_ADDRESS}>`], more);
    },
    got: (method) => us.posted.flatMap(({ text }) => {
      const parsed = parseMessage(encodeUtf8(text));
      return parsed.outcome === "request" && parsed.request.method === method ? [parsed.request] : [];
    }),
    last: () => us.posted.at(-1)?.text ?? "",
    count: (word) => us.sent.filter((sent) => sent === word).length,
  };
}
