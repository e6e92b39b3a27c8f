// The shell around softphone.machine.ts: the call's audio, the lock between tabs, and what the pages see.
import type { CallPhase } from "@ringdesk/contract/http";
import type { CallId, Result } from "@ringdesk/std";
import { createListeners, nowMs, runMachine } from "../machine/run-machine.ts";
import { createCallAudio, wasMuted, type Exchange } from "./call-audio.ts";
import { createCallLock } from "./call-lock.ts";
import { prepareIceServers } from "./ice-servers.ts";
import { softphoneDeadline, stepSoftphone, type MicrophoneProblem, type SoftphoneEffect, type SoftphoneEvent, type SoftphoneState } from "./softphone.machine.ts";

export interface SoftphoneServer {
  readonly exchange: Exchange;
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
  const listeners = createListeners();
  const feed = (event: SoftphoneEvent): void => { machine.feed(event); };
  const audio = createCallAudio(server.exchange, () => machine.state(), feed);
  const lock = createCallLock((what) => { feed({ type: `lock.${what}`, now: nowMs() }); });
  let view: SoftphoneView = { state: { kind: "idle" }, microphone: null, remote: null };

  function perform(effect: SoftphoneEffect): void {
    switch (effect.do) {
      case "take-lock": lock.take(effect.steal); return;
      case "release-lock": lock.release(); return;
      case "open-microphone": void audio.open(); return;
      case "connect": void audio.connect(effect.call, effect.attempt); return;
      case "hang-up-audio": audio.hangUp(); return;
      case "mute": audio.mute(effect.muted); return;
      case "report": server.report(effect.call, effect.why); return;
    }
  }
  function settled(state: SoftphoneState): void {
    const next = { state, microphone: audio.microphone(), remote: audio.remote() };
    if (view.state === state && view.microphone === next.microphone && view.remote === next.remote) return;
    view = next;
    listeners.tell();
  }
  const machine = runMachine<SoftphoneState, SoftphoneEvent, SoftphoneEffect>({
    initial: { kind: "idle" }, step: stepSoftphone, deadline: softphoneDeadline, clockReached: () => ({ type: "clock.reached", now: nowMs() }), perform, settled,
  });

  void prepareIceServers();
  const returned = (event: PageTransitionEvent): void => { if (event.persisted) location.reload(); };
  const online = (): void => { feed({ type: "network.changed", now: nowMs() }); };
  addEventListener("pagehide", audio.leave);
  addEventListener("pageshow", returned);
  addEventListener("online", online);
  return {
    view: () => view,
    subscribe: listeners.subscribe,
    deskChanged: (call) => { feed({ type: "desk.changed", call, muted: call !== null && wasMuted(call.id), now: nowMs() }); },
    claim: () => { feed({ type: "user.claimed", now: nowMs() }); },
    unclaim: () => { feed({ type: "user.unclaimed" }); },
    takeOver: () => { feed({ type: "user.took-over" }); },
    tryAgain: () => { feed({ type: "user.tried-again" }); },
    setMuted: (muted) => { feed({ type: "user.muted", muted }); },
    askPermission: audio.askPermission,
    close: () => {
      machine.stop();
      removeEventListener("pagehide", audio.leave);
      removeEventListener("pageshow", returned);
      removeEventListener("online", online);
      audio.close();
      lock.release();
    },
  };
}
