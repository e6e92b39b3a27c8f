import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LegQuality } from "@ringdesk/contract/switch";
import { err, ok, type LegId, type RecordingId, type Result } from "@ringdesk/std";
import { createHearing } from "./bridge/hearing.ts";
import { createBrowserLegs } from "./leg/browser-legs.ts";
import { createLegLevels } from "./leg/leg-levels.ts";
import { createLegTable } from "./leg/leg-table.ts";
import { endMediaLeg, qualityOf, type LegOptions, type MediaLeg } from "./leg/media-leg.ts";
import { createSipLegs } from "./leg/sip-legs.ts";
import { createAudioLibrary } from "./media/audio-library.ts";
import { ensureHoldMusic } from "./media/hold-music.ts";
import { createPlaying } from "./media/playing.ts";
import { createRecorder, type Recorder } from "./media/recording/recorder.ts";
import { recordingPath } from "./media/recording/recording-files.ts";
import { createRecordings } from "./media/recordings.ts";
import type { CreateMediaPlane, MediaError, MediaPlane, MediaPlaneOptions } from "./media-plane.types.ts";
import { createPaceClock, type PaceClock } from "./sockets/pace-clock.ts";
import { checkUdpPort } from "./sockets/udp-port.ts";
import { createWebRtcSide } from "./webrtc/webrtc-side.ts";

/** A browser leg that has been silent this long has lost its audio. Browsers send without silence suppression. */
export const BROWSER_SILENCE_MS = 2_000;

/** RTCP: the least interval that RFC 3550 §6.2 recommends. */
export const REPORT_INTERVAL_MS = 5_000;

/** See {@link CreateMediaPlane}. */
export const createMediaPlane: CreateMediaPlane = async (options) => {
  const folder = options.mediaFolder;
  try {
    await mkdir(join(folder, "prompts"), { recursive: true });
    await mkdir(join(folder, "recordings"), { recursive: true });
    await ensureHoldMusic(folder);
  } catch (error) {
    return err({ type: "file-missing", path: `${folder}: ${String(error)}` });
  }
  // The library binds this port with the first browser: an occupied one is to be known now.
  const port = await checkUdpPort(options.webrtcPort, options.bindAddress);
  if (!port.ok) return port;
  const clock = createPaceClock({ onBug: (bug) => options.log.warn({ error: String(bug) }, "a paced task failed") });
  const recorder = startRecorder(options, clock);
  for (const { recording, durationMs } of await recorder.repair()) {
    options.onEvent({ type: "recording-stopped", recording: recording as RecordingId, why: "repaired", durationMs, path: recordingPath(recording) });
  }
  return ok(joinParts(options, clock, recorder));
};

function startRecorder({ mediaFolder, log, onEvent }: MediaPlaneOptions, clock: PaceClock): Recorder {
  return createRecorder({
    mediaFolder, clock, log,
    events: {
      onStarted: (id) => onEvent({ type: "recording-started", recording: id as RecordingId }),
      onStopped: (id, why, durationMs) => onEvent({ type: "recording-stopped", recording: id as RecordingId, why, durationMs, path: recordingPath(id) }),
    },
  });
}

/** The parts behind one front. */
function joinParts(options: MediaPlaneOptions, clock: PaceClock, recorder: Recorder): MediaPlane {
  const { onEvent, log, address, rtpPorts } = options;
  const bind = options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress };
  const legs = createLegTable();
  const legOptions: LegOptions = {
    clock, onEvent, passKey: (leg, key) => hearing.passKey(leg, key, true), silenceMs: options.timings?.silenceMs ?? BROWSER_SILENCE_MS,
    reportIntervalMs: options.timings?.reportIntervalMs ?? REPORT_INTERVAL_MS,
    onBug: (leg, bug) => log.warn({ leg, error: String(bug) }, "a packet was dropped by a bug"),
  };
  const sip = createSipLegs(legs, { ...legOptions, rtpPorts, bindAddress: options.bindAddress ?? address });
  const webrtc = createWebRtcSide({ port: options.webrtcPort, address, log, ...bind });
  const browser = createBrowserLegs(legs, webrtc, legOptions);
  const playing = createPlaying(createAudioLibrary(options.mediaFolder), onEvent);
  const hearing = createHearing(legs, playing, clock);
  const recordings = createRecordings(recorder, legs.get);
  const levels = createLegLevels(legs.get);
  const on = <T>(id: LegId, use: (leg: MediaLeg) => T): Result<T, MediaError> => {
    const leg = legs.get(id);
    return leg === undefined ? err({ type: "leg-unknown", leg: id }) : ok(use(leg));
  };
  const closeLeg: MediaPlane["closeLeg"] = (id) => {
    // A leg whose socket is still being opened is closed as soon as it is.
    void sip.opening(id)?.then(() => closeLeg(id));
    const leg = legs.get(id);
    if (leg === undefined) return null;
    hearing.leave(id);
    legs.remove(id);
    endMediaLeg(leg);
    sip.release(leg);
    recordings.legEnded(id);
    levels.legEnded(id);
    return qualityOf(leg, "leg");
  };
  return {
    createRtpLeg: sip.create,
    setRemote: sip.setRemote,
    connectBrowser: browser.connect,
    closeLeg,
    play: async (id, play, items) => {
      const playingOn = on(id, (leg) => playing.play(leg, play, items));
      return playingOn.ok ? playingOn.value : playingOn;
    },
    stopPlay: (id) => on(id, playing.stop),
    sendDtmf: (id, digits) => {
      const queued = on(id, (leg) => leg.outgoing.keys.queue(digits));
      if (!queued.ok) return queued;
      return queued.value ? ok(undefined) : err({ type: "limit-reached", detail: "digits that wait to be sent" });
    },
    passKey: (id, key) => hearing.passKey(id, key, false),
    setBridge: hearing.setBridge,
    closeBridge: hearing.closeBridge,
    startRecording: recordings.start,
    pauseRecording: recordings.pause,
    resumeRecording: recordings.resume,
    setRecordingLegs: recordings.setLegs,
    stopRecording: recordings.stop,
    levels,
    quality: (id) => recentQuality(legs.get(id)),
    snapshot: () => ({
      legs: legs.all().map((leg) => ({ leg: leg.id, kind: leg.kind, media: leg.state, hears: hearing.of(leg), quality: qualityOf(leg, "recent") })),
      bridges: hearing.bridges(), recordings: recordings.list(),
    }),
    close: async () => {
      await recorder.close();
      for (const leg of legs.all()) closeLeg(leg.id);
      webrtc.close();
      clock.close();
    },
  };
}

const recentQuality = (leg: MediaLeg | undefined): LegQuality | null => (leg === undefined ? null : qualityOf(leg, "recent"));
