import { err, ok, type LegId } from "@ringdesk/std";
import { alawEnergy, LevelGauge, ulawEnergy } from "@ringdesk/telecom/dsp";
import type { RtpHeader } from "@ringdesk/telecom/rtp";
import type { Law, MediaLevels } from "../media-plane.types.ts";
import type { IncomingAudio, Tap } from "./incoming-audio.ts";
import type { MediaLeg } from "./media-leg.ts";

export type LegLevels = MediaLevels & { readonly legEnded: (leg: LegId) => void };

class LevelTap implements Tap {
  readonly #gauge = new LevelGauge();
  readonly #audio: IncomingAudio;

  constructor(audio: IncomingAudio) {
    this.#audio = audio;
    audio.taps.add(this);
  }

  hear(packet: Uint8Array, header: RtpHeader, law: Law): void {
    this.#gauge.add(packet, header.payloadStart, header.payloadEnd, law === "pcmu" ? ulawEnergy : alawEnergy);
  }

  take(): number { return this.#gauge.take(); }

  remove(): void { this.#audio.taps.delete(this); }
}

export function createLegLevels(legOf: (leg: LegId) => MediaLeg | undefined): LegLevels {
  const taps = new Map<LegId, LevelTap>();
  const remove = (leg: LegId): void => {
    taps.get(leg)?.remove();
    taps.delete(leg);
  };
  return {
    watch: (id, on) => {
      const leg = legOf(id);
      if (!on) remove(id);
      else if (leg === undefined) return err({ type: "leg-unknown", leg: id });
      else if (!taps.has(id)) taps.set(id, new LevelTap(leg.incoming));
      return ok(undefined);
    },
    read: () => Array.from(taps, ([leg, tap]) => ({ leg, dbov: tap.take() })),
    forget: () => {
      for (const leg of taps.keys()) remove(leg);
    },
    legEnded: remove,
  };
}
