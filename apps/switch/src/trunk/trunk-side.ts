// The SIP side of the switch: joins transports, targets, clock and user agent, and turns calls into legs. One table of legs, one place
// where each of them ends.
import { randomInt, randomUUID } from "node:crypto";
import { isIPv6 } from "node:net";
import { ok, type LegId, type Result } from "@ringdesk/std";
import { createUserAgent, type UserAgent, type UserAgentInput, type UserAgentOutput } from "@ringdesk/telecom/sip";
import { createAlarm, type Alarm } from "./trunk-alarm.ts";
import { createTrunkAuth } from "./trunk-auth.ts";
import { createTrunkCommands } from "./trunk-commands.ts";
import type { TrunkContext } from "./trunk-context.ts";
import { createTrunkHandler } from "./trunk-handler.ts";
import { wishHold } from "./trunk-hold.ts";
import { newLeg, type Leg } from "./trunk-leg.ts";
import { createResolver } from "./trunk-resolver.ts";
import { createTrunkTargets } from "./trunk-targets.ts";
import { openTransports, type TrunkTransports } from "./trunk-transports.ts";
import { createTokenBuckets, MAX_NEW_CALL_BURST, MAX_NEW_CALLS_PER_SECOND, MAX_REGISTER_BURST, MAX_REGISTERS_PER_SECOND, MAX_TRANSACTIONS, MAX_TRUNK_LEGS } from "./trunk.limits.ts";
import { createTrunkSources } from "./trunk.sources.ts";
import type { TrunkSide, TrunkSideOptions, TrunkStartError, TrunkTls } from "./trunk.types.ts";

/** After the last BYE: time for it to leave, and for an answer that needs nothing more of us. */
const CLOSE_GRACE_MS = 300;
const SESSION_ID_LIMIT = 2 ** 47;

const noPhones = (): ReadonlyMap<string, string> => new Map();
const noTls: TrunkTls = { port: 0, certificate: null, authority: null };

/** Binds the SIP ports and serves trunks until `close`. */
export async function createTrunkSide(options: TrunkSideOptions): Promise<Result<TrunkSide, TrunkStartError>> {
  const sources = createTrunkSources(options.trunks);
  const legs = new Map<LegId, Leg>();
  let agent: UserAgent | null = null;
  const feed = (input: UserAgentInput): void => {
    if (agent !== null) pump(agent, input);
  };
  const targets = createTrunkTargets({
    family: isIPv6(options.address) ? 6 : 4, resolver: options.resolver ?? createResolver(), random: Math.random, now: options.now, sources, feed,
    changed: options.events.trunkState,
  });
  const context: TrunkContext = {
    options, sources, targets, legs, feed,
    contactOf: (trunk, number) => agent?.contactOf(trunk, number) ?? null,
    addLeg: (given) => {
      const leg = newLeg(given, () => randomInt(1, SESSION_ID_LIMIT));
      legs.set(leg.leg, leg);
      return leg;
    },
    end: (leg, cause, by) => {
      if (legs.delete(leg)) options.events.ended(leg, cause, by);
    },
  };
  const opened = await openTransports({
    address: options.address, port: options.port, tls: options.tls ?? noTls, sources, now: options.now, log: options.log,
    receive: (bytes, from, peer) => guarded(options, () => feed({ type: "datagram", bytes, from, peer })),
    unreachable: (to, hasServed) => guarded(options, () => feed({ type: "unreachable", to, hasServed })),
    isInCall: (connection) => agent?.usesConnection(connection) ?? false,
    nameOf: targets.nameOf,
  });
  if (!opened.ok) return opened;
  const transports = opened.value;
  const handle = createTrunkHandler(context);
  const clock = createAlarm(options.now, () => guarded(options, () => feed({ type: "tick" })));
  const pump = (engine: UserAgent, input: UserAgentInput): void => {
    engine.handle(input, options.now());
    for (let output = engine.poll(); output !== null; output = engine.poll()) perform(transports, handle, output);
    clock.set(engine.deadline());
  };
  const withinRate = createTokenBuckets(MAX_NEW_CALLS_PER_SECOND, MAX_NEW_CALL_BURST, options.now);
  const mayRegister = createTokenBuckets(MAX_REGISTERS_PER_SECOND, MAX_REGISTER_BURST, options.now);
  agent = createUserAgent({
    host: options.advertised, port: transports.port, product: "Ringdesk", auth: createTrunkAuth(options.trunks, options.phones ?? noPhones),
    ...(transports.tlsPort === null ? {} : { tlsPort: transports.tlsPort }),
    // 122 random bits (RFC 3261 §19.3 asks for 32), from a store that Node fills ahead.
    newToken: () => randomUUID().replaceAll("-", ""),
    newCall: options.newLegId,
    ownsAddress: (peer, address) => sources.peerOf(address) === peer,
    isOverloaded: () => options.isOverloaded?.() === true,
    admitsCall: (peer) => options.acceptingCalls() && withinRate(peer),
    registrar: { serves: (peer) => (options.trunks().find(({ id }) => id === peer)?.registers ?? false) !== false, admits: mayRegister },
    maxCalls: MAX_TRUNK_LEGS, maxTransactions: MAX_TRANSACTIONS,
  });
  return ok(trunkSide(context, transports, agent, clock));
}

function trunkSide(context: TrunkContext, transports: TrunkTransports, agent: UserAgent, clock: Alarm): TrunkSide {
  const commands = createTrunkCommands(context);
  return {
    ...commands,
    hold: (leg, hold) => wishHold(context, leg, hold),
    port: transports.port,
    tlsPort: transports.tlsPort,
    trunksChanged: () => context.targets.follow(context.options.trunks()),
    trunkStates: context.targets.states,
    legs: () => [...context.legs.values()].map(({ leg, trunk, direction, state }) => ({ leg, trunk, direction, state })),
    phones: () => agent.registrations().map(({ peer, number }) => ({ trunk: peer, number })),
    counters: () => ({ ...transports.counters(), malformed: agent.counters().malformed, legs: context.legs.size, transactions: agent.counters().transactions }),
    close: async () => {
      const busy = context.legs.size > 0 || context.targets.states().some(({ registration }) => registration === "registered");
      for (const leg of context.legs.keys()) commands.hangup(leg, { cause: "hangup", by: "switch" });
      context.targets.close();
      if (busy) await new Promise((resolve) => setTimeout(resolve, CLOSE_GRACE_MS));
      clock.stop();
      await transports.close();
    },
  };
}

function perform(transports: TrunkTransports, handle: (output: Exclude<UserAgentOutput, { type: "send" }>) => void, output: UserAgentOutput): void {
  if (output.type === "send") transports.send(output.bytes, output.to);
  else handle(output);
}

/** The edge where a bug of ours costs one message and not the process. */
function guarded({ log }: TrunkSideOptions, run: () => void): void {
  try {
    run();
  } catch (error) {
    log.error({ err: error }, "a SIP message or timer could not be handled");
  }
}
