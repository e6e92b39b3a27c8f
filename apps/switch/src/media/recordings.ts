import { err, ok, type LegId, type RecordingId, type Result } from "@ringdesk/std";
import type { MediaLeg } from "../leg/media-leg.ts";
import type { MediaError } from "../media-plane.types.ts";
import type { Recorder } from "./recording/recorder.ts";

export interface Recordings {
  readonly start: (recording: RecordingId, left: LegId, right: LegId | null) => Result<void, MediaError>;
  readonly setLegs: (recording: RecordingId, left: LegId, right: LegId | null) => Result<void, MediaError>;
  readonly pause: (recording: RecordingId) => Result<void, MediaError>;
  readonly resume: (recording: RecordingId) => Result<void, MediaError>;
  readonly stop: (recording: RecordingId) => void;
  /** The leg is over. Completes the recordings that have no other leg left. */
  readonly legEnded: (leg: LegId) => void;
  readonly list: () => readonly { readonly recording: RecordingId; readonly state: "recording" | "paused" }[];
}

/** Joins the recorder's channels to legs: the caller on the left, the agent on the right. */
export function createRecordings(recorder: Recorder, legOf: (leg: LegId) => MediaLeg | undefined): Recordings {
  /** What each recording that runs listens to, and how to take its channels off it. */
  const joined = new Map<RecordingId, { readonly legs: Set<LegId>; readonly untap: () => void }>();

  const join = (recording: RecordingId, left: MediaLeg, right: MediaLeg | null): void => {
    joined.get(recording)?.untap();
    const track = recorder.track(recording);
    if (track === null) return;
    left.incoming.taps.add(track.left);
    right?.incoming.taps.add(track.right);
    joined.set(recording, {
      legs: new Set(right === null ? [left.id] : [left.id, right.id]),
      untap: () => {
        left.incoming.taps.delete(track.left);
        right?.incoming.taps.delete(track.right);
        joined.delete(recording);
      },
    });
  };

  const find = (left: LegId, right: LegId | null): Result<readonly [MediaLeg, MediaLeg | null], MediaError> => {
    const leftLeg = legOf(left);
    const rightLeg = right === null ? null : legOf(right);
    if (leftLeg === undefined) return err({ type: "leg-unknown", leg: left });
    if (rightLeg === undefined) return err({ type: "leg-unknown", leg: right ?? left });
    return ok([leftLeg, rightLeg]);
  };

  /** A recording that is over takes anything, as the repetition of a command must; one that never was takes nothing. */
  const known = (recording: RecordingId): Result<void, MediaError> => (recorder.knows(recording) ? ok(undefined) : err({ type: "recording-unknown", recording }));

  return {
    start: (recording, left, right) => {
      if (recorder.knows(recording)) return ok(undefined);
      const legs = find(left, right);
      if (!legs.ok) return legs;
      if (!recorder.begin(recording, () => joined.get(recording)?.untap())) return err({ type: "limit-reached", detail: "recordings that run or wait for the disk" });
      join(recording, ...legs.value);
      return ok(undefined);
    },
    setLegs: (recording, left, right) => {
      if (recorder.track(recording) === null) return known(recording);
      const legs = find(left, right);
      if (!legs.ok) return legs;
      join(recording, ...legs.value);
      return ok(undefined);
    },
    pause: (recording) => {
      recorder.track(recording)?.pause();
      return known(recording);
    },
    resume: (recording) => {
      recorder.track(recording)?.resume();
      return known(recording);
    },
    stop: recorder.end,
    legEnded: (leg) => {
      for (const [recording, { legs }] of joined) if (legs.delete(leg) && legs.size === 0) recorder.end(recording);
    },
    list: () => recorder.list().map(({ id, state }) => ({ recording: id as RecordingId, state })),
  };
}
