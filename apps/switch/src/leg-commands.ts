import type { Command, Trunk } from "@ringdesk/contract/switch";
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import { refusalOfMedia, refusalOfTrunk } from "./control-errors.ts";
import type { CarryOut, Outcome } from "./control/command-runner.ts";
import type { LegBook, SipLeg } from "./leg-book.ts";
import type { LegPlays } from "./leg-plays.ts";
import { LONGEST_LEG_MS, type Ending, type LegRegistryOptions } from "./leg-ending.ts";
import type { MediaError } from "./media-plane.types.ts";
import type { TrunkError } from "./trunk/trunk.types.ts";

/** Legs that the switch holds at most; the next dial or browser is refused. */
export const MAX_LEGS = 2_000;

export type LegCommands = {
  readonly carryOut: CarryOut;
  readonly trunks: () => readonly Trunk[];
  /** Passwords of phones by number. */
  readonly phones: () => ReadonlyMap<string, string>;
  /** Opens the RTP port of an incoming leg; the leg ends when there is none. */
  readonly opensPort: (entry: SipLeg) => void;
};

type Needs = LegRegistryOptions & {
  readonly book: LegBook;
  readonly plays: LegPlays;
  readonly ending: Ending;
  readonly browserWaits: (leg: LegId) => void;
};
type Of<D extends Command["do"]> = Extract<Command, { do: D }>;

const DONE: Outcome = ok({});
const wrongState = (state: string): Outcome => err({ type: "leg-wrong-state", detail: `the leg is ${state}` });
const unknownLeg = (leg: LegId): Outcome => err({ type: "leg-unknown", detail: `no leg ${leg}` });
const full: Outcome = err({ type: "limit-reached", detail: `${MAX_LEGS} legs` });
const media = (done: Result<unknown, MediaError>): Outcome => (done.ok ? DONE : err(refusalOfMedia(done.error)));
const signalling = (done: Result<unknown, TrunkError>): Outcome => (done.ok ? DONE : err(refusalOfTrunk(done.error)));

/** What each command does. Idempotent by meaning: what is so already is answered like the first time. */
export function createLegCommands(needs: Needs): LegCommands {
  const ports = createPorts(needs);
  let trunks: readonly Trunk[] = [];
  let phones: ReadonlyMap<string, string> = new Map();
  const carryOut: CarryOut = (command) => {
    const plane = needs.media();
    switch (command.do) {
      case "trunks.set":
        // The list stays the same object while nothing changed: signalling compares by identity.
        if (JSON.stringify(trunks) !== JSON.stringify(command.trunks)) trunks = command.trunks;
        needs.trunk().trunksChanged();
        return DONE;
      case "phones.set":
        phones = new Map(command.accounts.map(({ number, password }) => [number, password]));
        return DONE;
      case "leg.ring": return ring(needs, command.leg);
      case "leg.progress": return settle(needs, ports, command.leg, "progress");
      case "leg.answer": return settle(needs, ports, command.leg, "answer");
      case "leg.reject": return reject(needs, command);
      case "leg.dial": return dial(needs, command);
      case "leg.connect-browser": return connectBrowser(needs, command);
      case "leg.hangup": return hangup(needs, command.leg);
      case "leg.hold": return hold(needs, command);
      case "leg.play": return play(needs, command);
      case "leg.stop-play": return media(plane.stopPlay(command.leg));
      case "leg.levels": return media(plane.levels.watch(command.leg, command.on));
      case "leg.send-dtmf": return media(plane.sendDtmf(command.leg, command.digits));
      case "bridge.set": return media(plane.setBridge(command.bridge, command.legs, command.hears));
      case "bridge.close": plane.closeBridge(command.bridge); return DONE;
      case "recording.start": return media(plane.startRecording(command.recording, command.left, command.right));
      case "recording.pause": return media(plane.pauseRecording(command.recording));
      case "recording.resume": return media(plane.resumeRecording(command.recording));
      case "recording.legs": return media(plane.setRecordingLegs(command.recording, command.left, command.right));
      case "recording.stop": plane.stopRecording(command.recording); return DONE;
      // Answered by the session, which knows the number of the last event.
      case "snapshot": return DONE;
    }
  };
  return { carryOut, trunks: () => trunks, phones: () => phones, opensPort: ports.opens };
}

type Ports = {
  readonly opens: (entry: SipLeg) => void;
  /** The leg's RTP port when it is open; null when the leg ended instead. */
  readonly of: (entry: SipLeg) => Promise<number | null>;
};

function createPorts({ book, media: plane, ending, log }: Needs): Ports {
  const opening = new Map<LegId, Promise<number | null>>();
  const open = async (entry: SipLeg): Promise<number | null> => {
    const port = await plane().createRtpLeg(entry.leg);
    if (book.get(entry.leg) !== entry) {
      plane().closeLeg(entry.leg);
      return null;
    }
    if (port.ok) {
      entry.port = port.value;
      return port.value;
    }
    log.warn({ leg: entry.leg, error: port.error.type }, "no RTP port for an incoming leg");
    ending.hangUp(entry, "limit-reached", "switch");
    return null;
  };
  return {
    opens: (entry) => {
      opening.set(entry.leg, open(entry).finally(() => opening.delete(entry.leg)));
    },
    of: (entry) => opening.get(entry.leg) ?? Promise.resolve(entry.port),
  };
}

function ring({ book, trunk }: Needs, leg: LegId): Outcome {
  const entry = book.get(leg);
  if (entry === undefined) return unknownLeg(leg);
  if (entry.kind === "browser" || entry.state === "up") return DONE;
  return entry.state === "incoming" ? signalling(trunk().ring(leg)) : wrongState(entry.state);
}

/** Agrees on the audio of an incoming call: when it is answered, or before. */
async function settle({ book, trunk, advertised }: Needs, ports: Ports, leg: LegId, how: "progress" | "answer"): Promise<Outcome> {
  const entry = book.get(leg);
  if (entry === undefined) return unknownLeg(leg);
  if (entry.kind === "browser" || entry.state === "up") return DONE;
  if (entry.state !== "incoming") return wrongState(entry.state);
  const port = await ports.of(entry);
  if (port === null || book.get(leg) === undefined) return unknownLeg(leg);
  return signalling(trunk()[how](leg, { address: advertised, port }));
}

function reject({ book, ending, trunk }: Needs, { leg, reason }: Of<"leg.reject">): Outcome {
  const entry = book.get(leg);
  if (entry === undefined) return book.hasEnded(leg) ? DONE : unknownLeg(leg);
  if (entry.kind === "browser") {
    ending.ended(leg, "rejected", "server");
    return DONE;
  }
  return entry.state === "incoming" ? signalling(trunk().reject(leg, reason)) : wrongState(entry.state);
}

function hangup({ book, ending }: Needs, leg: LegId): Outcome {
  const entry = book.get(leg);
  if (entry !== undefined) ending.hangUp(entry, "hangup", "server");
  return DONE;
}

function hold({ book, trunk }: Needs, { leg, hold: wanted }: Of<"leg.hold">): Outcome {
  const entry = book.get(leg);
  if (entry === undefined) return unknownLeg(leg);
  const done = entry.kind === "browser" ? DONE : signalling(trunk().hold(leg, wanted));
  if (done.ok) entry.onHold = wanted;
  return done;
}

async function dial(needs: Needs, command: Of<"leg.dial">): Promise<Outcome> {
  const { book, ending, trunk, advertised, now } = needs;
  const { leg } = command;
  const known = book.get(leg);
  if (known !== undefined) return known.kind === "sip" && known.direction === "out" ? DONE : err({ type: "leg-exists", detail: `leg ${leg} is no outbound leg` });
  if (book.hasEnded(leg)) return DONE;
  if (book.size() >= MAX_LEGS) return full;
  const entry: SipLeg = { kind: "sip", leg, direction: "out", state: "dialling", port: null, onHold: false, heldByPeer: false, mayBeSilent: false, packets: 0, packetsAt: now() };
  book.add(entry);
  const port = await needs.media().createRtpLeg(leg);
  if (book.get(leg) !== entry) {
    needs.media().closeLeg(leg);
    return unknownLeg(leg);
  }
  const done: Outcome = !port.ok ? media(port) : signalling(trunk().dial({
    leg, trunk: command.trunk, to: command.to, from: command.from, ringTimeoutMs: command.ringTimeoutMs,
    ...(command.contact === undefined ? {} : { contact: command.contact }),
    ...(command.fromName === undefined ? {} : { fromName: command.fromName }),
    ...(command.withheld === undefined ? {} : { withheld: command.withheld }),
    local: { address: advertised, port: port.value },
  }));
  if (done.ok) book.arm(leg, "longest", LONGEST_LEG_MS, () => ending.hangUp(entry, "limit-reached", "switch"));
  else forget(needs, leg);
  return done;
}

async function connectBrowser(needs: Needs, { leg, sdp }: Of<"leg.connect-browser">): Promise<Outcome> {
  const { book, ending } = needs;
  const known = book.get(leg);
  if (known?.kind === "sip") return err({ type: "leg-exists", detail: `leg ${leg} is a SIP leg` });
  if (known === undefined) {
    if (book.hasEnded(leg)) return unknownLeg(leg);
    if (book.size() >= MAX_LEGS) return full;
    book.add({ kind: "browser", leg, direction: "in", state: "connecting", onHold: false });
    book.arm(leg, "longest", LONGEST_LEG_MS, () => ending.ended(leg, "limit-reached", "switch"));
    needs.browserWaits(leg);
  }
  const answered = await needs.media().connectBrowser(leg, sdp);
  if (answered.ok) return ok({ sdp: answered.value });
  if (known === undefined) forget(needs, leg);
  return err(refusalOfMedia(answered.error));
}

async function play({ plays, media: plane }: Needs, { leg, play: id, items }: Of<"leg.play">): Promise<Outcome> {
  const mediaId = plays.begin(leg, id);
  if (mediaId === null) return DONE;
  const done = await plane().play(leg, mediaId, items);
  if (!done.ok) plays.end(leg, mediaId);
  return media(done);
}

/** A leg that was refused never was: no event tells of it. */
function forget({ book, media: plane }: Needs, leg: LegId): void {
  book.discard(leg);
  plane().closeLeg(leg);
}
