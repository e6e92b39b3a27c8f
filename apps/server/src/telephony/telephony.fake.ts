// A switch in memory for the tests of the rooms below: it keeps legs, bridges and recordings as the real one does, and
// the test plays the callers, the callees and the browsers.
import { err, ok, type BridgeId, type E164, type LegId, type Millis, type RecordingId, type Result } from "@ringdesk/std";
import { createEventHub } from "./event-hub.ts";
import { reconcile } from "./reconcile.rules.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import type { DialRequest, LegEndCause, LegEndedBy, LegHappening, LegOwner, SwitchSnapshot, Telephony, VirtualLegs } from "./telephony.ports.ts";

type SnapshotLeg = SwitchSnapshot["legs"][number];
type FakeLeg = { kind: SnapshotLeg["kind"]; direction: SnapshotLeg["direction"]; state: SnapshotLeg["state"]; play: string | null };

/** A command as the fake received it: `do` is the method's name. */
export type FakeCommand = { readonly do: string; readonly [detail: string]: unknown };

export type FakeTelephony = Telephony & VirtualLegs & {
  /** Every command in order, also the refused ones. */
  readonly commands: readonly FakeCommand[];
  /** A SIP caller calls. The value is the new leg. */
  readonly callerCalls: (call: { readonly from: E164 | null; readonly to: E164; readonly fromName?: string; readonly trunk?: string }) => LegId;
  readonly calleeRings: (leg: LegId) => void;
  readonly calleeAnswers: (leg: LegId) => void;
  readonly mediaConnects: (leg: LegId) => void;
  readonly mediaIsLost: (leg: LegId) => void;
  readonly peerEnds: (leg: LegId, cause?: LegEndCause) => void;
  readonly presses: (leg: LegId, digit: string) => void;
  readonly playEnds: (leg: LegId) => void;
  /** The next command with this name fails with the error. */
  readonly refuseNext: (name: string, error: TelephonyError) => void;
  /** The connection is lost; commands fail until `comesUp`. */
  readonly goesDown: () => void;
  /** The connection is back: `fresh` after a restart of the switch, which has lost every leg. */
  readonly comesUp: (how?: { readonly fresh: boolean }) => void;
  /** Delivers any event with the next position. */
  readonly emit: (happening: LegHappening) => void;
  /** Delivers every event again that nobody has persisted, as after a restart of the server. */
  readonly redeliver: () => void;
  readonly unpersisted: () => number;
  readonly snapshot: () => SwitchSnapshot;
  /** What the leg plays now, by its play id. */
  readonly playing: (leg: LegId) => string | null;
};

/** `now` gives the instants of events; all zero when it is left out. */
export function createFakeTelephony(now: () => Millis = () => 0 as Millis): FakeTelephony {
  const legs = new Map<LegId, FakeLeg>();
  const bridges = new Map<BridgeId, readonly LegId[]>();
  const recordings = new Map<RecordingId, { state: "recording" | "paused"; since: Millis }>();
  const commands: FakeCommand[] = [];
  const refusals = new Map<string, TelephonyError[]>();
  const owners: LegOwner[] = [];
  const kept = new Map<number, LegHappening & { at: Millis }>();
  const hub = createEventHub((error) => { throw error; });
  let up = true;
  let epoch = 1;
  let seq = 0;
  let made = 0;

  const deliver = (at: number): void => {
    const event = kept.get(at);
    if (event !== undefined && up) hub.deliver({ ...event, position: { epoch: `epoch-${epoch}`, seq: at } }, () => void kept.delete(at));
  };
  const emit = (happening: LegHappening): void => {
    seq += 1;
    kept.set(seq, { ...happening, at: now() });
    deliver(seq);
  };
  const emitMade = (happening: LegHappening): void => hub.deliver({ ...happening, at: now(), position: null }, () => undefined);

  const stopPlaying = (leg: LegId, why: "stopped" | "replaced" | "completed"): void => {
    const it = legs.get(leg);
    const play = it?.play;
    if (it === undefined || play === undefined || play === null) return;
    it.play = null;
    emit({ type: "play-finished", leg, play, why });
  };
  const end = (leg: LegId, cause: LegEndCause, by: LegEndedBy): void => {
    if (!legs.delete(leg)) return;
    for (const [bridge, members] of bridges) bridges.set(bridge, members.filter((m) => m !== leg));
    emit({ type: "ended", leg, cause, by, quality: null });
  };
  const gone = (leg: LegId): TelephonyError => ({ type: "leg-gone", detail: `no leg ${leg}` });

  /** Runs a command a microtask later, as over a connection. */
  const run = async <T>(command: FakeCommand, act: () => Result<T, TelephonyError>): Promise<Result<T, TelephonyError>> => {
    commands.push(command);
    await Promise.resolve();
    if (!up) return err({ type: "switch-away" });
    const refusal = refusals.get(command.do)?.shift();
    return refusal === undefined ? act() : err(refusal);
  };
  const onLeg = (leg: LegId, act: (it: FakeLeg) => void) => (): Result<void, TelephonyError> => {
    const it = legs.get(leg);
    if (it === undefined) return err(gone(leg));
    act(it);
    return ok(undefined);
  };
  const onRecording = (recording: RecordingId, act: (it: { state: "recording" | "paused" }) => void) => (): Result<void, TelephonyError> => {
    const it = recordings.get(recording);
    if (it === undefined) return err({ type: "recording-unknown", detail: recording });
    act(it);
    return ok(undefined);
  };
  const snapshot = (): SwitchSnapshot => ({
    legs: [...legs].map(([leg, it]) => ({
      leg, kind: it.kind, direction: it.direction, state: it.state, quality: null,
      hears: it.play !== null ? "play" as const : [...bridges.values()].some((m) => m.includes(leg)) ? "bridge" as const : "nothing" as const,
    })),
    bridges: [...bridges].map(([bridge, members]) => ({ bridge, legs: members })),
    recordings: [...recordings].map(([recording, it]) => ({ recording, state: it.state })),
  });
  const tellUp = (fresh: boolean): void => {
    const held = snapshot();
    hub.tellSwitch({ state: "up", epoch: `epoch-${epoch}`, fresh, snapshot: held });
    const { gone: lost } = reconcile(owners.flatMap((owner) => [...owner()]), new Set(), held);
    for (const leg of lost) emitMade({ type: "ended", leg, cause: "switch-failed", by: "switch", quality: null });
  };

  return {
    commands, emit, snapshot,
    onEvent: hub.onEvent, observe: hub.observe, onSwitch: hub.onSwitch,
    addOwner: (owner) => void owners.push(owner),
    isUp: () => up,
    ring: (leg) => run({ do: "ring", leg }, onLeg(leg, () => undefined)),
    answer: (leg) => run({ do: "answer", leg }, onLeg(leg, (it) => {
      if (it.state === "up") return;
      it.state = "up";
      emit({ type: "answered", leg });
    })),
    reject: (leg, reason) => run({ do: "reject", leg, reason }, () => {
      end(leg, "rejected", "server");
      return ok(undefined);
    }),
    dial: (request: DialRequest) => run({ do: "dial", ...request }, () => {
      if (!legs.has(request.leg)) legs.set(request.leg, { kind: "sip", direction: "out", state: "dialling", play: null });
      return ok(undefined);
    }),
    connectBrowser: (leg, sdp) => run({ do: "connectBrowser", leg, sdp }, () => {
      if (!legs.has(leg)) legs.set(leg, { kind: "browser", direction: "in", state: "up", play: null });
      return ok(`answer to ${sdp}`);
    }),
    hangup: (leg) => run({ do: "hangup", leg }, () => {
      end(leg, "hangup", "server");
      return ok(undefined);
    }),
    play: (leg, play, items) => run({ do: "play", leg, play, items }, onLeg(leg, (it) => {
      if (it.play === play) return;
      stopPlaying(leg, "replaced");
      it.play = play;
      emit({ type: "play-reached", leg, play, item: 0 });
    })),
    stopPlay: (leg) => run({ do: "stopPlay", leg }, onLeg(leg, () => stopPlaying(leg, "stopped"))),
    sendDigits: (leg, digits) => run({ do: "sendDigits", leg, digits }, onLeg(leg, () => undefined)),
    bridge: (bridge, members) => run({ do: "bridge", bridge, legs: members }, () => {
      const missing = members.find((m) => !legs.has(m));
      if (missing !== undefined) return err(gone(missing));
      for (const m of members) stopPlaying(m, "stopped");
      bridges.set(bridge, members);
      return ok(undefined);
    }),
    unbridge: (bridge) => run({ do: "unbridge", bridge }, () => {
      bridges.delete(bridge);
      return ok(undefined);
    }),
    record: {
      start: (recording, left, right) => run({ do: "record.start", recording, left, right }, () => {
        if (!recordings.has(recording)) {
          recordings.set(recording, { state: "recording", since: now() });
          emit({ type: "recording-started", recording });
        }
        return ok(undefined);
      }),
      pause: (recording) => run({ do: "record.pause", recording }, onRecording(recording, (it) => { it.state = "paused"; })),
      resume: (recording) => run({ do: "record.resume", recording }, onRecording(recording, (it) => { it.state = "recording"; })),
      legs: (recording, left, right) => run({ do: "record.legs", recording, left, right }, onRecording(recording, () => undefined)),
      stop: (recording) => run({ do: "record.stop", recording }, () => {
        const it = recordings.get(recording);
        if (it !== undefined) {
          recordings.delete(recording);
          emit({ type: "recording-stopped", recording, why: "completed", durationMs: now() - it.since, path: `recordings/${recording}.wav` });
        }
        return ok(undefined);
      }),
    },
    quality: () => null,
    virtualIncoming: (call) => emitMade({ type: "incoming", leg: call.leg, from: call.from, fromName: call.fromName, to: call.to as E164, dialled: call.to, trunk: "sandbox" }),
    virtualAnswered: (leg) => {
      emitMade({ type: "answered", leg });
      return true;
    },
    virtualEnded: (leg, cause) => end(leg, cause, "peer"),

    callerCalls: (call) => {
      made += 1;
      const leg = `caller-${made}` as LegId;
      legs.set(leg, { kind: "sip", direction: "in", state: "incoming", play: null });
      emit({ type: "incoming", leg, from: call.from, fromName: call.fromName ?? null, to: call.to, dialled: call.to, trunk: call.trunk ?? "sip" });
      return leg;
    },
    calleeRings: (leg) => {
      const it = legs.get(leg);
      if (it !== undefined) it.state = "ringing";
      emit({ type: "ringing", leg });
    },
    calleeAnswers: (leg) => {
      const it = legs.get(leg);
      if (it !== undefined) it.state = "up";
      emit({ type: "answered", leg });
    },
    mediaConnects: (leg) => {
      const it = legs.get(leg);
      if (it !== undefined && it.state === "media-lost") it.state = "up";
      emit({ type: "media-connected", leg });
    },
    mediaIsLost: (leg) => {
      const it = legs.get(leg);
      if (it !== undefined) it.state = "media-lost";
      emit({ type: "media-lost", leg, why: "silent" });
    },
    peerEnds: (leg, cause = "hangup") => end(leg, cause, "peer"),
    presses: (leg, digit) => emit({ type: "dtmf", leg, digit, durationMs: 160 }),
    playEnds: (leg) => stopPlaying(leg, "completed"),
    refuseNext: (name, error) => void refusals.set(name, [...(refusals.get(name) ?? []), error]),
    goesDown: () => {
      up = false;
      hub.tellSwitch({ state: "down" });
    },
    comesUp: ({ fresh } = { fresh: false }) => {
      up = true;
      if (fresh) {
        epoch += 1;
        seq = 0;
        for (const map of [legs, bridges, recordings, kept]) map.clear();
      }
      for (const at of [...kept.keys()]) deliver(at);
      tellUp(fresh);
    },
    redeliver: () => {
      for (const at of [...kept.keys()]) deliver(at);
    },
    unpersisted: () => kept.size,
    playing: (leg) => legs.get(leg)?.play ?? null,
  };
}
