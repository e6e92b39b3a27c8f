// The far end of many outbound calls: answers every INVITE at once with the RTP port of the phone that was called.
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface SipAnswerer {
  readonly port: number;
  readonly close: () => void;
}

/**
 * @param rtpPortOf the RTP port of the phone with that number, as it stands in the Request-URI.
 * @param onCall where the switch receives that phone's RTP.
 */
export async function openSipAnswerer(rtpPortOf: (number: string) => number, onCall: (number: string, switchRtpPort: number) => void): Promise<SipAnswerer> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.on("message", (bytes, from) => {
    const request = bytes.toString();
    if (/^(ACK |SIP\/2\.0 )/.test(request)) return;
    const header = (name: string): string[] => request.split("\r\n").filter((line) => line.toLowerCase().startsWith(`${name}:`));
    const number = /^INVITE sip:(\+?\d+)@/.exec(request)?.[1];
    let sdp = "";
    if (number !== undefined) {
      onCall(number, Number(/^m=audio (\d+)/m.exec(request)?.[1]));
      sdp = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", `m=audio ${rtpPortOf(number)} RTP/AVP 0 101`, "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000", ""].join("\r\n");
    }
    const to = number === undefined ? header("to") : header("to").map((line) => `${line};tag=${number}`);
    const answer = ["SIP/2.0 200 OK", ...header("via"), ...header("from"), ...to, ...header("call-id"), ...header("cseq"), `Contact: <sip:lab@127.0.0.1:${port}>`,
      ...(sdp === "" ? [] : ["Content-Type: application/sdp"]), `Content-Length: ${sdp.length}`, "", sdp];
    socket.send(answer.join("\r\n"), from.port, from.address);
  });
  return { port, close: () => { socket.close(); } };
}
