// One audio connection between this browser and the switch: G.711 and keypad digits, nothing else.
import { err, ok, type Result } from "@ringdesk/std";
import { iceServers } from "./ice-servers.ts";

const CODECS = ["audio/pcmu", "audio/pcma", "audio/telephone-event"];
const DIGIT_MS = 100;
const BETWEEN_DIGITS_MS = 70;

export interface Peer {
  readonly remote: MediaStream;
  /** Sends keypad digits as RFC 4733 events; false when the connection cannot. */
  readonly sendDigits: (digits: string) => boolean;
  readonly close: () => void;
}

/** G.711 and telephone events only, without comfort noise: then silence in the RTP is a sure sign of loss. */
function preferTelephony(transceiver: RTCRtpTransceiver): void {
  const able = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const wanted = CODECS.flatMap((type) => able.filter((codec) => codec.mimeType.toLowerCase() === type && codec.clockRate === 8_000));
  if (wanted.length > 0) transceiver.setCodecPreferences(wanted);
}

/**
 * Connects `track` to the switch.
 * @param exchange hands our offer to the server and brings the switch's answer.
 * @param onConnection told whenever the connection comes or goes, until the peer is closed.
 */
export async function connectPeer<F>(
  track: MediaStreamTrack,
  exchange: (sdp: string) => Promise<Result<{ readonly sdp: string }, F>>,
  onConnection: (state: "connected" | "lost") => void,
): Promise<Result<Peer, F | { readonly type: "webrtc"; readonly detail: string }>> {
  const pc = new RTCPeerConnection({ iceServers: await iceServers(), bundlePolicy: "max-bundle" });
  let closed = false;
  const close = (): void => { closed = true; pc.close(); };
  try {
    const transceiver = pc.addTransceiver(track, { direction: "sendrecv" });
    preferTelephony(transceiver);
    await pc.setLocalDescription(await pc.createOffer());
    // The offer goes without candidates: the switch, which has one public address, learns ours from our checks (RFC 8445 §7.3.1.3).
    const answer = await exchange(pc.localDescription?.sdp ?? "");
    if (!answer.ok) { close(); return answer; }
    let connected = false;
    pc.addEventListener("connectionstatechange", () => {
      if (closed) return;
      if (pc.connectionState === "connected") {
        connected = true;
        onConnection("connected");
      }
      // What never connected is tried again by the phone's clock, and not many times a second; Chromium also says "failed" in passing.
      if (connected && (pc.connectionState === "disconnected" || pc.connectionState === "failed")) onConnection("lost");
    });
    await pc.setRemoteDescription({ type: "answer", sdp: answer.value.sdp });
    return ok({
      remote: new MediaStream([transceiver.receiver.track]),
      sendDigits: (digits) => {
        const sender = transceiver.sender.dtmf;
        if (sender?.canInsertDTMF !== true) return false;
        sender.insertDTMF(sender.toneBuffer + digits, DIGIT_MS, BETWEEN_DIGITS_MS);
        return true;
      },
      close,
    });
  } catch (thrown) {
    close();
    return err({ type: "webrtc", detail: String(thrown) });
  }
}
