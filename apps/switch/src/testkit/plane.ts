// A media plane for tests, in a temporary folder on unusual ports, with its events collected.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LegId } from "@ringdesk/std";
import { createMediaPlane } from "../media-plane.ts";
import type { Law, MediaEvent, MediaPlane, MediaTimings, NegotiatedMedia } from "../media-plane.types.ts";
import { checkUdpPort } from "../sockets/udp-port.ts";
import { createPhone, EVENT_PAYLOAD_TYPE, type Phone } from "./phone.ts";

export type TestPlane = {
  readonly plane: MediaPlane;
  readonly folder: string;
  readonly webrtcPort: number;
  readonly events: MediaEvent[];
  /** Resolves with the first event, past or future, that fits. */
  readonly until: <T extends MediaEvent["type"]>(type: T, fits?: (event: Extract<MediaEvent, { type: T }>) => boolean) => Promise<Extract<MediaEvent, { type: T }>>;
  /** A phone whose leg is set up both ways. */
  readonly callFrom: (leg: string, law?: Law, more?: Partial<NegotiatedMedia>) => Promise<Phone>;
  readonly close: () => Promise<void>;
};

/** Below the ports that the system gives to other sockets. */
const randomPort = (first: number, count: number): number => first + 2 * Math.floor((Math.random() * count) / 2);
const RTP_PORTS = 100;
const MOST_TRIES = 5;
const quiet = { debug: () => {}, info: () => {}, warn: () => {} };

export async function createTestPlane(timings: Partial<MediaTimings> = {}, mediaFolder?: string, address = "127.0.0.1"): Promise<TestPlane> {
  const folder = mediaFolder ?? await mkdtemp(join(tmpdir(), "ringdesk-media-"));
  const events: MediaEvent[] = [];
  const waiting = new Set<() => void>();
  const onEvent = (event: MediaEvent): void => {
    events.push(event);
    for (const look of waiting) look();
  };
  let webrtcPort = 0;
  const open = async (tries: number): ReturnType<typeof createMediaPlane> => {
    const first = await freePorts(address, tries);
    webrtcPort = randomPort(30_001, 2_700);
    const opened = await createMediaPlane({ address, rtpPorts: { first, last: first + RTP_PORTS }, webrtcPort, mediaFolder: folder, timings, log: quiet, onEvent });
    return !opened.ok && opened.error.type === "socket-failed" && tries < MOST_TRIES ? open(tries + 1) : opened;
  };
  const opened = await open(1);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const plane = opened.value;
  const phones: Phone[] = [];
  return {
    plane, folder, webrtcPort, events,
    until: (type, fits = () => true) => new Promise((resolve) => {
      const look = (): void => {
        const found = events.find((event): event is Extract<MediaEvent, { type: typeof type }> => event.type === type && fits(event as never));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    }),
    callFrom: async (leg, law = "pcmu", more = {}) => {
      const phone = await createPhone(law, more.srtp === undefined ? undefined : { local: more.srtp.remote, remote: more.srtp.local });
      phones.push(phone);
      const port = await plane.createRtpLeg(leg as LegId);
      if (!port.ok) throw new Error(JSON.stringify(port.error));
      phone.dial(port.value);
      const set = plane.setRemote(leg as LegId, { remoteAddress: "127.0.0.1", remotePort: phone.port, law, dtmfPayloadType: EVENT_PAYLOAD_TYPE, direction: "sendrecv", ...more });
      if (!set.ok) throw new Error(JSON.stringify(set.error));
      return phone;
    },
    close: async () => {
      await plane.close();
      for (const phone of phones) phone.close();
      if (mediaFolder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The first of {@link RTP_PORTS} ports that nobody seems to have: other tests and benchmarks take whole ranges. */
async function freePorts(address: string, tries: number): Promise<number> {
  const first = randomPort(24_200, 5_700);
  for (let port = first; port <= first + RTP_PORTS; port += RTP_PORTS / 4) {
    const free = await checkUdpPort(port, address);
    if (!free.ok && tries < MOST_TRIES * MOST_TRIES) return freePorts(address, tries + 1);
  }
  return first;
}

/** Waits until `holds`, looking every few milliseconds; rejects after `limitMs`. */
export async function eventually(holds: () => boolean, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("it did not happen in time");
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}
