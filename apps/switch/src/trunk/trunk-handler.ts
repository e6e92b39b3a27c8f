// What the user agent tells, turned into the events of legs.
import type { LegId } from "@ringdesk/std";
import type { UserAgentOutput } from "@ringdesk/telecom/sip";
import type { TrunkContext } from "./trunk-context.ts";
import { holdHappened, reanswered } from "./trunk-hold.ts";
import { answerFor, offerFor, readAnswerFor, secureMedia, troubleWith, type Leg } from "./trunk-leg.ts";
import { calledNumber, callerOf, diversionsOf } from "./trunk.caller.ts";
import { causeOfEnd, sdpRefusalOf } from "./trunk.causes.ts";
import { readInfoKey } from "./trunk.dtmf.ts";
import { saidHold } from "./trunk.hold.ts";
import { mediaRulesFor } from "./trunk.sources.ts";

type Told = Exclude<UserAgentOutput, { type: "send" }>;

export function createTrunkHandler(context: TrunkContext): (output: Told) => void {
  const { events } = context.options;
  return (output) => {
    if (output.type === "registered") return events.phoneRegistered({ trunk: output.peer, number: output.number });
    if (output.type === "unregistered") return events.phoneUnregistered({ trunk: output.peer, number: output.number });
    if (output.type === "probed") return context.targets.probed(output.probe, output.status, output.retryAfterSec);
    if (output.type === "account") return context.targets.account(output.account, output.state);
    if (output.type === "target-failed") return targetFailed(context, output);
    const leg = context.legs.get(output.call as LegId);
    if (output.type === "incoming") return incoming(context, output);
    // The end of a leg that we ended was told when we ended it; its last messages concern nobody.
    if (leg === undefined) return;
    switch (output.type) {
      case "progress": return progress(context, leg, output.status, output.sdp);
      case "answered": return answered(context, leg, output.sdp);
      case "acked": return acked(context, leg, output.sdp);
      case "offer": return offered(context, leg, output.sdp);
      case "offer-turn": return holdHappened(context, leg, { type: "turn-came" });
      case "reanswered": return reanswered(context, leg, output.sdp, output.inTurn === true);
      case "reoffer-refused": return output.inTurn === true ? holdHappened(context, leg, { type: "refused" }, output.status) : undefined;
      case "info": {
        const key = readInfoKey(output.contentType, output.body);
        return key === null ? undefined : events.dtmf(leg.leg, key);
      }
      case "ended": return context.end(leg.leg, causeOfEnd(output.reason), output.by === "peer" ? "peer" : "switch");
    }
  };
}

/** The call goes on to another target: what that one may name as its media address is another matter. */
function targetFailed({ targets, legs }: TrunkContext, { call, to, status, retryAfterSec, next }: Extract<Told, { type: "target-failed" }>): void {
  targets.callFailed(to, status, retryAfterSec);
  const leg = legs.get(call as LegId);
  if (leg !== undefined && next !== null) leg.rules = mediaRulesFor(next.address);
}

/** Refuses at once what cannot become a call; nobody is told of it. */
function incoming({ options, feed, addLeg }: TrunkContext, { call, peer, invite, from }: Extract<Told, { type: "incoming" }>): void {
  const refuse = (status: number): void => feed({ type: "reject", call, status });
  const trunk = options.trunks().find(({ id }) => id === peer);
  const to = calledNumber(invite, trunk?.account?.user ?? null);
  if (to === null) return refuse(404);
  const diversions = diversionsOf(invite.headers);
  if (diversions === null) return refuse(482);
  const rules = mediaRulesFor(from.address);
  const trouble = invite.offer === null ? null : troubleWith(invite.offer, options.advertised, rules, from.transport);
  if (trouble !== null) return refuse(sdpRefusalOf[trouble].status);
  const leg = call as LegId;
  secureMedia(addLeg({ leg, trunk: peer, direction: "in", state: "incoming", offer: invite.offer, rules, local: null }), from.transport);
  options.events.incoming({ leg, trunk: peer, to, sipCallId: invite.callId, diversions, ...callerOf(invite, trunk?.trusted === true) });
}

function progress({ options: { events } }: TrunkContext, leg: Leg, status: number, sdp: string | null): void {
  const early = sdp === null ? null : readAnswerFor(leg, sdp);
  const rings = status === 180 || (status === 183 && early === null);
  if (rings && !leg.ringingTold) {
    leg.ringingTold = true;
    leg.state = "ringing";
    events.ringing(leg.leg);
  }
  // An early answer that we cannot use is no failure yet: the final one counts.
  if (early?.ok === true) events.earlyMedia(leg.leg, early.value);
}

/** Some callees put their SDP only into the 183; it then holds for the call (RFC 3261 §13.2.1). */
function answered(context: TrunkContext, leg: Leg, sdp: string | null): void {
  if (sdp === null && leg.media !== null) return up(context, leg);
  const read = readAnswerFor(leg, sdp);
  if (read.ok) return up(context, leg);
  giveUp(context, leg, sdpRefusalOf[read.error].cause);
}

function up({ options: { events } }: TrunkContext, leg: Leg): void {
  leg.state = "up";
  if (leg.media !== null) events.answered(leg.leg, leg.media);
}

/** The ACK brings the answer when the offer was ours. */
function acked(context: TrunkContext, leg: Leg, sdp: string | null): void {
  if (!leg.awaitsAnswer) return;
  leg.awaitsAnswer = false;
  const read = readAnswerFor(leg, sdp, saidHold(leg.hold, false));
  if (!read.ok) return giveUp(context, leg, sdpRefusalOf[read.error].cause);
  if (leg.state === "answering") return up(context, leg);
  context.options.events.mediaChanged(leg.leg, read.value);
}

/**
 * A re-INVITE or UPDATE: hold, resume, another address or codec. What we refuse leaves everything as it was (RFC 3261 §14.1).
 * Our answer says too whether we hold.
 */
function offered(context: TrunkContext, leg: Leg, sdp: string | null): void {
  const { options: { events }, feed } = context;
  const call = leg.leg;
  if (leg.local === null) return feed({ type: "refuse-offer", call, status: 491 });
  if (sdp === null) {
    leg.awaitsAnswer = true;
    const offer = offerFor(leg, leg.local);
    holdHappened(context, leg, { type: "described" });
    return feed({ type: "accept-offer", call, sdp: offer });
  }
  const answer = answerFor(leg, leg.local, sdp);
  if (!answer.ok) return feed({ type: "refuse-offer", call, status: sdpRefusalOf[answer.error].status });
  holdHappened(context, leg, { type: "described" });
  feed({ type: "accept-offer", call, sdp: answer.value });
  if (leg.media !== null) events.mediaChanged(leg.leg, leg.media);
}

function giveUp(context: TrunkContext, leg: Leg, cause: Parameters<TrunkContext["end"]>[1]): void {
  context.end(leg.leg, cause, "switch");
  context.feed({ type: "hangup", call: leg.leg });
}
