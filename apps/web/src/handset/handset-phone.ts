// The audio of the sandbox carrier's handset. What the call is doing comes from the server; this holds the connection.
import type { Handset } from "@ringdesk/contract/http";
import { request, type Failure } from "../api/client.ts";
import { closeStream, openMicrophone } from "../softphone/microphone.ts";
import { connectPeer, type Peer } from "../softphone/peer.ts";
import type { MicrophoneProblem } from "../softphone/softphone.machine.ts";

export type HandsetProblem = { readonly type: "microphone"; readonly why: MicrophoneProblem } | { readonly type: "server"; readonly failure: Failure } | { readonly type: "connection" };
export interface HandsetView {
  readonly busy: boolean;
  readonly muted: boolean;
  readonly remote: MediaStream | null;
  readonly problem: HandsetProblem | null;
}

export interface HandsetPhone {
  readonly view: () => HandsetView;
  readonly subscribe: (listen: () => void) => () => void;
  readonly call: (handset: Handset, to: string) => Promise<void>;
  readonly answer: (handset: Handset) => Promise<void>;
  readonly hangUp: (handset: Handset) => Promise<void>;
  readonly sendDigits: (digits: string) => void;
  readonly setMuted: (muted: boolean) => void;
  /** The server says that there is no call any more. */
  readonly callEnded: () => void;
  readonly close: () => void;
}

/** One handset per page; one call at a time. */
export function createHandsetPhone(): HandsetPhone {
  let peer: Peer | null = null;
  let microphone: MediaStream | null = null;
  let view: HandsetView = { busy: false, muted: false, remote: null, problem: null };
  const listeners = new Set<() => void>();
  const show = (change: Partial<HandsetView>): void => {
    view = { ...view, ...change };
    listeners.forEach((listen) => { listen(); });
  };
  function letGo(): void {
    peer?.close();
    closeStream(microphone);
    peer = null;
    microphone = null;
  }
  const ended = (problem: HandsetProblem | null): void => {
    letGo();
    show({ busy: false, muted: false, remote: null, problem });
  };

  /** Opens the microphone and agrees on audio by `operation`. */
  async function connect(handset: Handset, exchange: (sdp: string) => ReturnType<typeof request<"handsetDial">>): Promise<void> {
    if (view.busy) return;
    letGo();
    show({ busy: true, problem: null });
    const opened = await openMicrophone();
    if (!opened.ok) { ended({ type: "microphone", why: opened.error }); return; }
    microphone = opened.value;
    const track = microphone.getAudioTracks()[0];
    if (track === undefined) { ended({ type: "microphone", why: "no-device" }); return; }
    const result = await connectPeer(track, exchange, (connection) => { if (connection === "lost") { void hangUp(handset); show({ problem: { type: "connection" } }); } });
    if (!result.ok) { ended("problem" in result.error || result.error.type !== "webrtc" ? { type: "server", failure: result.error } : { type: "connection" }); return; }
    if (!view.busy) { result.value.close(); return; } // hung up meanwhile
    peer = result.value;
    show({ busy: false, remote: peer.remote });
  }
  async function hangUp(handset: Handset): Promise<void> {
    ended(null);
    const result = await request("handsetHangUp", { params: { id: handset.id } });
    if (!result.ok && result.error.type !== "refused") show({ problem: { type: "server", failure: result.error } });
  }
  const leaving = (): void => { peer?.close(); };
  addEventListener("pagehide", leaving);
  return {
    view: () => view,
    subscribe: (listen) => { listeners.add(listen); return () => { listeners.delete(listen); }; },
    call: (handset, to) => connect(handset, (sdp) => request("handsetDial", { params: { id: handset.id }, body: { to, sdp } })),
    answer: (handset) => connect(handset, (sdp) => request("handsetAnswer", { params: { id: handset.id }, body: { sdp } })),
    hangUp,
    sendDigits: (digits) => { peer?.sendDigits(digits); },
    setMuted: (muted) => {
      microphone?.getAudioTracks().forEach((track) => { track.enabled = !muted; });
      show({ muted });
    },
    callEnded: () => { ended(view.problem); },
    close: () => { removeEventListener("pagehide", leaving); letGo(); },
  };
}
