import { err, ok, type Result } from "@ringdesk/std";
import { Audio, PeerConnection, type Track } from "node-datachannel";
import type { Law, MediaLog } from "../media-plane.types.ts";
import { browserAnswer, encodingName, plainOffer, readBrowserOffer, readLocalTransport, type BrowserOffer, type OfferRefused } from "./browser-offer.ts";

/** Gathering is local (no STUN server is asked): it takes milliseconds, and longer than this means that it never will. */
const GATHER_TIMEOUT_MS = 5_000;
export const MAX_CONNECTIONS = 1_000;

/** What one connection tells. After `onLost` or `close` it tells nothing more. */
export type BrowserConnectionEvents = {
  /** DTLS is up and packets may be sent. */
  readonly onOpen: () => void;
  /** A decrypted RTP or RTCP packet. The bytes are the receiver's to change. */
  readonly onPacket: (packet: Uint8Array) => void;
  /** `closed`: the browser said goodbye in DTLS. `failed`: ICE or DTLS failed, a forged certificate included. */
  readonly onLost: (why: "closed" | "failed") => void;
};

export interface BrowserConnection {
  readonly answerSdp: string;
  readonly law: Law;
  /** Payload type of telephone-event, or null. */
  readonly eventPayloadType: number | null;
  /** Encrypts and sends one packet; dropped while the connection is not open. */
  readonly send: (packet: Uint8Array) => void;
  readonly close: () => void;
}

export type WebRtcError = OfferRefused | { readonly type: "limit-reached"; readonly detail: string } | { readonly type: "socket-failed"; readonly detail: string };

export interface WebRtcSide {
  /** Answers a browser's offer. `ssrc` is the stream that the leg sends, the same for every connection of one leg. */
  readonly connect: (name: string, offerSdp: string, ssrc: number, events: BrowserConnectionEvents) => Promise<Result<BrowserConnection, WebRtcError>>;
  readonly connections: () => number;
  readonly close: () => void;
}

export type WebRtcSideOptions = {
  /** The one UDP port of all browsers. */
  readonly port: number;
  /** Address that browsers are told; that of a `bindAddress` is told beside it when it is another. */
  readonly address: string;
  /** Interface to bind to; all of them when absent. */
  readonly bindAddress?: string;
  readonly log: MediaLog;
};

/** Browsers' legs: ICE, DTLS and SRTP by libdatachannel, plain RTP towards the rest of the switch. */
export function createWebRtcSide(options: WebRtcSideOptions): WebRtcSide {
  const open = new Set<PeerConnection>();

  const connect: WebRtcSide["connect"] = async (name, offerSdp, ssrc, events) => {
    const offer = readBrowserOffer(offerSdp);
    if (!offer.ok) return offer;
    if (open.size >= MAX_CONNECTIONS) return err({ type: "limit-reached", detail: `${MAX_CONNECTIONS} browser connections` });
    let peer: PeerConnection;
    try {
      peer = new PeerConnection(name, {
        iceServers: [], enableIceUdpMux: true, portRangeBegin: options.port, portRangeEnd: options.port, disableAutoNegotiation: true,
        ...(options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress }),
      });
    } catch (error) {
      return err({ type: "socket-failed", detail: String(error) });
    }
    open.add(peer);
    const release = (): void => {
      if (open.delete(peer)) peer.close();
    };
    try {
      const track = addTrack(peer, offer.value, ssrc);
      const connection = wire(peer, track, release, events, options.log);
      const local = readLocalTransport(await describe(peer, plainOffer(offer.value)));
      if (local === null) throw new Error("the library's answer cannot be read");
      return ok({ ...connection, law: offer.value.law, eventPayloadType: offer.value.eventPayloadType, answerSdp: browserAnswer({ offer: offer.value, local, address: options.address, insideAddress: insideAddress(options), port: options.port, ssrc }) });
    } catch (error) {
      release();
      return err({ type: "sdp-refused", detail: String(error) });
    }
  };

  return {
    connect,
    connections: () => open.size,
    close: () => {
      for (const peer of open) peer.close();
      open.clear();
    },
  };
}

/** Behind a NAT the machine listens at another address than it is told as. All interfaces (0.0.0.0) are no address to be told. */
const insideAddress = ({ address, bindAddress }: WebRtcSideOptions): string | null =>
  bindAddress === undefined || bindAddress === "0.0.0.0" || bindAddress === address ? null : bindAddress;

/** The track must exist, with its SSRC, before the offer is applied; otherwise what we send is not heard. */
function addTrack(peer: PeerConnection, offer: BrowserOffer, ssrc: number): Track {
  const audio = new Audio(offer.mid, "SendRecv");
  audio.addAudioCodec(offer.law === "pcmu" ? 0 : 8, encodingName(offer.law));
  if (offer.eventPayloadType !== null) audio.addAudioCodec(offer.eventPayloadType, "telephone-event");
  audio.addSSRC(ssrc, "ringdesk", "ringdesk", "audio");
  return peer.addTrack(audio);
}

/** Applies the offer and resolves with our description once the local candidate is known. */
function describe(peer: PeerConnection, offerSdp: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no local description in time")), GATHER_TIMEOUT_MS);
    peer.onGatheringStateChange((state) => {
      if (state !== "complete") return;
      clearTimeout(timer);
      const description = peer.localDescription();
      if (description === null) reject(new Error("no local description"));
      else resolve(description.sdp);
    });
    try {
      peer.setRemoteDescription(offerSdp, "offer");
      peer.setLocalDescription("answer");
    } catch (error) {
      clearTimeout(timer);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function wire(peer: PeerConnection, track: Track, release: () => void, events: BrowserConnectionEvents, log: MediaLog): Pick<BrowserConnection, "send" | "close"> {
  let over = false;
  let isOpen = false;
  const lose = (why: "closed" | "failed"): void => {
    if (over) return;
    over = true;
    release();
    // What ends before it opened was refused; the library tells the two ends in either order.
    events.onLost(isOpen ? why : "failed");
  };
  track.onOpen(() => {
    if (over) return;
    isOpen = true;
    events.onOpen();
  });
  track.onClosed(() => lose("closed"));
  track.onError((error) => log.debug({ error }, "a browser's track reported an error"));
  track.onMessage((packet) => {
    if (!over) events.onPacket(packet);
  });
  peer.onStateChange((state) => {
    if (state === "failed") lose("failed");
    else if (state === "closed") lose("closed");
  });
  return {
    send: (packet) => {
      if (over || !isOpen) return;
      try {
        track.sendMessageBinary(packet as Buffer);
      } catch (error) {
        // The connection is going down; its state change follows.
        log.debug({ error: String(error) }, "a packet to a browser was not sent");
      }
    },
    close: () => {
      over = true;
      release();
    },
  };
}
