// The shell around softphone.machine.ts: microphone, peer connection, tab lock, one timer.
import type { CallPhase } from "@ringdesk/contract/http";
import { ok, type CallId, type Millis, type Result } from "@ringdesk/std";
import { createCallLock } from "./call-lock.ts";
import { closeStream, openMicrophone } from "./microphone.ts";
import { connectPeer, type Peer } from "./peer.ts";
import { softphoneDeadline, stepSoftphone, type MicrophoneProblem, type SoftphoneEffect, type SoftphoneEvent, type SoftphoneState } from "./softphone.machine.ts";

/** Remembers over a reload that the agent was muted in this call. */
const MUTED_KEY = "ringdesk.muted-call";

export interface SoftphoneServer {
  readonly exchange: (call: CallId, sdp: string) => Promise<Result<{ readonly sdp: string }, unknown>>;
  readonly report: (call: CallId, why: MicrophoneProblem | "connection") => void;
}

/** What the pages show. A new object on every change. */
export interface SoftphoneView {
  readonly state: SoftphoneState;
  readonly microphone: MediaStream | null;
  /** What the customer's side says, to be played. */
  readonly remote: MediaStream | null;
}

export interface Softphone {
  readonly view: () => SoftphoneView;
  readonly subscribe: (listen: () => void) => () => void;
  readonly deskChanged: (call: { readonly id: CallId; readonly phase: CallPhase } | null) => void;
  /** This tab is about to accept or dial. */
  readonly claim: () => void;
  /** That came to nothing. */
  readonly unclaim: () => void;
  readonly takeOver: () => void;
  readonly tryAgain: () => void;
  readonly setMuted: (muted: boolean) => void;
  /** Asks for the microphone's permission without a call, and lets go of it again (CALL-9). */
  readonly askPermission: () => Promise<Result<void, MicrophoneProblem>>;
  readonly close: () => void;
}

/** The phone of one open desktop page. */
export function createSoftphone(server: SoftphoneServer): Softphone {
  let state: SoftphoneState = { kind: "idle" };
  let microphone: MediaStream | null = null;
  let current: { readonly peer: Peer; readonly attempt: number } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let view: SoftphoneView = { state, microphone, remote: null };
  const listeners = new Set<() => void>();
  const lock = createCallLock((what) => { feed({ type: `lock.${what}`, now: now() }); });

  function now(): Millis { return Date.now() as Millis; }
  function publish(): void {
    const remote = current?.peer.remote ?? null;
    if (view.state === state && view.microphone === microphone && view.remote === remote) return;
    view = { state, microphone, remote };
    listeners.forEach((listen) => { listen(); });
  }
  function feed(event: SoftphoneEvent): void {
    if (closed) return;
    const step = stepSoftphone(state, event);
    state = step.state;
    step.effects.forEach(perform);
    clearTimeout(timer);
    const due = softphoneDeadline(state);
    if (due !== null) timer = setTimeout(() => { feed({ type: "clock.reached", now: now() }); }, Math.max(0, due - now()));
    publish();
  }

  async function open(): Promise<void> {
    closeStream(microphone);
    microphone = null;
    const opened = await openMicrophone();
    if (!opened.ok) { feed({ type: "microphone.failed", why: opened.error }); return; }
    if (closed || state.kind !== "opening") { closeStream(opened.value); return; } // the call ended meanwhile
    microphone = opened.value;
    const track = microphone.getAudioTracks()[0];
    if (track !== undefined) {
      track.enabled = !state.muted;
      track.addEventListener("ended", () => { if (microphone === opened.value) feed({ type: "microphone.ended" }); });
    }
    feed({ type: "microphone.opened" });
  }

  async function connect(call: CallId, attempt: number): Promise<void> {
    const track = microphone?.getAudioTracks()[0];
    if (track === undefined) { feed({ type: "microphone.ended" }); return; }
    const result = await connectPeer(track, (sdp) => server.exchange(call, sdp), (connection) => {
      feed({ type: connection === "lost" ? "audio.lost" : "audio.recovered", call, attempt, now: now() });
    });
    if (!result.ok) { feed({ type: "audio.refused", call, attempt, now: now() }); return; }
    if (closed || state.kind !== "agreeing" || state.call !== call || state.attempt !== attempt) { result.value.close(); return; }
    // The old connection is kept until here: it may come back by itself while the server cannot be reached.
    current?.peer.close();
    current = { peer: result.value, attempt };
    feed({ type: "audio.agreed", call, attempt, now: now() });
  }

  function hangUpAudio(): void {
    current?.peer.close();
    current = null;
    closeStream(microphone);
    microphone = null;
  }
  function mute(muted: boolean): void {
    microphone?.getAudioTracks().forEach((track) => { track.enabled = !muted; });
    if (!("call" in state)) return;
    if (muted) sessionStorage.setItem(MUTED_KEY, state.call);
    else sessionStorage.removeItem(MUTED_KEY);
  }
  function perform(effect: SoftphoneEffect): void {
    switch (effect.do) {
      case "take-lock": lock.take(effect.steal); return;
      case "release-lock": lock.release(); return;
      case "open-microphone": void open(); return;
      case "connect": void connect(effect.call, effect.attempt); return;
      case "hang-up-audio": hangUpAudio(); return;
      case "mute": mute(effect.muted); return;
      case "report": server.report(effect.call, effect.why); return;
    }
  }

  // Closing at once tells the switch at once, so that the customer hears music and not silence (CALL-12).
  const leaving = (): void => { current?.peer.close(); };
  const returned = (event: PageTransitionEvent): void => { if (event.persisted) location.reload(); };
  const online = (): void => { feed({ type: "network.changed", now: now() }); };
  addEventListener("pagehide", leaving);
  addEventListener("pageshow", returned);
  addEventListener("online", online);

  return {
    view: () => view,
    subscribe: (listen) => { listeners.add(listen); return () => { listeners.delete(listen); }; },
    deskChanged: (call) => { feed({ type: "desk.changed", call, muted: call !== null && sessionStorage.getItem(MUTED_KEY) === call.id, now: now() }); },
    claim: () => { feed({ type: "user.claimed", now: now() }); },
    unclaim: () => { feed({ type: "user.unclaimed" }); },
    takeOver: () => { feed({ type: "user.took-over" }); },
    tryAgain: () => { feed({ type: "user.tried-again" }); },
    setMuted: (muted) => { feed({ type: "user.muted", muted }); },
    askPermission: async () => {
      if (microphone !== null) return ok(undefined);
      const opened = await openMicrophone();
      if (!opened.ok) return opened;
      closeStream(opened.value);
      return ok(undefined);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      removeEventListener("pagehide", leaving);
      removeEventListener("pageshow", returned);
      removeEventListener("online", online);
      hangUpAudio();
      lock.release();
    },
  };
}
