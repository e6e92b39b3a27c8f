// What the fake telephony knows: legs, bridges, recordings and the events that nobody has persisted yet.
import type { BridgeId, LegId, Millis, RecordingId } from "@ringdesk/std";
import { createEventHub, type EventHub } from "./event-hub.ts";
import { reconcile } from "./reconcile.rules.ts";
import type { LegEndCause, LegEndedBy, LegHappening, LegOwner, SwitchSnapshot } from "./telephony.ports.ts";

type SnapshotLeg = SwitchSnapshot["legs"][number];
export type FakeLeg = { kind: SnapshotLeg["kind"]; direction: SnapshotLeg["direction"]; state: SnapshotLeg["state"]; play: string | null; onHold?: boolean };
export type FakeRecording = { state: "recording" | "paused"; readonly since: Millis; legs: readonly LegId[] };

export type FakeSwitch = {
  readonly now: () => Millis;
  readonly hub: EventHub;
  readonly legs: Map<LegId, FakeLeg>;
  readonly bridges: Map<BridgeId, readonly LegId[]>;
  readonly recordings: Map<RecordingId, FakeRecording>;
  readonly owners: LegOwner[];
  readonly isUp: () => boolean;
  /** In this life of the switch; the id of such a leg is not used again. */
  readonly hasEnded: (leg: LegId) => boolean;
  /** With a position, and kept until it is persisted. */
  readonly emit: (happening: LegHappening) => void;
  /** Without a position, as telephony makes some events itself. */
  readonly emitMade: (happening: LegHappening) => void;
  readonly stopPlaying: (leg: LegId, why: "stopped" | "replaced" | "completed") => void;
  /** Nothing when it has stopped already. */
  readonly stopRecording: (recording: RecordingId) => void;
  readonly end: (leg: LegId, cause: LegEndCause, by: LegEndedBy) => void;
  readonly snapshot: () => SwitchSnapshot;
  readonly goDown: () => void;
  readonly comeUp: (fresh: boolean) => void;
  readonly redeliver: () => void;
  readonly unpersisted: () => number;
};

export function createFakeSwitch(now: () => Millis): FakeSwitch {
  const hub = createEventHub((error) => { throw error; });
  const legs = new Map<LegId, FakeLeg>();
  const bridges = new Map<BridgeId, readonly LegId[]>();
  const recordings = new Map<RecordingId, FakeRecording>();
  const ended = new Set<LegId>();
  const owners: LegOwner[] = [];
  const log = createFakeLog(hub, now);
  const emitMade = (happening: LegHappening): void => hub.deliver({ ...happening, at: now(), position: null }, () => undefined);
  const stopPlaying: FakeSwitch["stopPlaying"] = (leg, why) => {
    const it = legs.get(leg);
    if (it === undefined || it.play === null) return;
    const { play } = it;
    it.play = null;
    log.emit({ type: "play-finished", leg, play, why });
  };
  const stopRecording: FakeSwitch["stopRecording"] = (recording) => {
    const it = recordings.get(recording);
    if (it === undefined || !recordings.delete(recording)) return;
    log.emit({ type: "recording-stopped", recording, why: "completed", durationMs: (now() - it.since) as Millis, path: `recordings/${recording}.wav` });
  };
  const hears = (leg: LegId, it: FakeLeg): SnapshotLeg["hears"] => {
    if (it.play !== null) return "play";
    return [...bridges.values()].some((members) => members.includes(leg)) ? "bridge" : "nothing";
  };
  const snapshot = (): SwitchSnapshot => ({
    legs: [...legs].map(([leg, it]) => ({ leg, kind: it.kind, direction: it.direction, state: it.state, quality: null, hears: hears(leg, it), ...(it.onHold === true ? { onHold: true } : {}) })),
    bridges: [...bridges].map(([bridge, members]) => ({ bridge, legs: members })),
    recordings: [...recordings].map(([recording, it]) => ({ recording, state: it.state })),
  });
  return {
    now, hub, legs, bridges, recordings, owners, emitMade, stopPlaying, stopRecording, snapshot,
    emit: log.emit, isUp: log.isUp, hasEnded: (leg) => ended.has(leg), redeliver: log.redeliver, unpersisted: log.unpersisted,
    end: (leg, cause, by) => {
      if (!legs.delete(leg)) return;
      ended.add(leg);
      for (const [bridge, members] of bridges) bridges.set(bridge, members.filter((m) => m !== leg));
      log.emit({ type: "ended", leg, cause, by, quality: null });
      for (const [recording, it] of recordings) {
        it.legs = it.legs.filter((one) => one !== leg);
        if (it.legs.length === 0) stopRecording(recording);
      }
    },
    goDown: () => {
      log.cut();
      hub.tellSwitch({ state: "down" });
    },
    comeUp: (fresh) => {
      if (fresh) for (const held of [legs, bridges, recordings, ended]) held.clear();
      log.reconnect(fresh);
      const held = snapshot();
      hub.tellSwitch({ state: "up", epoch: log.epoch(), fresh, snapshot: held });
      const { gone } = reconcile(owners.flatMap((owner) => [...owner()]), new Set(), held);
      for (const leg of gone) emitMade({ type: "ended", leg, cause: "switch-failed", by: "switch", quality: null });
    },
  };
}

type FakeLog = Pick<FakeSwitch, "emit" | "isUp" | "redeliver" | "unpersisted"> & {
  readonly epoch: () => string;
  readonly cut: () => void;
  readonly reconnect: (fresh: boolean) => void;
};

/** Numbers the events, and keeps each until it is persisted. */
function createFakeLog(hub: EventHub, now: () => Millis): FakeLog {
  const kept = new Map<number, LegHappening & { readonly at: Millis }>();
  let up = true;
  let life = 1;
  let seq = 0;
  const epoch = (): string => `epoch-${life}`;
  const deliver = (at: number): void => {
    const event = kept.get(at);
    if (event !== undefined && up) hub.deliver({ ...event, position: { epoch: epoch(), seq: at } }, () => void kept.delete(at));
  };
  const redeliver = (): void => {
    for (const at of Array.from(kept.keys())) deliver(at);
  };
  return {
    epoch, redeliver,
    isUp: () => up,
    unpersisted: () => kept.size,
    emit: (happening) => {
      seq += 1;
      kept.set(seq, { ...happening, at: now() });
      deliver(seq);
    },
    cut: () => { up = false; },
    reconnect: (fresh) => {
      up = true;
      if (fresh) {
        life += 1;
        seq = 0;
        kept.clear();
      }
      redeliver();
    },
  };
}
