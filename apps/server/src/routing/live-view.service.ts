// What managers watch (RTE-10). What has changed is gathered and goes out together, and only while somebody watches.
import { addMs, type QueueId, type UserId } from "@ringdesk/std";
import type { LiveAgent, LiveQueue, LiveView, LiveViewChange, QueueLine } from "@ringdesk/contract/http";
import type { Calls } from "../calls/index.ts";
import type { Channel } from "../conversations/index.ts";
import type { Clock } from "../kernel/index.ts";
import type { Directory } from "../organisation/index.ts";
import type { Agents, Team } from "../teams/index.ts";
import { isVoiceLane, laneId, type Board } from "./board.rules.ts";
import { ANSWER_WITHIN_MS, type DayCounts } from "./day-counts.ts";
import { waitingIn } from "./lane.rules.ts";
import { placeOf } from "./position.rules.ts";
import type { LiveViewPublisher, Queues } from "./routing.ports.ts";
import type { HandOvers } from "./wait-estimate.rules.ts";

/** Changes within this time go out together. */
const TOGETHER_MS = 250;
const OTHER_CHANNELS: readonly Channel[] = ["sms", "email", "chat"];

export type LiveViewDeps = {
  readonly agents: Agents;
  readonly calls: Pick<Calls, "callOf">;
  readonly queues: Pick<Queues, "all">;
  readonly directory: Pick<Directory, "users">;
  readonly board: () => Board;
  readonly lines: () => readonly QueueLine[];
  readonly days: DayCounts;
  readonly handOvers: HandOvers;
  readonly publish: LiveViewPublisher;
  readonly clock: Clock;
};

export type LiveViewService = {
  readonly now: () => LiveView;
  readonly touchQueue: (queue: QueueId) => void;
  readonly touchAgent: (user: UserId) => void;
  readonly touchAll: () => void;
  readonly stop: () => void;
};

export function createLiveView(deps: LiveViewDeps): LiveViewService {
  const { clock, publish } = deps;
  const queues = new Set<QueueId>();
  const agents = new Set<UserId>();
  let all = false;
  let disarm: (() => void) | null = null;

  const flush = (): void => {
    disarm = null;
    const whole = all;
    const change = whole ? viewOf(deps) : partOf(deps, queues, agents);
    all = false;
    queues.clear();
    agents.clear();
    if (publish.isWatched()) publish.send(change, whole);
  };
  /** Whoever begins to watch is told everything: nothing is gathered for nobody. */
  const schedule = (): boolean => {
    if (!publish.isWatched()) return false;
    disarm ??= clock.at(addMs(clock.now(), TOGETHER_MS), flush);
    return true;
  };
  return {
    now: () => ({ ...viewOf(deps), thresholdMs: addMs(clock.now(), ANSWER_WITHIN_MS - clock.now()) }),
    touchQueue: (queue) => { if (schedule()) queues.add(queue); },
    touchAgent: (user) => { if (schedule()) agents.add(user); },
    touchAll: () => { if (schedule()) all = true; },
    stop: () => disarm?.(),
  };
}

function viewOf(deps: LiveViewDeps): LiveViewChange {
  const teams = teamsByUser(deps.agents.teams());
  const shown = deps.directory.users().filter(({ id }) => teams.has(id) || deps.agents.hasDesktop(id) || deps.calls.callOf(id) !== null);
  return {
    queues: deps.lines().map((line) => queueOf(deps, line)),
    agents: shown.map(({ id, name }) => agentOf(deps, id, name, teams.get(id) ?? [])),
    today: deps.days.total(deps.clock.now()),
  };
}

function partOf(deps: LiveViewDeps, queues: ReadonlySet<QueueId>, users: ReadonlySet<UserId>): LiveViewChange {
  const teams = users.size === 0 ? null : teamsByUser(deps.agents.teams());
  return {
    queues: queues.size === 0 ? [] : deps.lines().filter(({ id }) => queues.has(id)).map((line) => queueOf(deps, line)),
    agents: teams === null ? [] : deps.directory.users().filter(({ id }) => users.has(id)).map(({ id, name }) => agentOf(deps, id, name, teams.get(id) ?? [])),
    today: deps.days.total(deps.clock.now()),
  };
}

function queueOf({ board, days, handOvers, clock }: LiveViewDeps, line: QueueLine): LiveQueue {
  const now = clock.now();
  const waits = (channel: Channel): number => { const lane = board().lanes.get(laneId(line.id, channel)); return lane === undefined ? 0 : waitingIn(lane) + lane.held; };
  const voice = waits("voice") - line.waiting.length;
  return {
    ...line, conversations: Math.max(0, voice) + OTHER_CHANNELS.reduce((sum, channel) => sum + waits(channel), 0), today: days.of(line.id, now),
    waiting: line.waiting.map((call, at) => {
      const position = placeOf(board(), call.callId)?.position ?? at + 1;
      return { ...call, position, estimatedWaitMs: handOvers.estimate(line.id, position, now) };
    }),
  };
}

function agentOf({ agents, calls, board }: LiveViewDeps, id: UserId, name: string, teams: readonly string[]): LiveAgent {
  const status = agents.status(id);
  const call = calls.callOf(id);
  const seat = board().seats.get(id);
  const doing = call !== null ? "on-call" : seat?.hold.kind === "ringing" ? "ringing" : status.value !== "available" ? "away" : seat?.open.some(isVoiceLane) === true ? "ready" : "kept";
  return {
    id, name, teams: [...teams], status: status.value, since: status.since, subStatus: status.subStatus?.name ?? null, doing,
    call: call === null ? null : { callId: call.id, direction: call.direction, number: call.caller.number, name: call.caller.name, since: call.talkingSince ?? call.startedAt },
  };
}

function teamsByUser(teams: readonly Team[]): ReadonlyMap<UserId, readonly string[]> {
  const names = new Map<UserId, string[]>();
  for (const team of teams) for (const user of team.members) names.set(user, [...(names.get(user) ?? []), team.displayName]);
  return names;
}
