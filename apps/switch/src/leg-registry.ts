// Joins signalling, media and the ids of the control protocol into legs, and tells the server what happens to them.
import type { LegQuality, Snapshot, Trunk } from "@ringdesk/contract/switch";
import type { LegId, Millis } from "@ringdesk/std";
import type { CarryOut } from "./control/command-runner.ts";
import { createLegBook, type LegBook, type SipLeg } from "./leg-book.ts";
import { createLegCommands } from "./leg-commands.ts";
import { createLegPlays, playOf, type LegPlays } from "./leg-plays.ts";
import {
  BROWSER_WITHOUT_AUDIO_LIMIT_MS, createEnding, INCOMING_LIMIT_MS, LONGEST_LEG_MS, RTP_TIMEOUT_MS, type Ending, type LegRegistryOptions,
} from "./leg-ending.ts";
import type { MediaEvent, MediaPlane, NegotiatedMedia as MediaTarget } from "./media-plane.types.ts";
import type { IncomingLeg, NegotiatedMedia, TrunkEvents, TrunkSide } from "./trunk/trunk.types.ts";

/** How often the RTP timeout is looked at, and so how late it may be: one pass over counters that are there anyway. */
export const RTP_CHECK_INTERVAL_MS = 2_000;

export type LegRegistry = {
  readonly trunkEvents: TrunkEvents;
  readonly onMedia: (event: MediaEvent) => void;
  readonly carryOut: CarryOut;
  readonly snapshot: () => Omit<Snapshot, "seq">;
  readonly quality: () => readonly { readonly leg: LegId; readonly quality: LegQuality }[];
  readonly trunks: () => readonly Trunk[];
  readonly phones: () => ReadonlyMap<string, string>;
  /** Ends every leg: BYE, CANCEL or 503 to SIP peers, a closed connection to browsers. */
  readonly endAll: () => void;
  readonly close: () => void;
};

export function createLegRegistry(options: LegRegistryOptions): LegRegistry {
  const book = createLegBook();
  const plays = createLegPlays();
  const ending = createEnding(book, plays, options);
  const commands = createLegCommands({ ...options, book, plays, ending, browserWaits: (leg) => browserWaits(book, ending, leg) });
  const rtpTimer = setInterval(() => endSilentLegs(book, options), RTP_CHECK_INTERVAL_MS);
  return {
    trunkEvents: trunkEvents(book, ending, commands.opensPort, options),
    onMedia: (event) => onMedia({ ...options, book, plays, ending }, event),
    carryOut: commands.carryOut,
    trunks: commands.trunks,
    phones: commands.phones,
    snapshot: () => snapshotOf(book, options.media(), options.trunk()),
    quality: () => [...book.all()].filter((entry) => entry.state === "up").flatMap(({ leg }) => {
      const quality = options.media().quality(leg);
      return quality === null ? [] : [{ leg, quality }];
    }),
    endAll: () => {
      for (const entry of book.all()) ending.hangUp(entry, "hangup", "switch");
    },
    close: () => clearInterval(rtpTimer),
  };
}

function trunkEvents(book: LegBook, ending: Ending, opensPort: (entry: SipLeg) => void, options: LegRegistryOptions): TrunkEvents {
  const { emit, log, media, now } = options;
  const agreed = (leg: LegId, settled: NegotiatedMedia): SipLeg | undefined => {
    const entry = book.sip(leg);
    if (entry === undefined) return undefined;
    entry.heldByPeer = settled.heldByPeer;
    entry.mayBeSilent = settled.heldByPeer || settled.direction === "sendonly" || settled.direction === "inactive";
    entry.packetsAt = now();
    const done = media().setRemote(leg, mediaTarget(settled));
    if (!done.ok) log.warn({ leg, error: done.error.type }, "the media of a leg could not be set");
    return entry;
  };
  return {
    incoming: (call: IncomingLeg) => {
      const entry: SipLeg = { kind: "sip", leg: call.leg, direction: "in", state: "incoming", port: null, onHold: false, heldByPeer: false, mayBeSilent: false, packets: 0, packetsAt: now() };
      book.add(entry);
      book.arm(call.leg, "longest", LONGEST_LEG_MS, () => ending.hangUp(entry, "limit-reached", "switch"));
      book.arm(call.leg, "waiting", INCOMING_LIMIT_MS, () => ending.hangUp(entry, "no-answer", "switch"));
      emit({ type: "leg.incoming", leg: call.leg, trunk: call.trunk, ...(call.diversions.length === 0 ? {} : { diversions: [...call.diversions] }), from: call.from?.slice(0, 128) ?? null, fromName: call.fromName?.slice(0, 128) ?? null, to: call.to.slice(0, 128), sipCallId: call.sipCallId.slice(0, 256) });
      opensPort(entry);
    },
    ringing: (leg) => {
      const entry = book.sip(leg);
      if (entry === undefined) return;
      entry.state = "ringing";
      emit({ type: "leg.ringing", leg });
    },
    earlyMedia: (leg, settled) => {
      if (agreed(leg, settled) !== undefined) emit({ type: "leg.early-media", leg });
    },
    answered: (leg, settled) => {
      const entry = agreed(leg, settled);
      if (entry === undefined) return;
      entry.state = "up";
      book.arm(leg, "waiting", null, () => undefined);
      emit({ type: "leg.answered", leg });
    },
    mediaChanged: (leg, settled) => {
      const held = book.sip(leg)?.heldByPeer;
      if (agreed(leg, settled) === undefined || held === settled.heldByPeer) return;
      emit({ type: settled.heldByPeer ? "leg.held-by-peer" : "leg.resumed-by-peer", leg });
    },
    dtmf: (leg, digit) => {
      if (book.get(leg) === undefined) return;
      emit({ type: "leg.dtmf", leg, digit });
      media().passKey(leg, digit);
    },
    ended: ending.ended,
    trunkState: (state) => emit({ type: "trunk.state", ...state }),
    phoneRegistered: (phone) => emit({ type: "phone.registered", ...phone }),
    phoneUnregistered: (phone) => emit({ type: "phone.unregistered", ...phone }),
  };
}

/** Signalling's words for what was agreed, in media's. */
export function mediaTarget(settled: NegotiatedMedia): MediaTarget {
  return {
    remoteAddress: settled.remote?.address ?? "0.0.0.0",
    remotePort: settled.remote?.port ?? 0,
    law: settled.codec === "PCMU" ? "pcmu" : "pcma",
    dtmfPayloadType: settled.telephoneEventPayloadType,
    direction: settled.direction,
    payloadType: settled.payloadType,
    ...(settled.srtp === null ? {} : { srtp: { local: settled.srtp.send, remote: settled.srtp.receive } }),
    ...(settled.rtcpMux ? { rtcp: "mux" as const } : {}),
  };
}

/** Ends the browser leg when its audio does not come, or does not come back, in time. */
function browserWaits(book: LegBook, ending: Ending, leg: LegId): void {
  book.arm(leg, "waiting", BROWSER_WITHOUT_AUDIO_LIMIT_MS, () => ending.ended(leg, "media-lost", "switch"));
}

type MediaNeeds = Pick<LegRegistryOptions, "emit"> & { readonly book: LegBook; readonly plays: LegPlays; readonly ending: Ending };

function onMedia({ book, plays, ending, emit }: MediaNeeds, event: MediaEvent): void {
  switch (event.type) {
    case "media-connected": {
      const entry = book.get(event.leg);
      if (entry === undefined) return;
      if (entry.kind === "browser") {
        entry.state = "up";
        book.arm(entry.leg, "waiting", null, () => undefined);
      }
      return emit({ type: "leg.media-connected", leg: event.leg });
    }
    case "media-lost": {
      const entry = book.get(event.leg);
      // A SIP leg that falls silent is the RTP timeout's business.
      if (entry?.kind !== "browser") return;
      entry.state = "media-lost";
      browserWaits(book, ending, entry.leg);
      return emit({ type: "leg.media-lost", leg: event.leg, why: event.why });
    }
    case "dtmf":
      if (book.get(event.leg) === undefined) return;
      return emit({ type: "leg.dtmf", leg: event.leg, digit: event.digit });
    case "play-reached":
      if (book.get(event.leg) === undefined) return;
      return emit({ type: "play.reached", leg: event.leg, play: playOf(event.play), item: event.item });
    case "play-finished":
      plays.end(event.leg, event.play);
      // The end of a leg ends its play too: `leg.ended` says so, and is the last event of the leg.
      if (book.get(event.leg) === undefined) return;
      return emit({ type: "play.finished", leg: event.leg, play: playOf(event.play), why: event.why });
    case "recording-started": return emit({ type: "recording.started", recording: event.recording });
    case "recording-stopped":
      return emit({ type: "recording.stopped", recording: event.recording, why: event.why, durationMs: Math.round(event.durationMs) as Millis, path: event.path });
  }
}

/** RTP timeout: the peer has vanished without BYE. */
function endSilentLegs(book: LegBook, { trunk, media, now, log }: LegRegistryOptions): void {
  for (const entry of book.all()) {
    if (entry.kind !== "sip" || entry.state !== "up") continue;
    const packets = media().quality(entry.leg)?.packets ?? 0;
    if (packets !== entry.packets || entry.mayBeSilent) {
      entry.packets = packets;
      entry.packetsAt = now();
    } else if (now() - entry.packetsAt >= RTP_TIMEOUT_MS) {
      log.info({ leg: entry.leg }, "no RTP for too long: ending the leg");
      trunk().hangup(entry.leg, { cause: "media-timeout", by: "switch" });
    }
  }
}

function snapshotOf(book: LegBook, media: MediaPlane, trunk: TrunkSide): Omit<Snapshot, "seq"> {
  const audio = media.snapshot();
  const byLeg = new Map(audio.legs.map((entry) => [entry.leg, entry]));
  return {
    legs: [...book.all()].map((entry) => ({
      leg: entry.leg, kind: entry.kind, direction: entry.direction,
      state: entry.state === "connecting" ? "up" as const : entry.state,
      hears: byLeg.get(entry.leg)?.hears ?? "nothing",
      ...(entry.onHold ? { onHold: true } : {}),
      quality: byLeg.get(entry.leg)?.quality ?? null,
    })),
    bridges: audio.bridges.map(({ bridge, legs, hears }) => ({ bridge, legs: [...legs], ...(hears === undefined ? {} : { hears: hears.map((one) => ({ leg: one.leg, of: [...one.of] })) }) })),
    recordings: audio.recordings.map(({ recording, state }) => ({ recording, state })),
    phones: [...trunk.phones()],
    trunks: [...trunk.trunkStates()],
  };
}
