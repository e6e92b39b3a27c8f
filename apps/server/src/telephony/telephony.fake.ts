// Telephony in memory for the tests of the rooms below: it keeps legs, bridges and recordings as the real switch does,
// and the test plays the callers, the callees and the browsers.
import { err, ok, type E164, type LegId, type Millis, type RecordingId, type Result } from "@ringdesk/std";
import { createFakeSwitch, type FakeLeg, type FakeRecording, type FakeSwitch } from "./switch-model.fake.ts";
import type { TelephonyError } from "./telephony.errors.ts";
import type { LegEndCause, LegHappening, LegLevels, LegQuality, SwitchSnapshot, Telephony, VirtualLegs } from "./telephony.ports.ts";

/** A command as the fake received it: `do` is the method's name. */
export type FakeCommand = { readonly do: string; readonly [detail: string]: unknown };

export type FakeTelephony = Telephony & VirtualLegs & FakeHands & {
  /** Every command in order, also the refused ones. */
  readonly commands: readonly FakeCommand[];
  /** The switch tells what it measures on a leg. */
  readonly measures: (leg: LegId, quality: LegQuality) => void;
  /** The switch tells how loud legs are. */
  readonly hearsLevels: (levels: LegLevels) => void;
  /** The switch takes no new calls, or takes them again. */
  readonly isTooBusy: (overloaded: boolean) => void;
  /** The next command with this name fails with the error. */
  readonly refuseNext: (name: string, error: TelephonyError) => void;
};

/** What the test does in the place of the world outside. */
export type FakeHands = {
  /** A SIP caller calls. The value is the new leg. */
  readonly callerCalls: (call: { readonly from: E164 | null; readonly to: E164; readonly fromName?: string; readonly trunk?: string }) => LegId;
  readonly calleeRings: (leg: LegId) => void;
  readonly calleeAnswers: (leg: LegId) => void;
  readonly mediaConnects: (leg: LegId) => void;
  readonly mediaIsLost: (leg: LegId) => void;
  readonly peerEnds: (leg: LegId, cause?: LegEndCause) => void;
  readonly presses: (leg: LegId, digit: string) => void;
  readonly playEnds: (leg: LegId) => void;
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
  const fake = createFakeSwitch(now);
  const commands: FakeCommand[] = [];
  const measured = new Map<LegId, LegQuality>();
  const refusals = new Map<string, TelephonyError[]>();
  let overloaded = false;
  /** Runs a command a microtask later, as over a connection. */
  const run: Run = async (command, act) => {
    commands.push(command);
    await Promise.resolve();
    if (!fake.isUp()) return err({ type: "switch-away" });
    const refusal = refusals.get(command.do)?.shift();
    return refusal === undefined ? act() : err(refusal);
  };
  return {
    commands,
    onEvent: fake.hub.onEvent, observe: fake.hub.observe, onSwitch: fake.hub.onSwitch,
    addOwner: (owner) => void fake.owners.push(owner),
    isUp: fake.isUp, isOverloaded: () => overloaded, isTooBusy: (is) => { overloaded = is; },
    quality: (leg) => measured.get(leg) ?? null, onQuality: fake.hub.onQuality,
    measures: (leg, quality) => {
      measured.set(leg, quality);
      fake.hub.tellQuality();
    },
    onLevels: fake.hub.onLevels, watchLevel: (leg, on) => run({ do: "watchLevel", leg, on }, () => (fake.legs.has(leg) || !on ? ok(undefined) : err(gone(leg)))),
    hearsLevels: fake.hub.tellLevels,
    registeredAt: () => null, phones: fakePhones(fake, run),
    ...legCommands(fake, run), ...bridgeCommands(fake, run), ...virtualLegs(fake), ...hands(fake),
    refuseNext: (name, error) => void refusals.set(name, [...(refusals.get(name) ?? []), error]),
  };
}

type Run = <T>(command: FakeCommand, act: () => Result<T, TelephonyError>) => Promise<Result<T, TelephonyError>>;

/** Every account is registered; the test answers at the phone with `calleeAnswers`. */
const fakePhones = (fake: FakeSwitch, run: Run): Telephony["phones"] => ({
  dial: (call) => run({ do: "dial-phone", ...call }, () => {
    if (!fake.legs.has(call.leg)) fake.legs.set(call.leg, { kind: "sip", direction: "out", state: "dialling", play: null });
    return ok(undefined);
  }),
  setAccounts: () => undefined, isRegistered: () => true, isReady: () => true, onReady: () => undefined, onChanged: () => () => undefined,
});

type LegCommands = Pick<Telephony, "ring" | "answer" | "reject" | "dial" | "connectBrowser" | "hangup" | "hold" | "play" | "stopPlay" | "sendDigits">;

const gone = (leg: LegId): TelephonyError => ({ type: "leg-gone", detail: `no leg ${leg}` });

function legCommands(fake: FakeSwitch, run: Run): LegCommands {
  const { legs } = fake;
  const onLeg = (leg: LegId, act: (it: FakeLeg) => void) => (): Result<void, TelephonyError> => {
    const it = legs.get(leg);
    if (it === undefined) return err(gone(leg));
    act(it);
    return ok(undefined);
  };
  return {
    ring: (leg) => run({ do: "ring", leg }, onLeg(leg, () => undefined)),
    answer: (leg) => run({ do: "answer", leg }, onLeg(leg, (it) => {
      if (it.state === "up") return;
      it.state = "up";
      fake.emit({ type: "answered", leg });
    })),
    reject: (leg, reason) => run({ do: "reject", leg, reason }, () => {
      fake.end(leg, "rejected", "server");
      return ok(undefined);
    }),
    dial: (request) => run({ do: "dial", ...request }, () => {
      if (!legs.has(request.leg)) legs.set(request.leg, { kind: "sip", direction: "out", state: "dialling", play: null });
      return ok(undefined);
    }),
    connectBrowser: (leg, sdp) => run({ do: "connectBrowser", leg, sdp }, () => {
      if (fake.hasEnded(leg)) return err(gone(leg));
      if (!legs.has(leg)) legs.set(leg, { kind: "browser", direction: "in", state: "up", play: null });
      return ok(`answer to ${sdp}`);
    }),
    hangup: (leg) => run({ do: "hangup", leg }, () => {
      fake.end(leg, "hangup", "server");
      return ok(undefined);
    }),
    hold: (leg, hold) => run({ do: "hold", leg, hold }, onLeg(leg, (it) => { it.onHold = hold; })),
    play: (leg, play, items) => run({ do: "play", leg, play, items }, onLeg(leg, (it) => {
      if (it.play === play) return;
      fake.stopPlaying(leg, "replaced");
      it.play = play;
      fake.emit({ type: "play-reached", leg, play, item: 0 });
    })),
    stopPlay: (leg) => run({ do: "stopPlay", leg }, onLeg(leg, () => fake.stopPlaying(leg, "stopped"))),
    sendDigits: (leg, digits) => run({ do: "sendDigits", leg, digits }, onLeg(leg, () => undefined)),
  };
}

function bridgeCommands({ legs, bridges, recordings, stopPlaying, stopRecording, emit, now }: FakeSwitch, run: Run): Pick<Telephony, "bridge" | "unbridge" | "echo" | "record"> {
  const onRecording = (recording: RecordingId, act: (it: FakeRecording) => void) => (): Result<void, TelephonyError> => {
    const it = recordings.get(recording);
    if (it === undefined) return err({ type: "recording-unknown", detail: recording });
    act(it);
    return ok(undefined);
  };
  return {
    bridge: (bridge, members) => run({ do: "bridge", bridge, legs: members }, () => {
      const missing = members.find((m) => !legs.has(m));
      if (missing !== undefined) return err(gone(missing));
      for (const m of members) stopPlaying(m, "stopped");
      bridges.set(bridge, members);
      return ok(undefined);
    }),
    echo: (bridge, leg) => run({ do: "echo", bridge, leg }, () => {
      if (!legs.has(leg)) return err(gone(leg));
      bridges.set(bridge, [leg]);
      return ok(undefined);
    }),
    unbridge: (bridge) => run({ do: "unbridge", bridge }, () => {
      bridges.delete(bridge);
      return ok(undefined);
    }),
    record: {
      start: (recording, left, right) => run({ do: "record.start", recording, left, right }, () => {
        const missing = [left, right].find((leg) => !legs.has(leg));
        if (missing !== undefined) return err(gone(missing));
        if (recordings.has(recording)) return ok(undefined);
        recordings.set(recording, { state: "recording", since: now(), legs: [left, right] });
        emit({ type: "recording-started", recording });
        return ok(undefined);
      }),
      pause: (recording) => run({ do: "record.pause", recording }, onRecording(recording, (it) => { it.state = "paused"; })),
      resume: (recording) => run({ do: "record.resume", recording }, onRecording(recording, (it) => { it.state = "recording"; })),
      legs: (recording, left, right) => run({ do: "record.legs", recording, left, right }, onRecording(recording, (it) => { it.legs = [left, right]; })),
      stop: (recording) => run({ do: "record.stop", recording }, () => {
        stopRecording(recording);
        return ok(undefined);
      }),
    },
  };
}

function virtualLegs(fake: FakeSwitch): VirtualLegs {
  return {
    virtualIncoming: ({ leg, from, fromName, to }) =>
      fake.emitMade({ type: "incoming", leg, from, fromName, to: to as E164, dialled: to, trunk: "sandbox" }),
    virtualAnswered: (leg) => {
      fake.emitMade({ type: "answered", leg });
      return true;
    },
    virtualEnded: (leg, cause) => fake.end(leg, cause, "peer"),
  };
}

function hands(fake: FakeSwitch): FakeHands {
  const { legs, emit } = fake;
  let callers = 0;
  const change = (leg: LegId, state: FakeLeg["state"]): void => {
    const it = legs.get(leg);
    if (it !== undefined) it.state = state;
  };
  return {
    emit,
    callerCalls: (call) => {
      callers += 1;
      const leg = `caller-${callers}` as LegId;
      legs.set(leg, { kind: "sip", direction: "in", state: "incoming", play: null });
      emit({ type: "incoming", leg, from: call.from, fromName: call.fromName ?? null, to: call.to, dialled: call.to, trunk: call.trunk ?? "sip" });
      return leg;
    },
    calleeRings: (leg) => {
      change(leg, "ringing");
      emit({ type: "ringing", leg });
    },
    calleeAnswers: (leg) => {
      change(leg, "up");
      emit({ type: "answered", leg });
    },
    mediaConnects: (leg) => {
      if (legs.get(leg)?.state === "media-lost") change(leg, "up");
      emit({ type: "media-connected", leg });
    },
    mediaIsLost: (leg) => {
      change(leg, "media-lost");
      emit({ type: "media-lost", leg, why: "silent" });
    },
    peerEnds: (leg, cause = "hangup") => fake.end(leg, cause, "peer"),
    presses: (leg, digit) => emit({ type: "dtmf", leg, digit }),
    playEnds: (leg) => fake.stopPlaying(leg, "completed"),
    goesDown: fake.goDown,
    comesUp: ({ fresh } = { fresh: false }) => fake.comeUp(fresh),
    redeliver: fake.redeliver,
    unpersisted: fake.unpersisted,
    snapshot: fake.snapshot,
    playing: (leg) => legs.get(leg)?.play ?? null,
  };
}
