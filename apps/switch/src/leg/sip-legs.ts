import { err, ok, type LegId, type Result } from "@ringdesk/std";
import type { MediaError, MediaPlane } from "../media-plane.types.ts";
import { createRtpPorts } from "../sockets/rtp-ports.ts";
import { openRtpSocket, type RtpSocket } from "../sockets/rtp-socket.ts";
import { createMediaLeg, endMediaLeg, negotiateRtp, receivePacket, type LegOptions, type MediaLeg } from "./media-leg.ts";
import type { LegTable } from "./leg-table.ts";
import { createSipReports } from "./sip-reports.ts";

/** Ports that another process holds are passed over, this many in one request. */
const MAX_PORT_TRIES = 200;

export type SipLegsOptions = LegOptions & { readonly bindAddress: string; readonly rtpPorts: { readonly first: number; readonly last: number } };

export interface SipLegs {
  readonly create: MediaPlane["createRtpLeg"];
  readonly setRemote: MediaPlane["setRemote"];
  /** The socket that is being opened for a leg, if one is. */
  readonly opening: (leg: LegId) => Promise<unknown> | undefined;
  /** Gives an ended leg's port back. */
  readonly release: (leg: MediaLeg) => void;
}

/** SIP legs: one UDP socket each. */
export function createSipLegs(legs: LegTable, options: SipLegsOptions): SipLegs {
  const { clock } = options;
  const ports = createRtpPorts(options.rtpPorts, clock.nowMs);
  const opening = new Map<LegId, Promise<Result<number, MediaError>>>();

  const openSocket = async (leg: MediaLeg): Promise<Result<RtpSocket, MediaError>> => {
    for (let tries = 0; tries < MAX_PORT_TRIES; tries += 1) {
      const port = ports.take();
      if (port === null) break;
      const opened = await openRtpSocket({
        bindAddress: options.bindAddress, port, nowMs: clock.nowMs,
        open: (packet) => (leg.cipher === null ? packet : leg.cipher.open(packet)),
        onPacket: (packet) => receivePacket(leg, packet, options),
      });
      if (opened.ok) return opened;
      ports.release(port);
      if (opened.error.type === "socket-failed") return err(opened.error);
    }
    return err({ type: "ports-exhausted" });
  };

  const open = async (id: LegId): Promise<Result<number, MediaError>> => {
    const leg = createMediaLeg(id, "sip", options);
    const socket = await openSocket(leg);
    const added = socket.ok ? legs.add(leg) : socket;
    if (!socket.ok || !added.ok) {
      if (socket.ok) {
        socket.value.close();
        ports.release(socket.value.port);
      }
      endMediaLeg(leg);
      return added.ok ? err({ type: "ports-exhausted" }) : added;
    }
    leg.socket = socket.value;
    leg.port = socket.value.port;
    leg.reports = createSipReports(leg, socket.value, options);
    return ok(socket.value.port);
  };

  return {
    create: (id) => {
      const known = legs.get(id);
      if (known !== undefined) return Promise.resolve(known.port === null ? err({ type: "leg-exists", leg: id }) : ok(known.port));
      const running = opening.get(id) ?? open(id).finally(() => opening.delete(id));
      opening.set(id, running);
      return running;
    },
    setRemote: (id, media) => {
      const leg = legs.get(id);
      if (leg === undefined) return err({ type: "leg-unknown", leg: id });
      if (leg.socket === null) return err({ type: "leg-wrong-kind", leg: id, detail: "not a SIP leg" });
      negotiateRtp(leg, leg.socket, media);
      return ok(undefined);
    },
    opening: (id) => opening.get(id),
    release: (leg) => {
      if (leg.port !== null) ports.release(leg.port);
    },
  };
}
