// The SIP side of the switch: joins socket, clock and user agent, and turns calls into legs. One table of legs, one place
// where each of them ends.
import { randomInt, randomUUID } from "node:crypto";
import { ok, type LegId, type Millis, type Result } from "@ringdesk/std";
import { createUserAgent, type UserAgent, type UserAgentInput, type UserAgentOutput } from "@ringdesk/telecom/sip";
import { createTrunkCommands } from "./trunk-commands.ts";
import type { TrunkContext } from "./trunk-context.ts";
import { createTrunkHandler } from "./trunk-handler.ts";
import { newLeg, type Leg } from "./trunk-leg.ts";
import { openTrunkSocket, type TrunkSocket } from "./trunk-socket.ts";
import { createTokenBuckets, MAX_NEW_CALL_BURST, MAX_NEW_CALLS_PER_SECOND, MAX_REGISTER_BURST, MAX_REGISTERS_PER_SECOND, MAX_TRANSACTIONS, MAX_TRUNK_LEGS } from "./trunk.limits.ts";
import { createTrunkSources } from "./trunk.sources.ts";
import type { TrunkSide, TrunkSideOptions, TrunkStartError } from "./trunk.types.ts";

/** After the last BYE: time for it to leave, and for an answer that needs nothing more of us. */
const CLOSE_GRACE_MS = 300;
const SESSION_ID_LIMIT = 2 ** 47;

/** Binds the SIP port and serves trunks until `close`. */
export async function createTrunkSide(options: TrunkSideOptions): Promise<Result<TrunkSide, TrunkStartError>> {
  const sources = createTrunkSources(options.trunks);
  const legs = new Map<LegId, Leg>();
  let agent: UserAgent | null = null;
  const feed = (input: UserAgentInput): void => {
    if (agent !== null) pump(agent, input);
  };
  const context: TrunkContext = {
    options, sources, legs, feed,
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
  const opened = await openTrunkSocket({
    address: options.address, port: options.port, sources, now: options.now, log: options.log,
    receive: (bytes, from, peer) => guarded(options, () => feed({ type: "datagram", bytes, from, peer })),
  });
  if (!opened.ok) return opened;
  const socket = opened.value;
  const handle = createTrunkHandler(context);
  const clock = createAlarm(options, () => feed({ type: "tick" }));
  const pump = (engine: UserAgent, input: UserAgentInput): void => {
    engine.handle(input, options.now());
    for (let output = engine.poll(); output !== null; output = engine.poll()) perform(socket, handle, output);
    clock.set(engine.deadline());
  };
  const withinRate = createTokenBuckets(MAX_NEW_CALLS_PER_SECOND, MAX_NEW_CALL_BURST, options.now);
  const mayRegister = createTokenBuckets(MAX_REGISTERS_PER_SECOND, MAX_REGISTER_BURST, options.now);
  agent = createUserAgent({
    host: options.advertised, port: socket.port, product: "Ringdesk",
    // 122 random bits (RFC 3261 §19.3 asks for 32), from a store that Node fills ahead.
    newToken: () => randomUUID().replaceAll("-", ""),
    newCall: options.newLegId,
    ownsAddress: (peer, address) => sources.peerOf(address) === peer,
    admitsCall: (peer) => options.acceptingCalls() && withinRate(peer),
    registrar: { serves: (peer) => options.trunks().find(({ id }) => id === peer)?.registers === true, admits: mayRegister },
    maxCalls: MAX_TRUNK_LEGS, maxTransactions: MAX_TRANSACTIONS,
  });
  return ok(trunkSide(context, socket, agent, clock));
}

function trunkSide(context: TrunkContext, socket: TrunkSocket, agent: UserAgent, clock: Alarm): TrunkSide {
  const commands = createTrunkCommands(context);
  return {
    ...commands,
    port: socket.port,
    legs: () => [...context.legs.values()].map(({ leg, trunk, direction, state }) => ({ leg, trunk, direction, state })),
    phones: () => agent.registrations().map(({ peer, number }) => ({ trunk: peer, number })),
    counters: () => ({ ...socket.counters(), malformed: agent.counters().malformed, legs: context.legs.size, transactions: agent.counters().transactions }),
    close: async () => {
      const busy = context.legs.size > 0;
      for (const leg of context.legs.keys()) commands.hangup(leg, { cause: "hangup", by: "switch" });
      if (busy) await new Promise((resolve) => setTimeout(resolve, CLOSE_GRACE_MS));
      clock.stop();
      await socket.close();
    },
  };
}

function perform(socket: TrunkSocket, handle: (output: Exclude<UserAgentOutput, { type: "send" }>) => void, output: UserAgentOutput): void {
  if (output.type === "send") socket.send(output.bytes, output.to);
  else handle(output);
}

type Alarm = { readonly set: (at: Millis | null) => void; readonly stop: () => void };

/** One timer of the platform for all timers of SIP. It is moved only to an earlier instant: firing early costs a look. */
function createAlarm(options: TrunkSideOptions, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | null = null;
  let armedFor = Infinity;
  let stopped = false;
  return {
    set: (at) => {
      if (stopped || at === null || at >= armedFor) return;
      if (timer !== null) clearTimeout(timer);
      armedFor = at;
      timer = setTimeout(() => {
        timer = null;
        armedFor = Infinity;
        guarded(options, ring);
      }, Math.max(0, at - options.now()));
    },
    stop: () => {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** The edge where a bug of ours costs one message and not the process. */
function guarded({ log }: TrunkSideOptions, run: () => void): void {
  try {
    run();
  } catch (error) {
    log.error({ err: error }, "a SIP message or timer could not be handled");
  }
}
