// What there is to see of routing besides one's own desk: lines of queues, the live view, today's service level, places in
// line, and why a call is not routed. It decides nothing.
import { addMs, type CallId, type Millis, type QueueId, type Result, type UserId } from "@ringdesk/std";
import type { DayCount } from "@ringdesk/contract/http";
import type { Logger } from "pino";
import type { CallChange, Calls } from "../calls/index.ts";
import type { Load } from "../conversations/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Directory } from "../organisation/index.ts";
import type { Agents } from "../teams/index.ts";
import type { Board } from "./board.rules.ts";
import { ANSWER_WITHIN_MS, createDayCounts, dayStart } from "./day-counts.ts";
import { createLiveView } from "./live-view.service.ts";
import { placeOf } from "./position.rules.ts";
import { createHeadcounts, createQueueLines, type WaitingRoom } from "./queue-lines.service.ts";
import type { DeskPublisher, Queues, Routing } from "./routing.ports.ts";
import { createHandOvers, KEPT_HAND_OVERS, RECENT_MS } from "./wait-estimate.rules.ts";
import { whyNotRouted } from "./why-not.rules.ts";

export type OutlookDeps = {
  readonly calls: Calls;
  readonly agents: Agents;
  readonly queues: Queues;
  readonly directory: Pick<Directory, "user" | "users" | "isActive">;
  readonly load: Load;
  readonly publish: DeskPublisher;
  /** What was counted of a day before this start (RTE-10), and the time zone in which days turn. */
  readonly countDay: (from: Millis, withinMs: number) => Promise<Result<readonly (DayCount & { readonly queueId: QueueId })[], unknown>>;
  readonly timeZone: () => string;
  /** The last `each` hand-overs of every queue within a span of time (QUE-6). */
  readonly recentHandOvers: (span: { readonly from: Millis; readonly until: Millis }, each: number) => Promise<Result<readonly { readonly queueId: QueueId; readonly at: Millis }[], unknown>>;
  readonly clock: Clock;
  readonly log: Logger;
};

export type Outlook = Pick<Routing, "queueLines" | "callsWaiting" | "liveView" | "positionOf" | "whyNotRouted"> & {
  /** Something of this agent has changed. */
  readonly touchAgent: (user: UserId) => void;
  readonly touchQueue: (queue: QueueId | null) => void;
  readonly touchAll: () => void;
  /** Keeps the waiting room. */
  readonly onCall: (change: CallChange) => void;
  /** Reads what was counted of today, and how often calls were taken lately, before this start. */
  readonly start: () => void;
  readonly stop: () => void;
};

export function createOutlook(deps: OutlookDeps, waiting: WaitingRoom, board: () => Board): Outlook {
  const { agents, calls, clock, directory, load, queues } = deps;
  const nameOf = nameIn(directory);
  const heads = createHeadcounts();
  const days = createDayCounts(deps.timeZone);
  const handOvers = createHandOvers();
  const lines = createQueueLines({ queues, waiting, headcount: heads.of, board, nameOf, publish: deps.publish.queues, clock });
  const view = createLiveView({ agents, calls, queues, directory, board, lines: lines.all, days, handOvers, publish: deps.publish.liveView, clock });
  const touchQueue = (queue: QueueId | null): void => {
    if (queue === null) return;
    lines.touch(queue);
    view.touchQueue(queue);
  };
  return {
    queueLines: lines.all, callsWaiting: waiting.size, liveView: view.now, touchQueue,
    touchAgent: (user) => {
      view.touchAgent(user);
      for (const queue of heads.set(user, agents.status(user).value, agents.queues(user))) touchQueue(queue);
    },
    touchAll: () => {
      lines.touchAll();
      view.touchAll();
    },
    onCall: (change) => {
      days.onCallChange(change, clock.now());
      const queue = change.type === "started" ? waiting.get(change.callId)?.queueId : undefined;
      if (queue !== undefined) handOvers.note(queue, clock.now());
      if (change.type === "waiting") waiting.put(change.call);
      if (change.type === "not-waiting") waiting.remove(change.callId);
      if (change.type === "waiting") touchQueue(change.call.queueId);
      if (change.type === "not-waiting") touchQueue(change.queueId);
    },
    positionOf: (call) => {
      const place = placeOf(board(), call);
      return place === null ? null : { position: place.position, estimatedWaitMs: handOvers.estimate(place.queue, place.position, clock.now()) };
    },
    whyNotRouted: (id: CallId) => {
      const call = waiting.get(id) ?? null;
      return whyNotRouted(id, {
        call, queue: call === null ? null : queues.byId(call.queueId), teams: agents.teams(), board: board(), nameOf, skillName: (skill) => queues.skill(skill)?.name ?? null, skillsOf: queues.skillsOf, now: clock.now(), isActive: directory.isActive, statusOf: agents.status,
        hasDesktop: agents.hasDesktop, isOnCall: (user) => calls.callOf(user) !== null, loadOf: load.of, profilesOf: agents.profiles, openVoiceOf: load.openVoiceOf,
      });
    },
    start: () => {
      const now = clock.now();
      void deps.recentHandOvers({ from: addMs(now, -RECENT_MS), until: now }, KEPT_HAND_OVERS).then((before) => {
        if (before.ok) handOvers.seed(before.value);
        else deps.log.warn("waits are estimated from this start on, because the database is away");
      });
      void deps.countDay(dayStart(now, deps.timeZone()), ANSWER_WITHIN_MS).then((counted) => {
        if (counted.ok) days.seed(counted.value);
        else deps.log.warn("today's service level counts from this start, because the database is away");
      });
    },
    stop: () => {
      lines.stop();
      view.stop();
    },
  };
}

/** How an agent is called; whoever is not known has no name. */
export const nameIn = (directory: Pick<Directory, "user">) => (user: UserId): string => directory.user(user)?.name ?? "An agent";
