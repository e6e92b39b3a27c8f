// A call that a neighbour makes to us: the server side of INVITE (RFC 3261 §13.3).
import { addMs, type Millis } from "@ringdesk/std";
import { dialogOfServer } from "../dialog/index.ts";
import type { Timer } from "../timers.ts";
import type { ResponseParts, ServerTransaction } from "../transaction/index.ts";
import { allowHeader, retryLater } from "./admission.ts";
import { sdpBody, sdpOf, type CallCommand, type Core } from "./core.ts";
import { Session } from "./session.ts";
import { acceptSession } from "./session-timer.ts";

/** RFC 3261 §13.3.1.1: proxies forget an INVITE after three minutes without news. */
export const RINGING_REPEAT_MS = 60_000;

/** RFC 3261 §17.2.1: 100 is due when nothing better has been said by then. The caller repeats its INVITE after 500 ms at the soonest. */
export const TRYING_AFTER_MS = 200;

/** Takes a new INVITE in: announces the call, and gives it to the table of calls. */
export function startInboundCall(core: Core, invite: ServerTransaction, now: Millis): void {
  const { message, envelope, peer } = invite.received;
  const call = core.config.newCall();
  const toTag = core.config.newToken();
  let session: Session | null = null;
  let ringing: Timer | null = null;

  const trying = core.timers.start(addMs(now, TRYING_AFTER_MS), (at) => core.respond(invite, 100, at));
  const respond = (status: number, at: Millis, parts: ResponseParts = {}): void => {
    core.timers.stop(trying);
    core.respond(invite, status, at, { toTag, ...parts });
  };
  /** Everything that ends the call before it is answered. */
  const refuse = (status: number, at: Millis): void => {
    core.timers.stop(ringing);
    respond(status, at, status === 503 ? { headers: [retryLater] } : {});
    session?.drop(at);
  };
  const cancelled = (at: Millis): void => {
    if (!invite.isOpen) return;
    refuse(487, at);
    core.end(call, "peer", { why: "cancelled" });
  };
  const dialog = (): Session => (session ??= new Session(core, call, dialogOfServer(invite.received, toTag), cancelled));

  let early: string | null = null;
  /** 180, or 183 with SDP once there is early media: a later 180 would make the caller's phone play its own ringing. */
  const ring = (at: Millis): void => {
    if (!invite.isOpen) return;
    dialog();
    respond(early === null ? 180 : 183, at, { headers: [core.contact, allowHeader], ...(early === null ? {} : { body: sdpBody(early) }) });
    core.timers.stop(ringing);
    ringing = core.timers.start(addMs(at, RINGING_REPEAT_MS), ring);
  };
  const answer = (sdp: string, at: Millis): void => {
    if (!invite.isOpen) return;
    core.timers.stop(ringing);
    const up = dialog();
    const agreed = acceptSession(message);
    respond(200, at, { headers: [core.contact, allowHeader, ...agreed.headers], body: sdpBody(sdp) });
    up.establish(message, sdp, agreed.interval, at);
    up.awaitAck(invite, at);
  };
  const command = (c: CallCommand, at: Millis): void => {
    switch (c.type) {
      case "ring": return early === null ? ring(at) : undefined;
      case "progress":
        early = c.sdp;
        return ring(at);
      case "answer": return answer(c.sdp, at);
      case "reject":
      case "hangup": {
        if (!invite.isOpen) {
          if (c.type === "reject") return;
          session?.hangUp(at);
        } else refuse((c.type === "reject" ? c.status : c.refusal) ?? 480, at);
        return core.end(call, "local", { why: "hung-up" });
      }
      case "accept-offer": return session?.acceptOffer(c.sdp, at);
      case "refuse-offer": return session?.refuseOffer(c.status, at);
      case "offer": return session?.offer(c.sdp, at);
      case "want-turn": return session?.wantTurn(c.afterMs, at);
      case "offer-in-turn": return session?.offerInTurn(c.sdp, at);
    }
  };

  core.inviteOwners.set(invite, { toTag, cancelled });
  core.calls.set(call, { command });
  core.emit({
    type: "incoming", call, peer, from: invite.received.from,
    invite: { requestUri: message.uri, from: envelope.from, to: envelope.to, callId: envelope.callId, headers: message.headers, offer: sdpOf(message) },
  });
}
