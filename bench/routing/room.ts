// The routing room as the server runs it: agents, desks and live updates to a socket for each desktop, with calls that only
// come, are taken and end.
import { err, ok, type CallId, type E164, type Millis, type QueueId, type TeamId, type UserId } from "@ringdesk/std";
import type { User } from "@ringdesk/contract/http";
import type { CallChange, Calls, WaitingCall } from "../../apps/server/src/calls/index.ts";
import { createFakeFactLog } from "../../apps/server/src/facts/fact-log.fake.ts";
import { createSystemClock, newId } from "../../apps/server/src/kernel/index.ts";
import type { LiveService } from "../../apps/server/src/live/live.service.ts";
import { createLive } from "../../apps/server/src/live/wiring.ts";
import { createLog } from "../../apps/server/src/platform/wiring.ts";
import { PLAIN_OPTIONS } from "../../apps/server/src/routing/plan.rules.ts";
import type { Queue } from "../../apps/server/src/routing/routing.ports.ts";
import { NO_SKILLS } from "../../apps/server/src/routing/skill.rules.ts";
import { createRouting } from "../../apps/server/src/routing/wiring.ts";
import { createAgents } from "../../apps/server/src/teams/wiring.ts";

export type Room = {
  /** A call enters a queue. */
  readonly enter: (queue: number) => CallId;
  /** An agent chooses Available. */
  readonly free: (agent: number) => void;
  /** When the offer of a call had been written to the socket of its agent. */
  readonly onOffered: (listen: (call: CallId, agent: number, at: number) => void) => void;
  readonly accept: (agent: number) => Promise<void>;
  /** The agent's call ends. */
  readonly end: (agent: number) => void;
  readonly waiting: () => number;
  readonly sent: () => { readonly updates: number; readonly bytes: number };
  readonly stop: () => void;
};

export async function openRoom(size: { readonly agents: number; readonly queues: number; /** Which queues an agent serves. */ readonly serves: (agent: number) => number }): Promise<Room> {
  const clock = createSystemClock();
  const log = createLog("error");
  const users = Array.from({ length: size.agents }, (_, n): User => ({ id: `agent${n}` as UserId, name: `Agent ${n}`, email: `${n}@example.com`, role: "agent" }));
  const byId = new Map(users.map((user) => [user.id, user]));
  const queues = Array.from({ length: size.queues }, (_, n): Queue => ({ ...PLAIN_OPTIONS, id: `queue${n}` as QueueId, name: `q${n}`, displayName: `Queue ${n}`, isDefault: false, voiceEnabled: true }));
  const desk = createCallDesk(clock.now, byId);
  const agents = await createAgents({
    clock, log, facts: createFakeFactLog(), surroundings: { isOnCall: (user) => desk.calls.callOf(user) !== null, isVoiceQueue: () => true, isActive: () => true },
    store: {
      statuses: async () => [],
      teams: async () => queues.map((queue, n) => ({
        id: `team${n}` as TeamId, name: queue.name, displayName: queue.displayName, routingEnabled: true, queues: [queue.id], members: users.filter((_, a) => size.serves(a) === n).map((user) => user.id),
        routeWhenOverCapacity: false, capacity: { sms: 5, email: 5, chat: 3, total: 10 },
      })),
    },
  });
  const live = createLive({
    clock, epoch: newId(),
    providers: {
      deskOf: (user) => routing.deskOf(user), queueLines: () => routing.queueLines(), callsWaiting: () => routing.callsWaiting(), liveView: () => routing.liveView(),
      mayWatchLiveView: () => false, handsetOf: () => null,
    },
    presence: { desktopOpened: agents.desktopOpened, desktopClosed: agents.desktopClosed, handsetOpened: () => undefined, handsetClosed: () => undefined, searchesOpened: () => undefined, searchesClosed: () => undefined, levelsOpened: () => undefined, levelsClosed: () => undefined },
  });
  const none = { voice: 0, sms: 0, email: 0, chat: 0 };
  const routing = createRouting({
    calls: desk.calls, agents, clock, log, assign: async () => false, countDay: async () => ok([]), recentHandOvers: async () => ok([]), timeZone: () => "America/Denver",
    load: { of: () => none, openVoiceOf: () => null, onChanged: () => () => undefined },
    phones: { hasPhone: () => false, ring: () => undefined, silence: () => undefined, legOf: () => null },
    directory: { user: (id) => byId.get(id) ?? null, users: () => users, isActive: () => true },
    queues: {
      all: () => queues, byId: (id) => queues.find((queue) => queue.id === id) ?? null, standard: () => null, isVoiceQueue: () => true, settings: () => ({ unansweredTimeoutMs: 120_000 }),
      rules: () => [], music: () => [], schedules: () => [], schedule: () => null, skills: () => [], skill: () => null, skillsOf: () => NO_SKILLS,
    },
    publish: {
      desk: (user, now) => live.publishTo(user, { type: "desk", desk: now }),
      queues: { isWatched: () => live.isWatched("queues"), lines: (items, whole) => live.publishTopic("queues", { type: whole ? "queues" : "queue-lines", items: [...items] }), waiting: (calls) => live.publishAll({ type: "waiting", calls }) },
      liveView: { isWatched: () => live.isWatched("live-view"), send: (change, whole) => live.publishTopic("live-view", { type: "live-view", change, whole }) },
    },
  });
  routing.start();
  const desktops = openDesktops(live, users);
  const idOf = (agent: number): UserId => (users[agent] as User).id;
  return {
    enter: (queue) => desk.enter(queues[queue] as Queue),
    free: (agent) => void routing.setStatus(idOf(agent), "available"),
    onOffered: desktops.onOffered,
    accept: async (agent) => {
      const { offer } = routing.deskOf(idOf(agent));
      if (offer !== null) await routing.accept(offer.id, idOf(agent));
    },
    end: (agent) => desk.end(idOf(agent)),
    waiting: routing.callsWaiting, sent: desktops.sent,
    stop: () => {
      routing.stop();
      agents.stop();
      live.stop();
    },
  };
}

const BEAT = JSON.stringify({ type: "beat" }), ALIVE = JSON.stringify({ type: "alive" });

/** A desktop's socket for every agent, which looks at nothing but offers. */
function openDesktops(live: LiveService, users: readonly User[]): Pick<Room, "onOffered" | "sent"> {
  const sent = { updates: 0, bytes: 0 };
  let offered: (call: CallId, agent: number, at: number) => void = () => undefined;
  for (const [n, user] of users.entries()) {
    const socket = live.connect({
      close: () => undefined, bufferedBytes: () => 0,
      send: (text) => {
        if (text === BEAT) { queueMicrotask(() => socket.received(ALIVE)); return; }
        sent.updates += 1;
        sent.bytes += text.length;
        const call = /"offer":\{"id":"[^"]+","callId":"([^"]+)"/.exec(text)?.[1];
        if (call !== undefined) offered(call as CallId, n, performance.now());
      },
    }, { sessionId: `s${n}`, user });
    socket.received(JSON.stringify({ type: "hello", seen: null, tab: "tab" }));
    socket.received(JSON.stringify({ type: "desktop", open: true }));
  }
  return { onOffered: (listen) => { offered = listen; }, sent: () => ({ ...sent }) };
}

/** Calls that enter a queue, are taken and end, and do nothing else. */
function createCallDesk(now: () => Millis, users: ReadonlyMap<UserId, User>) {
  const waiting = new Map<CallId, WaitingCall>();
  const taken = new Map<UserId, WaitingCall>();
  let listen: (change: CallChange) => void = () => undefined;
  let made = 0;
  const unused = (): never => { throw new Error("not part of this bench"); };
  const calls: Calls = {
    accept: async (id, agent) => {
      const call = waiting.get(id);
      if (call === undefined || !users.has(agent.userId)) return err({ type: "call-over", call: id });
      waiting.delete(id);
      taken.set(agent.userId, call);
      listen({ type: "started", callId: id, userId: agent.userId, direction: "inbound" });
      listen({ type: "not-waiting", callId: id, queueId: call.queueId });
      return ok(undefined);
    },
    noteOffer: () => undefined, noteOfferEnd: () => undefined,
    voicesOf: () => null, hasLeg: () => false,
    callOf: (user) => {
      const call = taken.get(user);
      return call === undefined ? null : {
        id: call.callId, direction: "inbound", phase: "talking", caller: { number: call.from, customerId: null, name: call.customerName }, conversationId: null, supportNumber: call.supportNumber, queueName: call.queueName,
        startedAt: call.enteredAt, talkingSince: call.enteredAt, heldSince: null, connectBy: null, device: "browser", recording: false, enteredDigits: "", mos: null,
      };
    },
    waiting: () => [...waiting.values()],
    onChanged: (heard) => {
      listen = heard;
      return () => undefined;
    },
    dial: unused, connectAudio: unused, audioFailed: unused, hold: unused, resume: unused, sendDigits: unused, hangUp: unused, get: unused, markHeard: unused, queuesChanged: unused,
  };
  return {
    calls,
    enter: (queue: Queue): CallId => {
      made += 1;
      const callId = `call${made}` as CallId;
      const call: WaitingCall = {
        callId, queueId: queue.id, queueName: queue.displayName, enteredAt: now(), atHead: false, priority: 0, skills: [], callback: false, from: "+12025550123" as E164, customerId: null, customerName: "Dana",
        supportNumber: "+12025550100" as E164, supportNumberLabel: "Support line", ivrPath: [], declinedBy: [],
      };
      waiting.set(callId, call);
      listen({ type: "waiting", call });
      return callId;
    },
    end: (user: UserId): void => {
      const call = taken.get(user);
      if (call === undefined) return;
      taken.delete(user);
      listen({ type: "left", userId: user, call: { id: call.callId, customerId: null, conversationId: null, reason: null }, queueId: call.queueId, gone: false });
    },
  };
}
