// The agents of the house, in memory: one small machine each, and the index of teams.
import { addMs, type UserId } from "@ringdesk/std";
import type { Logger } from "pino";
import type { FactLog } from "../facts/index.ts";
import type { Clock } from "../kernel/index.ts";
import { agentDeadline, newAgent, stepAgent, type AgentEffect, type AgentEvent, type AgentState } from "./agent.machine.ts";
import { agentStream } from "./agent.facts.ts";
import type { Agents, AgentsSurroundings, Team, TeamsStore } from "./agents.ports.ts";
import { statusReasons, statusWords } from "./status.rules.ts";
import { dialerAccess, indexTeams, type TeamIndex } from "./team.rules.ts";

export type AgentsDeps = {
  readonly clock: Clock;
  readonly facts: FactLog;
  readonly store: TeamsStore;
  readonly surroundings: AgentsSurroundings;
  readonly log: Logger;
};

export type AgentsService = Agents & {
  /** Reads teams anew, e.g. after the first start or a change of settings. Rejects while the database is away; then the old ones stay. */
  readonly reload: () => Promise<void>;
  /** To be told when users came, left or came back. */
  readonly usersChanged: () => void;
  /** Resolves when all changes so far are durable or refused. */
  readonly settled: () => Promise<void>;
  readonly stop: () => void;
};

/** Wrap-up that was over while no server was there ends this long after the start: by then it is known who is in a call. */
const RECOVERY_GRACE_MS = 5_000;

/** An agent at work: state, the timer of its deadline, and the appends under way. */
type Desk = { state: AgentState; disarm: () => void; appended: Promise<void> };
const nothing = (): void => {};

/**
 * Reads teams and last statuses and starts. After a restart everybody keeps their status and wrap-up; desktops have the usual grace to
 * connect again (STAT-5).
 */
export async function createAgents(deps: AgentsDeps): Promise<AgentsService> {
  const desks = new Map<UserId, Desk>();
  const listeners = new Set<(user: UserId) => void>();

  const deskOf = (user: UserId): Desk => {
    const known = desks.get(user);
    if (known !== undefined) return known;
    const made: Desk = { state: newAgent(deps.clock.now()), disarm: nothing, appended: Promise.resolve() };
    desks.set(user, made);
    return made;
  };
  const tell = (user: UserId): void => { for (const listen of listeners) listen(user); };
  const membership = await createMembership(deps, tell);
  const arm = (user: UserId, desk: Desk): void => {
    desk.disarm();
    const due = agentDeadline(desk.state);
    desk.disarm = due === null ? nothing : deps.clock.at(due, () =>
      send(user, { type: "clock-reached", onCall: deps.surroundings.isOnCall(user), at: deps.clock.now() }));
  };
  const record = (user: UserId, desk: Desk, effect: AgentEffect): void => {
    const fact = factOf(effect);
    desk.appended = desk.appended.then(async () => {
      const stored = await deps.facts.append(agentStream(user), [fact]);
      if (!stored.ok) deps.log.error({ user, refused: stored.error }, "a change of an agent's status is missing from the history");
    }).catch((error: unknown) => deps.log.error({ user, err: error }, "a change of an agent's status is missing from the history"));
  };
  const send = (user: UserId, event: AgentEvent): void => {
    const desk = deskOf(user);
    const before = desk.state;
    const { state, effects } = stepAgent(before, event);
    if (state === before) return;
    desk.state = state;
    arm(user, desk);
    for (const effect of effects) record(user, desk, effect);
    tell(user);
  };

  for (const known of await deps.store.statuses()) {
    const desk = deskOf(known.user);
    const { status, subStatus, since, cause, wrapUpUntil } = known;
    const soonest = addMs(deps.clock.now(), RECOVERY_GRACE_MS);
    desk.state = { ...desk.state, status, subStatus, since, cause, wrapUpUntil: wrapUpUntil !== null && wrapUpUntil < soonest ? soonest : wrapUpUntil };
    arm(known.user, desk);
  }

  const now = () => deps.clock.now();
  return {
    status: (user) => {
      const { status, subStatus, since, cause } = deskOf(user).state;
      return { value: status, since, why: statusWords[cause], reason: statusReasons[cause], subStatus };
    },
    setStatus: (user, status, cause, subStatus = null) => send(user, { type: "status-set", status, subStatus: status === "available" ? null : subStatus, cause, at: now() }),
    hasDesktop: (user) => deskOf(user).state.desktop.kind === "here",
    desktopOpened: (user, tab) => send(user, { type: "desktop-opened", tab }),
    desktopClosed: (user, tab) => send(user, { type: "desktop-closed", tab, at: now() }),
    signedIn: (user) => send(user, { type: "signed-in", onCall: deps.surroundings.isOnCall(user), at: now() }),
    signedOut: (user) => send(user, { type: "signed-out", onCall: deps.surroundings.isOnCall(user), at: now() }),
    callEnded: (user, wrapUpMs) => send(user, { type: "call-ended", wrapUpMs, at: now() }),
    ...membership,
    onChanged: (listen) => {
      listeners.add(listen);
      return () => { listeners.delete(listen); };
    },
    settled: async () => { await Promise.all([...desks.values()].map((d) => d.appended)); },
    stop: () => { for (const desk of desks.values()) desk.disarm(); },
  };
}

const factOf = (effect: AgentEffect) => (effect.do === "record-wrap-up" ? { type: "agent.wrap-up-set", v: 1, at: effect.at, data: { until: effect.until } }
  : { type: "agent.status-changed", v: 2, at: effect.at, data: { status: effect.status, cause: effect.cause, subStatus: effect.subStatus } });

type Membership = Pick<AgentsService, "eligibleFor" | "voiceQueues" | "queues" | "profiles" | "dialer" | "teams" | "reload" | "usersChanged">;

/** Who belongs to which team, arranged for the questions of routing; `tell` hears of everybody whom a change may concern. */
async function createMembership({ store, surroundings }: AgentsDeps, tell: (user: UserId) => void): Promise<Membership> {
  const { isActive, isVoiceQueue } = surroundings;
  let index: TeamIndex = indexTeams(await store.teams(), isActive);
  const arrange = (teams: readonly Team[]): void => {
    const before = index;
    index = indexTeams(teams, isActive);
    for (const user of new Set([...before.teams, ...index.teams].flatMap((t) => t.members))) tell(user);
  };
  return {
    eligibleFor: (queue) => index.agentsOf.get(queue) ?? [],
    voiceQueues: (user) => (index.queuesOf.get(user) ?? []).filter(isVoiceQueue),
    queues: (user) => index.queuesOf.get(user) ?? [],
    profiles: (user, queue) => (index.teamsOf.get(user) ?? []).filter((team) => team.queues.includes(queue)),
    dialer: (user) => dialerAccess(index, user, isVoiceQueue),
    teams: () => index.teams,
    reload: async () => arrange(await store.teams()),
    usersChanged: () => arrange(index.teams),
  };
}
