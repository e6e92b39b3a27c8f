import type { SwitchFrame } from "@ringdesk/contract/switch";
import type { Logger } from "pino";
import { createAckLine, type AckLine } from "./ack-line.ts";
import type { EventHub } from "./event-hub.ts";
import type { EventPosition, LegHappening } from "./telephony.ports.ts";

export type EventFrame = Extract<SwitchFrame, { readonly frame: "event" }>;

/** Takes each event of the switch once, in order, and knows up to where they are persisted. */
export type EventIntake = {
  /** What an earlier server process has persisted; ignored when the switch has greeted already. */
  readonly resumeAt: (position: EventPosition) => void;
  /** The switch lives the life `epoch`. True when it is another than before. */
  readonly live: (epoch: string) => boolean;
  readonly take: (frame: EventFrame) => void;
  /** Up to where everything is persisted; null before any life is known. */
  readonly position: () => EventPosition | null;
};

export type EventIntakeOptions = {
  readonly hub: EventHub;
  readonly log: Logger;
  /** Null for an event that the rooms have no use for: there is nothing to persist. */
  readonly translate: (event: EventFrame["event"]) => LegHappening | null;
  /** The position has moved; called once for many events that are persisted together. */
  readonly onPersisted: (position: EventPosition) => void;
};

export function createEventIntake({ hub, log, translate, onPersisted }: EventIntakeOptions): EventIntake {
  let epoch: string | null = null;
  let acks: AckLine = createAckLine(0);
  let taken = 0;
  let told = 0;
  let scheduled = false;
  const begin = (life: string, seq: number): void => {
    epoch = life;
    taken = seq;
    told = seq;
    acks = createAckLine(seq);
  };
  const tell = (): void => {
    scheduled = false;
    const upTo = acks.upTo();
    if (epoch === null || upTo <= told) return;
    told = upTo;
    onPersisted({ epoch, seq: upTo });
  };
  return {
    resumeAt: (position) => {
      if (epoch === null) begin(position.epoch, position.seq);
    },
    live: (life) => {
      if (life === epoch) return false;
      begin(life, 0);
      return true;
    },
    position: () => (epoch === null ? null : { epoch, seq: told }),
    take: (frame) => {
      // Taken before: it was sent again after a reconnect, and whoever got it still owes its `persisted`.
      if (epoch === null || frame.seq <= taken) return;
      if (frame.seq > taken + 1) log.error({ from: taken + 1, to: frame.seq - 1 }, "events of the switch are missing; its snapshot tells what is left");
      taken = frame.seq;
      const line = acks;
      line.begin(frame.seq);
      const persisted = (): void => {
        line.finish(frame.seq);
        if (line !== acks || scheduled) return;
        scheduled = true;
        queueMicrotask(tell);
      };
      const happening = translate(frame.event);
      if (happening === null) persisted();
      else hub.deliver({ ...happening, at: frame.at, position: { epoch, seq: frame.seq } }, persisted);
    },
  };
}
