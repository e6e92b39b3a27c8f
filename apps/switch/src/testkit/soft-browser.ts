// A browser's end of a WebRTC call without a browser: another node-datachannel peer. Fast, and it can be made to lie.
import { Audio, PeerConnection, type Track } from "node-datachannel";
import { linearToUlaw } from "@ringdesk/telecom/g711";
import { emptyRtpHeader, isRtcp, parseRtp, writeRtpHeader } from "@ringdesk/telecom/rtp";
import type { Heard } from "./phone.ts";

const EVENT_PAYLOAD_TYPE = 126;
const SSRC = 0x5151;

export interface SoftBrowser {
  readonly offerSdp: string;
  readonly answer: (sdp: string) => void;
  readonly heard: Heard[];
  readonly states: string[];
  readonly say: (hz: number) => void;
  readonly hush: () => void;
  readonly close: () => void;
}

export async function createSoftBrowser(name: string): Promise<SoftBrowser> {
  const peer = new PeerConnection(name, { iceServers: [], disableAutoNegotiation: true });
  const audio = new Audio("0", "SendRecv");
  audio.addAudioCodec(0, "PCMU");
  audio.addAudioCodec(EVENT_PAYLOAD_TYPE, "telephone-event");
  audio.addSSRC(SSRC, "soft", "soft", "audio");
  const heard: Heard[] = [];
  const states: string[] = [];
  const gathered = new Promise<void>((resolve) => { peer.onGatheringStateChange((state) => { if (state === "complete") resolve(); }); });
  peer.onStateChange((state) => { states.push(state); });
  const track: Track = peer.addTrack(audio);
  track.onMessage((bytes) => {
    const header = emptyRtpHeader();
    if (!isRtcp(bytes) && parseRtp(bytes, header)) heard.push({ ...header, payload: new Uint8Array(bytes.subarray(header.payloadStart, header.payloadEnd)) });
  });
  peer.setLocalDescription("offer");
  await gathered;
  const sdp = (peer.localDescription()?.sdp ?? "").replace("telephone-event/48000/2", "telephone-event/8000");
  let timer: NodeJS.Timeout | null = null;
  let frames = 0;
  const hush = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return {
    offerSdp: sdp, heard, states, hush,
    answer: (answer) => peer.setRemoteDescription(answer, "answer"),
    say: (hz) => {
      hush();
      timer = setInterval(() => {
        if (!track.isOpen()) return;
        const packet = Buffer.alloc(172);
        writeRtpHeader(packet, 0, 0, frames === 0, frames & 0xffff, frames * 160, SSRC);
        for (let n = 0; n < 160; n += 1) packet[12 + n] = linearToUlaw[Math.round(8_000 * Math.sin((2 * Math.PI * hz * (frames * 160 + n)) / 8_000)) + 32_768]!;
        frames += 1;
        track.sendMessageBinary(packet);
      }, 20);
    },
    close: () => {
      hush();
      peer.close();
    },
  };
}
