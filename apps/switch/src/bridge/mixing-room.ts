import type { LegId } from "@ringdesk/std";
import { addFrame, LIVE_DELAY, Playout, PLAYOUT_FRAME_SAMPLES, subtractFrame } from "@ringdesk/telecom/dsp";
import { alawToLinear, ulawToLinear } from "@ringdesk/telecom/g711";
import type { RtpHeader } from "@ringdesk/telecom/rtp";
import type { Tap } from "../leg/incoming-audio.ts";
import type { MediaLeg } from "../leg/media-leg.ts";
import type { Law } from "../media-plane.types.ts";
import { FRAME_MS, type PaceClock } from "../sockets/pace-clock.ts";

/** After a longer stall nobody wants to hear what was said in it. */
const MAX_SKIPPED_FRAMES = 25;

/** What one leg says, for those who hear it mixed. */
class Speaker implements Tap {
  readonly frame = new Int16Array(PLAYOUT_FRAME_SAMPLES);
  readonly leg: MediaLeg;
  speaks = false;
  readonly #playout = new Playout(LIVE_DELAY);

  constructor(leg: MediaLeg) {
    this.leg = leg;
    leg.incoming.taps.add(this);
  }

  hear(packet: Uint8Array, header: RtpHeader, law: Law, nowMs: number): void {
    this.#playout.put(packet, header, law === "pcmu" ? ulawToLinear : alawToLinear, nowMs);
  }

  advance(nowMs: number, framesElapsed: number): void {
    for (let behind = Math.min(framesElapsed, MAX_SKIPPED_FRAMES) - 1; behind >= 0; behind -= 1) this.speaks = this.#playout.take(this.frame, nowMs - behind * FRAME_MS);
  }

  leave(): void {
    this.leg.incoming.taps.delete(this);
  }
}

type Listening = { readonly leg: MediaLeg; readonly deafTo: readonly Speaker[] };

export interface MixingRoom {
  /** Who hears whom from now on. Speakers who stay are heard without a break. */
  readonly set: (mixes: ReadonlyMap<MediaLeg, readonly MediaLeg[]>) => void;
}

/**
 * Mixes for the legs of one bridge that hear several others. Everything that is said is added up once per frame; each hears
 * the sum without what it is deaf to, which is mostly its own voice.
 */
export function createMixingRoom(clock: PaceClock): MixingRoom {
  const speakers = new Map<LegId, Speaker>();
  const total = new Int32Array(PLAYOUT_FRAME_SAMPLES);
  const heard = new Int32Array(PLAYOUT_FRAME_SAMPLES);
  let listeners: readonly Listening[] = [];
  let stop: (() => void) | null = null;

  const tick = (nowMs: number, framesElapsed: number): void => {
    total.fill(0);
    for (const speaker of speakers.values()) {
      speaker.advance(nowMs, framesElapsed);
      if (speaker.speaks) addFrame(total, speaker.frame);
    }
    for (const { leg, deafTo } of listeners) {
      heard.set(total);
      for (const speaker of deafTo) if (speaker.speaks) subtractFrame(heard, speaker.frame);
      leg.outgoing.hearMix(heard, nowMs, framesElapsed);
    }
  };

  const settleSpeakers = (wanted: ReadonlySet<MediaLeg>): void => {
    for (const [id, speaker] of speakers) {
      if (wanted.has(speaker.leg)) continue;
      speaker.leave();
      speakers.delete(id);
    }
    for (const leg of wanted) if (!speakers.has(leg.id)) speakers.set(leg.id, new Speaker(leg));
  };

  return {
    set: (mixes) => {
      settleSpeakers(new Set([...mixes.values()].flat()));
      listeners = [...mixes].map(([leg, from]) => ({ leg, deafTo: [...speakers.values()].filter((speaker) => !from.includes(speaker.leg)) }));
      if (listeners.length > 0) stop ??= clock.add(tick);
      else {
        stop?.();
        stop = null;
      }
    },
  };
}
