import type { PhoneAccount, Snapshot, SwitchFrame, Trunk } from "@ringdesk/contract/switch";
import type { LegId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { Clock } from "../kernel/index.ts";
import type { CommandBook } from "./command-book.ts";
import { createEventIntake, type EventFrame, type EventIntake } from "./event-intake.ts";
import type { EventHub } from "./event-hub.ts";
import { createPositionSaver } from "./position-saver.ts";
import type { Greeting } from "./switch-link.socket.ts";
import type { EventPosition, LegHappening, LegQuality, PositionStore } from "./telephony.ports.ts";

export type SwitchSessionOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly hub: EventHub;
  readonly book: CommandBook;
  readonly positions: PositionStore;
  readonly trunks: () => readonly Trunk[];
  readonly phoneAccounts: () => readonly PhoneAccount[];
  readonly sendAck: (seq: number) => void;
  readonly translate: (event: EventFrame["event"]) => LegHappening | null;
  /** Told in the order of the events: before any that is later than the snapshot. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** The connection is usable, and every event that the snapshot includes has been delivered. */
  readonly onUp: (epoch: string, fresh: boolean, snapshot: Snapshot) => void;
  /** All events that the last snapshot includes are persisted. */
  readonly onCaughtUp: (snapshot: Snapshot) => void;
};

/** The conversation with the switch over one connection after the other: greeting, snapshot, events, acknowledgements. */
export type SwitchSession = {
  readonly load: () => Promise<void>;
  /** What the switch need not send again: no more than a server that is started anew would know. */
  readonly acked: () => EventPosition | null;
  readonly isUp: () => boolean;
  readonly greeted: (greeting: Greeting) => void;
  readonly lost: () => void;
  readonly onFrame: (frame: Exclude<SwitchFrame, Greeting>) => void;
  readonly quality: (leg: LegId) => LegQuality | null;
  /** Writes the position a last time. */
  readonly close: () => Promise<void>;
};

export function createSwitchSession(options: SwitchSessionOptions): SwitchSession {
  const { book, hub, log } = options;
  const saver = createPositionSaver({ ...options, onStored: () => acknowledge() });
  const quality = new Map<LegId, LegQuality>();
  /** Counts connections, so that what was asked on one is not taken for an answer on the next. */
  let connection = 0;
  let greeted = false;
  let up = false;
  /** The switch lives another life than the one that listeners were told of last. */
  let fresh = false;
  const catchUp = createCatchUp(options.onCaughtUp);

  const intake = createEventIntake({
    hub, log,
    translate: (event) => {
      if (event.type === "leg.ended") quality.delete(event.leg);
      return options.translate(event);
    },
    onPersisted: (position) => {
      saver.changed(position);
      catchUp.persisted(position.seq);
    },
  });
  /** Only what is stored: the switch forgets it, and this server may be gone the next moment. */
  const acknowledge = (): void => {
    const stored = saver.stored();
    if (greeted && stored !== null && stored.epoch === intake.position()?.epoch) options.sendAck(stored.seq);
  };
  const join = async (epoch: string): Promise<void> => {
    void book.ask({ do: "trunks.set", trunks: [...options.trunks()] });
    const accounts = options.phoneAccounts();
    if (accounts.length > 0) void book.ask({ do: "phones.set", accounts: [...accounts] });
    const asked = connection;
    const snapshot = await askSnapshot(book, () => connection === asked);
    if (snapshot === null) return;
    up = true;
    log.info({ epoch, fresh, legs: snapshot.legs.length }, "the switch is connected");
    const told = fresh;
    fresh = false;
    options.onUp(epoch, told, snapshot);
    catchUp.await(snapshot, intake.position()?.seq ?? 0);
  };
  return {
    acked: saver.stored,
    isUp: () => up,
    load: async () => {
      const stored = await saver.load();
      if (stored !== null) intake.resumeAt(stored);
    },
    greeted: (greeting) => {
      connection += 1;
      if (greeting.dropped > 0) log.error({ dropped: greeting.dropped }, "the switch has dropped events in this life");
      greeted = true;
      if (intake.live(greeting.epoch)) fresh = true;
      book.joined(greeting.epoch);
      void join(greeting.epoch);
    },
    lost: () => {
      connection += 1;
      greeted = false;
      book.lost();
      quality.clear();
      catchUp.forget();
      log.warn({}, "the switch is not connected");
      if (!up) return;
      up = false;
      hub.tellSwitch({ state: "down" });
    },
    onFrame: (frame) => dispatch(frame, { book, intake, quality, hub, onSnapshot: options.onSnapshot }),
    quality: (leg) => quality.get(leg) ?? null,
    close: saver.close,
  };
}

/** Tells once when all events that a snapshot includes are persisted. */
function createCatchUp(told: (snapshot: Snapshot) => void) {
  let awaited: Snapshot | null = null;
  const persisted = (seq: number): void => {
    if (awaited === null || seq < awaited.seq) return;
    const snapshot = awaited;
    awaited = null;
    told(snapshot);
  };
  return {
    persisted,
    await: (snapshot: Snapshot, seq: number): void => {
      awaited = snapshot;
      persisted(seq);
    },
    forget: (): void => { awaited = null; },
  };
}

type Receivers = { readonly book: CommandBook; readonly intake: EventIntake; readonly quality: Map<LegId, LegQuality> } & Pick<SwitchSessionOptions, "hub" | "onSnapshot">;

function dispatch(frame: Exclude<SwitchFrame, Greeting>, { book, intake, quality, hub, onSnapshot }: Receivers): void {
  switch (frame.frame) {
    case "event": return intake.take(frame);
    case "done":
      if (frame.snapshot !== undefined) onSnapshot(frame.snapshot);
      return book.done(frame.id, frame);
    case "refused": return book.refused(frame.id, frame.error);
    case "quality":
      for (const entry of frame.legs) quality.set(entry.leg, entry.quality);
      return hub.tellQuality();
    case "levels": return hub.tellLevels(frame.legs);
  }
}

/** The snapshot, asked for until it comes or the connection is lost: a long backlog of events goes before it. */
async function askSnapshot(book: CommandBook, isConnected: () => boolean): Promise<Snapshot | null> {
  while (isConnected()) {
    const answer = await book.ask({ do: "snapshot" });
    if (answer.ok) return isConnected() ? answer.value.snapshot ?? null : null;
    if (answer.error.type !== "switch-silent") return null;
  }
  return null;
}
