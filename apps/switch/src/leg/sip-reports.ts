import { isRtcp } from "@ringdesk/telecom/rtp";
import { openRtpSocket, type RtpSocket } from "../sockets/rtp-socket.ts";
import { receivePacket, type LegOptions, type MediaLeg, type ReportPath } from "./media-leg.ts";

/**
 * RTCP of a SIP leg, on the port after its RTP port (RFC 3550 §11) unless the peer wants it with RTP. The socket is opened with
 * the first report: most of what setting up a call costs is sockets, and short calls need no statistics of the peer's.
 */
export function createSipReports(leg: MediaLeg, rtp: RtpSocket, options: LegOptions & { readonly bindAddress: string }): ReportPath {
  let socket: RtpSocket | null = null;
  let state: "unopened" | "opening" | "open" | "refused" | "closed" = "unopened";
  let waiting: Uint8Array | null = null;

  const sendOwnPort = (report: Uint8Array): void => {
    const target = rtp.target();
    if (target === null) return;
    socket?.setPeer({ address: target.address, port: typeof leg.rtcp === "number" ? leg.rtcp : target.port + 1 });
    socket?.send(leg.cipher === null ? report : leg.cipher.protect(report));
  };

  const open = async (): Promise<void> => {
    state = "opening";
    const opened = await openRtpSocket({
      bindAddress: options.bindAddress, port: rtp.port + 1, nowMs: options.clock.nowMs,
      open: (packet) => (leg.cipher === null ? packet : leg.cipher.open(packet)),
      onPacket: (packet) => {
        if (isRtcp(packet)) receivePacket(leg, packet, options);
      },
    });
    if (!opened.ok) {
      // Another program has the port: the leg goes without reports.
      state = "refused";
      return;
    }
    if (state !== "opening") return opened.value.close();
    state = "open";
    socket = opened.value;
    if (waiting !== null) sendOwnPort(waiting);
    waiting = null;
  };

  return {
    send: (report) => {
      if (leg.rtcp === "mux") rtp.send(leg.cipher === null ? report : leg.cipher.protect(report));
      else if (socket !== null) sendOwnPort(report);
      else if (state === "unopened") {
        waiting = report;
        void open();
      }
    },
    close: () => {
      state = "closed";
      socket?.close();
      socket = null;
    },
  };
}
