// The commands on legs. Each returns at once; repeating one that was carried out is harmless.
import { lookup } from "node:dns";
import { isIP, isIPv6 } from "node:net";
import type { LegEndCause, Trunk } from "@ringdesk/contract/switch";
import { err, ok, type Result } from "@ringdesk/std";
import { noParams, printNameAddr, type Flow, type NameAddr } from "@ringdesk/telecom/sip";
import type { TrunkContext } from "./trunk-context.ts";
import { answerFor, offerFor, secureMedia, type Leg, type SdpTrouble } from "./trunk-leg.ts";
import { cleanName } from "./trunk.caller.ts";
import { refusalOf, sdpRefusalOf } from "./trunk.causes.ts";
import { CALLED_NUMBER, DIALLED_NUMBER, MAX_TRUNK_LEGS } from "./trunk.limits.ts";
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
      feed({ type: "hangup", call: leg });
      return done;
    },
  };
}

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
  const phone = trunk.registers ? context.contactOf(trunk.id, request.to) : null;
  if (phone === null && trunk.target === null) return err({ type: trunk.registers ? "phone-not-registered" : "trunk-receives-only" });
  if (!CALLED_NUMBER.test(request.to) || !DIALLED_NUMBER.test(request.from)) return err({ type: "number-refused" });
  if (legs.size >= MAX_TRUNK_LEGS) return err({ type: "limit-reached" });
  const leg = context.addLeg({
    leg: request.leg, trunk: trunk.id, direction: "out", state: "dialling", offer: null, rules: { allowLocalAddresses: false }, local: request.local,
  });
  if (phone !== null) invite(context, request, leg, phone.flow, phone.flow.address, phone.requestUri);
  else if (trunk.target !== null) inviteTarget(context, request, leg, trunk.target);
  return done;
}

type Target = NonNullable<Trunk["target"]>;

function inviteTarget(context: TrunkContext, request: DialRequest, leg: Leg, { host, port }: Target): void {
  const { options, legs } = context;
  if (isIP(host) !== 0) return invite(context, request, leg, { transport: "udp", address: host, port: port ?? 5060 }, host);
  const startedAt = options.now();
  lookup(host, { family: isIPv6(options.address) ? 6 : 4 }, (error, address) => {
    // The leg may have been hung up while the name was looked up.
    if (legs.get(request.leg) !== leg) return;
    if (error !== null) return context.end(request.leg, "unreachable", "switch");
    const ringTimeoutMs = request.ringTimeoutMs - (options.now() - startedAt);
    if (ringTimeoutMs <= 0) return context.end(request.leg, "no-answer", "switch");
    context.sources.addResolved(leg.trunk, address);
    invite(context, { ...request, ringTimeoutMs }, leg, { transport: "udp", address, port: port ?? 5060 }, host);
  });
}

function invite({ options, sources, feed }: TrunkContext, request: DialRequest, leg: Leg, to: Flow, host: string, requestUri?: string): void {
  leg.rules = mediaRulesFor(to.address);
  secureMedia(leg, to.transport);
  const callee = `sip:${request.to}@${uriHost(host)}`;
  const caller: NameAddr = { displayName: cleanName(request.fromName ?? null), uri: `sip:${request.from}@${uriHost(options.advertised)}`, params: noParams };
  feed({
    type: "dial", call: request.leg, to,
    // Two trunks may share an address: what comes from there is one neighbour, whichever trunk we dial.
    peer: sources.peerOf(to.address) ?? leg.trunk,
    requestUri: requestUri ?? `${callee}:${to.port}`,
    fromAddress: caller,
    toAddress: { displayName: null, uri: callee, params: noParams },
    // RFC 3325 §9.1: what the trunk may believe, as it knows us.
    headers: [{ name: "p-asserted-identity", value: printNameAddr({ ...caller, displayName: null }) }],
    sdp: offerFor(leg, request.local), ringTimeoutMs: request.ringTimeoutMs,
  });
}

const uriHost = (host: string): string => (isIPv6(host) ? `[${host}]` : host);
