// A test call in which the switch sends back what it hears (CALL-9).
import { err, ok, type LegId, type Result } from "@ringdesk/std";
import { request, type Failure } from "../api/client.ts";
import { connectPeer } from "./peer.ts";

export interface EchoCall {
  /** One's own voice, as it comes back. */
  readonly remote: MediaStream;
  readonly end: () => void;
}
export type EchoFailure = Failure | { readonly type: "webrtc"; readonly detail: string };

/** @param onOver told when the call ends by itself. */
export async function startEchoCall(track: MediaStreamTrack, onOver: () => void): Promise<Result<EchoCall, EchoFailure>> {
  let id: LegId | null = null;
  const exchange = async (sdp: string): Promise<Result<{ readonly sdp: string }, Failure>> => {
    const answer = await request("startEchoCall", { body: { sdp } });
    if (!answer.ok) return answer;
    id = answer.value.id;
    return ok({ sdp: answer.value.sdp });
  };
  const tellEnd = (): void => { if (id !== null) void request("endEchoCall", { params: { id } }); };
  const peer = await connectPeer(track, exchange, (connection) => { if (connection === "lost") onOver(); });
  if (!peer.ok) {
    tellEnd();
    return err(peer.error);
  }
  return ok({ remote: peer.value.remote, end: () => { peer.value.close(); tellEnd(); } });
}
