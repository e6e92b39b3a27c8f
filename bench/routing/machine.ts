// What one event costs the router itself, at growing numbers of agents.
import type { CallId, Millis, QueueId, SkillId, UserId } from "@ringdesk/std";
import { emptyBoard, laneId, type Board, type LaneId } from "../../apps/server/src/routing/board.rules.ts";
import { offerOf, stepRouter, type RouterEvent } from "../../apps/server/src/routing/router.machine.ts";
import { NO_SKILLS, type Need, type Skills } from "../../apps/server/src/routing/skill.rules.ts";

const QUEUES = 50, WAITING = 500, WARM_UP = 5_000, HAND_OVERS = 20_000;

export type MachineCost = { readonly agents: number; readonly events: number; /** Microseconds per event. */ readonly us: number; /** The same events put into a map, microseconds. */ readonly floorUs: number };

/** `oneQueue`: all agents and calls in one queue; else each agent serves two of 50. `idle`: all agents are free, else 500 calls wait. `skills`: each call asks for one of so many, and each agent has half of them. */
export function costPerEvent(agents: number, { oneQueue, idle, skills = 0 }: { readonly oneQueue: boolean; readonly idle: boolean; readonly skills?: number }): MachineCost {
  const board = emptyBoard("bench");
  const world = createWorld(board, agents, oneQueue, skills);
  for (let n = 0; n < agents; n += 1) world.agent(n, idle);
  if (!idle) for (let n = 0; n < WAITING; n += 1) world.call();
  const turn = idle ? world.callComes : world.agentComesFree;
  for (let n = 0; n < WARM_UP; n += 1) turn();
  const eventsBefore = world.events();
  const startedAt = performance.now();
  for (let n = 0; n < HAND_OVERS; n += 1) turn();
  const tookMs = performance.now() - startedAt;
  const events = world.events() - eventsBefore;
  return { agents, events, us: (tookMs * 1_000) / events, floorUs: floorOf(events, agents) };
}

function createWorld(board: Board, agents: number, oneQueue: boolean, skills: number) {
  let now = 1_000_000 as Millis;
  let events = 0;
  let calls = 0;
  let turns = 0;
  const open = Array.from({ length: agents }, (_, n): readonly LaneId[] => (oneQueue ? [0] : [n % QUEUES, (n * 7 + 1) % QUEUES]).map((q) => laneId(`q${q}` as QueueId, "voice")));
  const asked = Array.from({ length: skills }, (_, k): readonly Need[] => [{ skill: `skill${k}` as SkillId, until: null }]);
  /** Every second skill, from another one on. */
  const has = open.map((_, n): Skills => (skills === 0 ? NO_SKILLS : new Set(asked.flatMap((need, k) => ((k + n * 7) % skills < skills / 2 ? need.map(({ skill }) => skill) : [])))));
  const names = open.map((_, n) => `agent${n}` as UserId);
  const send = (event: RouterEvent): void => {
    events += 1;
    stepRouter(board, event);
  };
  const agent = (n: number, isOpen: boolean): void => send({ type: "agent.changed", agent: names[n] as UserId, open: isOpen ? (open[n] ?? []) : [], skills: has[n] ?? NO_SKILLS, idleSince: now, now });
  const call = (): CallId => {
    const id = `call${calls}` as CallId;
    send({ type: "item.entered", item: { kind: "call", id, channel: "voice" }, queue: `q${oneQueue ? 0 : calls % QUEUES}` as QueueId, priority: 0, atHead: false, enteredAt: now, needs: skills === 0 ? [] : (asked[calls % skills] ?? []), declinedBy: [], now });
    calls += 1;
    return id;
  };
  /** Accepts what rings at the agent; the call is theirs. */
  const take = (who: UserId): void => {
    const offer = offerOf(board, who);
    if (offer === null) return;
    send({ type: "offer.accepted", offer: offer.id, agent: who, now });
    send({ type: "claim.settled", id: offer.call, agent: who, ok: true, now });
  };
  const numberOf = (who: UserId): number => Number(who.slice("agent".length));
  return {
    agent, call, events: () => events,
    /** 500 calls wait: somebody comes free, takes one, and a new one comes. */
    agentComesFree: (): void => {
      now = (now + 1) as Millis;
      const n = turns++ % agents;
      agent(n, true);
      take(names[n] as UserId);
      agent(n, false);
      call();
    },
    /** Everybody is free: a call comes, rings at the longest idle, who takes it and then is free again. */
    callComes: (): void => {
      now = (now + 1) as Millis;
      const item = board.items.get(call());
      const who = item?.hold.kind === "offered" ? board.offers.get(item.hold.offer)?.agent : undefined;
      if (who === undefined) return;
      take(who);
      agent(numberOf(who), false);
      agent(numberOf(who), true);
    },
  };
}

/** What a map of that size takes for as many writes of fresh objects: no routing, no order. */
function floorOf(events: number, size: number): number {
  const names = Array.from({ length: size }, (_, n) => `agent${n}`);
  const map = new Map<string, { readonly agent: string; readonly at: number }>();
  for (const [n, name] of names.entries()) map.set(name, { agent: name, at: n });
  const startedAt = performance.now();
  for (let n = 0; n < events; n += 1) {
    const agent = names[n % size] as string;
    const before = map.get(agent);
    map.set(agent, { agent, at: (before?.at ?? 0) + 1 });
  }
  return ((performance.now() - startedAt) * 1_000) / events;
}
