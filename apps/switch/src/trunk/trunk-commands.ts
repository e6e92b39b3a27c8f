// The commands on legs. Each returns at once; repeating one that was carried out is harmless.
import type { LegEndCause, Trunk, TrunkTarget } from "@ringdesk/contract/switch";
import { err, ok, type Result } from "@ringdesk/std";
import { noParams, printNameAddr, type DialTarget, type NameAddr } from "@ringdesk/telecom/sip";
import type { TrunkContext } from "./trunk-context.ts";
import { answerFor, offerFor, secureMedia, type Leg, type SdpTrouble } from "./trunk-leg.ts";
import { cleanName } from "./trunk.caller.ts";
import { refusalOf, sdpRefusalOf } from "./trunk.causes.ts";
import { CALLED_NUMBER, DIALLED_NUMBER, MAX_TARGETS_PER_CALL, MAX_TRUNK_LEGS } from "./trunk.limits.ts";
import { targetUri, uriHost, type Endpoint } from "./trunk.locate.ts";
import { mediaRulesFor } from "./trunk.sources.ts";
import type { DialRequest, LocalMedia, TrunkError, TrunkSide } from "./trunk.types.ts";

type Outcome = Result<void, TrunkError>;
const done: Outcome = ok(undefined);
const unknown: Outcome = err({ type: "leg-unknown" });
const wrongState = ({ state }: Leg): Outcome => err({ type: "leg-wrong-state", state });

export function createTrunkCommands(context: TrunkContext): Pick<TrunkSide, "ring" | "progress" | "answer" | "reject" | "dial" | "hangup"> {
  const { legs, feed, end } = context;
  return {
    ring: (leg) => {
      const entry = legs.get(leg);
      if (entry === undefined) return unknown;
      if (entry.state !== "incoming") return entry.direction === "in" ? done : wrongState(entry);
      if (!entry.ringingTold) feed({ type: "ring", call: leg });
      entry.ringingTold = true;
      return done;
    },
    progress: (leg, local) => {
      const entry = legs.get(leg);
      if (entry === undefined) return unknown;
      if (entry.state !== "incoming") return entry.direction === "in" ? done : wrongState(entry);
      if (!entry.early) progress(context, entry, local);
      return done;
    },
    answer: (leg, local) => {
      const entry = legs.get(leg);
      if (entry === undefined) return unknown;
      if (entry.state !== "incoming") return entry.direction === "in" ? done : wrongState(entry);
      answer(context, entry, local);
      return done;
    },
    reject: (leg, reason) => {
      const entry = legs.get(leg);
      if (entry === undefined) return unknown;
      if (entry.state !== "incoming") return wrongState(entry);
      const { status, cause } = refusalOf[reason];
      end(leg, cause, "server");
      feed({ type: "reject", call: leg, status });
      return done;
    },
    dial: (request) => dial(context, request),
    hangup: (leg, why) => {
      const entry = legs.get(leg);
      if (entry === undefined) return unknown;
      end(leg, why?.cause ?? usualCause(entry), why?.by ?? "server");
      feed({ type: "hangup", call: leg, ...(why?.cause === "limit-reached" ? { refusal: OVERLOADED } : {}) });
      return done;
    },
  };
}

/** A call that we have no room for may be taken by the trunk's next machine, or by us in a moment. */
const OVERLOADED = 503;

/** How a leg ended that was hung up, when nobody says more. */
function usualCause({ state }: Leg): LegEndCause {
  if (state === "incoming") return "rejected";
  return state === "up" || state === "answering" ? "hangup" : "cancelled";
}

/** Without an offer there is nothing to answer before the call is: an offer in a 183 would have to be reliable (RFC 3261 §13.2.1). */
function progress(context: TrunkContext, leg: Leg, local: LocalMedia): void {
  const { feed, options: { events } } = context;
  const call = leg.leg;
  if (leg.offer === null) return feed({ type: "ring", call });
  const sdp = answerFor(leg, local, leg.offer);
  if (!sdp.ok) return refuseSdp(context, leg, sdp.error);
  leg.early = true;
  feed({ type: "progress", call, sdp: sdp.value });
  if (leg.media !== null) events.earlyMedia(call, leg.media);
}

function refuseSdp({ feed, end }: TrunkContext, leg: Leg, trouble: SdpTrouble): void {
  end(leg.leg, sdpRefusalOf[trouble].cause, "switch");
  feed({ type: "reject", call: leg.leg, status: sdpRefusalOf[trouble].status });
}

function answer(context: TrunkContext, leg: Leg, local: LocalMedia): void {
  const { feed, options: { events } } = context;
  const call = leg.leg;
  if (leg.offer === null) {
    leg.state = "answering";
    leg.awaitsAnswer = true;
    return feed({ type: "answer", call, sdp: offerFor(leg, local) });
  }
  const sdp = answerFor(leg, local, leg.offer);
  if (!sdp.ok) return refuseSdp(context, leg, sdp.error);
  leg.state = "up";
  feed({ type: "answer", call, sdp: sdp.value });
  if (leg.media !== null) events.answered(call, leg.media);
}

function dial(context: TrunkContext, request: DialRequest): Outcome {
  const { options, legs } = context;
  const trunk = options.trunks().find((t) => t.id === request.trunk);
  if (trunk === undefined) return err({ type: "trunk-unknown" });
  const known = legs.get(request.leg);
  if (known !== undefined) return known.direction === "out" ? done : err({ type: "leg-exists" });
  const phone = trunk.registers !== false && request.contact === undefined ? context.contactOf(trunk.id, request.to) : null;
  if (phone === null && trunk.target === null && request.contact === undefined) return err({ type: trunk.registers !== false ? "phone-not-registered" : "trunk-receives-only" });
  if (!CALLED_NUMBER.test(request.to) || !DIALLED_NUMBER.test(request.from)) return err({ type: "number-refused" });
  if (legs.size >= MAX_TRUNK_LEGS) return err({ type: "limit-reached" });
  // A phone is rung for a call that is here already.
  if (phone === null && request.contact === undefined && options.isOverloaded?.() === true) return err({ type: "overloaded" });
  const leg = context.addLeg({
    leg: request.leg, trunk: trunk.id, direction: "out", state: "dialling", offer: null, rules: { allowLocalAddresses: false }, local: request.local,
  });
  if (phone !== null) invite(context, request, leg, [{ to: phone.flow, requestUri: phone.requestUri }], uriHost(phone.flow.address));
  else if (request.contact !== undefined) inviteContact(context, request, leg, request.contact);
  else inviteTargets(context, request, leg, trunk);
  return done;
}

/** Sends the call to one address, from which answers are expected from now on. */
function inviteContact(context: TrunkContext, request: DialRequest, leg: Leg, contact: TrunkTarget): void {
  const proceed = ([first]: readonly Endpoint[]): void => {
    if (context.legs.get(request.leg) !== leg) return;
    if (first === undefined) return context.end(request.leg, "unreachable", "switch");
    context.sources.addContact(leg.trunk, first.flow.address);
    invite(context, request, leg, [{ to: first.flow, requestUri: targetUri(first.flow, first.name, request.to, first.port !== null) }], uriHost(first.name));
  };
  const found = context.targets.find(contact);
  if (found instanceof Promise) void found.then(proceed);
  else proceed(found);
}

/** Sends the call to the trunk's targets; waits for their addresses only when none is known yet. */
function inviteTargets(context: TrunkContext, request: DialRequest, leg: Leg, trunk: Trunk): void {
  const { options, legs, targets } = context;
  targets.follow(options.trunks());
  const startedAt = options.now();
  const proceed = (endpoints: readonly Endpoint[]): void => {
    // The leg may have been hung up while a name was looked up.
    if (legs.get(request.leg) !== leg) return;
    const [first] = endpoints;
    if (first === undefined) return context.end(request.leg, "unreachable", "switch");
    const ringTimeoutMs = request.ringTimeoutMs - (options.now() - startedAt);
    if (ringTimeoutMs <= 0) return context.end(request.leg, "no-answer", "switch");
    // What was to be encrypted is not sent in the clear because a target is down, and the other way round its keys are missing.
    const alike = endpoints.filter(({ flow }) => (flow.transport === "tls") === (first.flow.transport === "tls")).slice(0, MAX_TARGETS_PER_CALL);
    const places = alike.map(({ flow, name, port }) => ({ to: flow, requestUri: targetUri(flow, name, request.to, port !== null) }));
    invite(context, { ...request, ringTimeoutMs }, leg, places, uriHost(first.name), trunk.account !== undefined);
  };
  const endpoints = targets.candidates(trunk);
  if (endpoints instanceof Promise) void endpoints.then(proceed);
  else proceed(endpoints);
}

/** `host` names the callee; with an account it names us too, since the carrier looks for its customer there. */
function invite({ options, sources, feed }: TrunkContext, request: DialRequest, leg: Leg, [first, ...alternates]: readonly DialTarget[], host: string, isCustomer = false): void {
  if (first === undefined) return;
  leg.rules = mediaRulesFor(first.to.address);
  secureMedia(leg, first.to.transport);
  const caller: NameAddr = { displayName: cleanName(request.fromName ?? null), uri: `sip:${request.from}@${isCustomer ? host : uriHost(options.advertised)}`, params: noParams };
  const withheld = request.withheld === true;
  feed({
    type: "dial", call: request.leg, to: first.to,
    // Two trunks may share an address: what comes from there is one neighbour, whichever trunk we dial.
    peer: sources.peerOf(first.to.address) ?? leg.trunk, account: leg.trunk,
    requestUri: first.requestUri, alternates,
    fromAddress: withheld ? anonymous : caller,
    toAddress: { displayName: null, uri: `sip:${request.to}@${host}`, params: noParams },
    // RFC 3325 §9.1: what the trunk may believe, as it knows us; with Privacy it keeps that to itself (§9.3).
    headers: [{ name: "p-asserted-identity", value: printNameAddr({ ...caller, displayName: null }) }, ...(withheld ? [{ name: "privacy", value: "id" }] : [])],
    sdp: offerFor(leg, request.local), ringTimeoutMs: request.ringTimeoutMs,
  });
}

/** RFC 3323 §4.1.1.3. */
const anonymous: NameAddr = { displayName: "Anonymous", uri: "sip:anonymous@anonymous.invalid", params: noParams };
