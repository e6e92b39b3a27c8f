// The microphone and the connection of the call in this tab. Does what the phone's machine asks, and tells what came of it.
import { ok, type CallId, type Result } from "@ringdesk/std";
import { nowMs } from "../machine/run-machine.ts";
import { closeStream, openMicrophone } from "./microphone.ts";
import { connectPeer, type Peer } from "./peer.ts";
import type { MicrophoneProblem, SoftphoneEvent, SoftphoneState } from "./softphone.machine.ts";

/** Remembers over a reload that the agent was muted in this call. */
const MUTED_KEY = "ringdesk.muted-call";

export type Exchange = (call: CallId, sdp: string) => Promise<Result<{ readonly sdp: string }, unknown>>;

export interface CallAudio {
  readonly open: () => Promise<void>;
  readonly connect: (call: CallId, attempt: number) => Promise<void>;
  readonly hangUp: () => void;
  /** Like hangUp, and for good: a microphone that opens later is let go of. */
  readonly close: () => void;
  readonly mute: (muted: boolean) => void;
  /** Tells the switch at once that this page goes, so that the customer hears music and not silence (CALL-12). */
  readonly leave: () => void;
  readonly microphone: () => MediaStream | null;
  readonly remote: () => MediaStream | null;
  /** Asks for permission without a call, and lets go of the microphone again. */
  readonly askPermission: () => Promise<Result<void, MicrophoneProblem>>;
}

export const wasMuted = (call: CallId): boolean => sessionStorage.getItem(MUTED_KEY) === call;

/** @param state the phone's present state: an answer that comes too late must not bring a call back. */
export function createCallAudio(exchange: Exchange, state: () => SoftphoneState, tell: (event: SoftphoneEvent) => void): CallAudio {
  let microphone: MediaStream | null = null;
  let peer: Peer | null = null;
  let closed = false;

  async function open(): Promise<void> {
    closeStream(microphone);
    microphone = null;
    const opened = await openMicrophone();
    if (!opened.ok) { tell({ type: "microphone.failed", why: opened.error }); return; }
    const now = state();
    if (closed || now.kind !== "opening") { closeStream(opened.value); return; }
    const stream = opened.value;
    microphone = stream;
    for (const track of stream.getAudioTracks()) {
      track.enabled = !now.muted;
      track.addEventListener("ended", () => { if (microphone === stream) tell({ type: "microphone.ended" }); });
    }
    tell({ type: "microphone.opened" });
  }

  async function connect(call: CallId, attempt: number): Promise<void> {
    const track = microphone?.getAudioTracks()[0];
    if (track === undefined) { tell({ type: "microphone.ended" }); return; }
    const result = await connectPeer(track, (sdp) => exchange(call, sdp), (connection) => {
      tell({ type: connection === "lost" ? "audio.lost" : "audio.recovered", call, attempt, now: nowMs() });
    });
    if (!result.ok) { tell({ type: "audio.refused", call, attempt, now: nowMs() }); return; }
    const now = state();
    if (closed || now.kind !== "agreeing" || now.call !== call || now.attempt !== attempt) { result.value.close(); return; }
    // The old connection is kept until here: it may come back by itself while the server cannot be reached.
    peer?.close();
    peer = result.value;
    tell({ type: "audio.agreed", call, attempt, now: nowMs() });
  }

  function hangUp(): void {
    peer?.close();
    peer = null;
    closeStream(microphone);
    microphone = null;
  }
  return {
    open, connect, hangUp,
    close: () => { closed = true; hangUp(); },
    mute: (muted) => {
      microphone?.getAudioTracks().forEach((track) => { track.enabled = !muted; });
      const now = state();
      if (muted && "call" in now) sessionStorage.setItem(MUTED_KEY, now.call);
      if (!muted) sessionStorage.removeItem(MUTED_KEY);
    },
    leave: () => { peer?.close(); },
    microphone: () => microphone,
    remote: () => peer?.remote ?? null,
    askPermission: async () => {
      if (microphone !== null) return ok(undefined);
      const opened = await openMicrophone();
      if (!opened.ok) return opened;
      closeStream(opened.value);
      return ok(undefined);
    },
  };
}
