import { err, ok } from "@ringdesk/std";
import type { MediaPlane } from "../media-plane.types.ts";
import type { BrowserConnection, BrowserConnectionEvents, WebRtcSide } from "../webrtc/webrtc-side.ts";
import type { LegTable } from "./leg-table.ts";
import { createMediaLeg, endMediaLeg, loseMedia, receivePacket, type LegOptions, type MediaLeg } from "./media-leg.ts";

/**
 * Browser legs: a leg outlives its connections. Each new offer for the same leg makes a new connection (CALL-12: a reload, a
 * change of network); the old one is kept until the new one has been answered, and what it says after that is not heard.
 */
export function createBrowserLegs(legs: LegTable, webrtc: WebRtcSide, options: LegOptions): { readonly connect: MediaPlane["connectBrowser"] } {
  const eventsOf = (leg: MediaLeg, attempt: number): BrowserConnectionEvents => {
    const isCurrent = (): boolean => leg.currentConnection === attempt;
    return {
      onOpen: () => {
        if (isCurrent()) leg.outgoing.setSend((packet) => leg.connection?.send(packet));
      },
      onPacket: (packet) => {
        if (isCurrent()) receivePacket(leg, packet, options);
      },
      onLost: (why) => {
        if (!isCurrent()) return;
        leg.outgoing.setSend(null);
        loseMedia(leg, why, options.onEvent);
      },
    };
  };

  return {
    connect: async (id, offerSdp) => {
      const known = legs.get(id);
      if (known !== undefined && known.kind !== "browser") return err({ type: "leg-wrong-kind", leg: id, detail: "not a browser leg" });
      const leg = known ?? createMediaLeg(id, "browser", options);
      const added = known === undefined ? legs.add(leg) : ok(undefined);
      if (!added.ok) {
        endMediaLeg(leg);
        return added;
      }
      leg.attempts += 1;
      const attempt = leg.attempts;
      const connected = await webrtc.connect(id, offerSdp, leg.outgoing.stream.ssrc, eventsOf(leg, attempt));
      if (leg.attempts !== attempt) {
        if (connected.ok) connected.value.close();
        return err({ type: "leg-wrong-kind", leg: id, detail: "a newer connection came, or the leg was closed" });
      }
      if (!connected.ok) {
        // A leg that never had a connection does not come into being by a refused offer.
        if (leg.connection === null) {
          legs.remove(id);
          endMediaLeg(leg);
        }
        return connected;
      }
      take(leg, connected.value, attempt);
      return ok(connected.value.answerSdp);
    },
  };
}

/** The connection becomes the leg's. The outgoing stream goes on where it was. */
function take(leg: MediaLeg, connection: BrowserConnection, attempt: number): void {
  leg.connection?.close();
  leg.connection = connection;
  leg.reports = { send: connection.send, close: () => {} };
  leg.currentConnection = attempt;
  leg.state = "waiting";
  leg.incoming.awaitFirst();
  leg.incoming.eventPayloadType = connection.eventPayloadType;
  leg.outgoing.setSend(null);
  leg.outgoing.law = connection.law;
  leg.outgoing.eventPayloadType = connection.eventPayloadType;
}
