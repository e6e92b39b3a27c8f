// What the house knows of its agents: who belongs to which team, who may take which calls, and who is available now.
import type { Millis, QueueId, SubStatusId, TeamId, UserId } from "@ringdesk/std";
import type { AgentStatus, Capacity } from "@ringdesk/contract/http";
import type { z } from "zod";
import type { statusCause } from "./agent.facts.ts";

/** Why a status has changed. Stored with the history; the words for a person are in `statusWords`. */
export type StatusCause = z.output<typeof statusCause>;

/** STAT-1: a kind of Busy or Unavailable, with its name as it stood when it was chosen. */
export type NamedSubStatus = { readonly id: SubStatusId; readonly name: string };

/** What an agent's status is, since when, and in words why; null when the agent chose it. */
/** `why` is said to the agent, `reason` to others. */
export type StatusView = { readonly value: AgentStatus; readonly since: Millis; readonly why: string | null; readonly reason: string | null; readonly subStatus: NamedSubStatus | null };

/** TEAM-3: whether an agent may call, else why not, in words for that agent. */
export type DialerAccess = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** A team with its routing profile (TEAM-2). */
export type Team = {
  readonly id: TeamId;
  readonly name: string;
  readonly displayName: string;
  readonly routingEnabled: boolean;
  readonly members: readonly UserId[];
  readonly queues: readonly QueueId[];
  /** CAP-3: calls are routed although other channels fill the capacity. */
  readonly routeWhenOverCapacity: boolean;
  readonly capacity: Capacity;
};

/** What a team's routing profile says of the load of its members. */
export type Profile = Pick<Team, "routeWhenOverCapacity" | "capacity">;

/** Statuses and team membership, in memory, always answered at once. */
export interface Agents {
  /** A user nobody has heard of is unavailable. */
  readonly status: (user: UserId) => StatusView;
  /** Takes effect at once; the fact is appended behind it, in order. The same status again changes nothing. */
  readonly setStatus: (user: UserId, status: AgentStatus, cause: StatusCause, subStatus?: NamedSubStatus | null) => void;
  /** Whether a desktop page of this agent is connected (STAT-2). */
  readonly hasDesktop: (user: UserId) => boolean;
  readonly desktopOpened: (user: UserId, tab: string) => void;
  readonly desktopClosed: (user: UserId, tab: string) => void;
  /** STAT-1: who signs in, without a call and without another desktop, starts as unavailable. */
  readonly signedIn: (user: UserId) => void;
  readonly signedOut: (user: UserId) => void;
  /** To be told when a call of this agent has ended: a desktop that is gone by then counts (STAT-5). `wrapUpMs`: the queue's wrap-up time, when it has one (STAT-3). */
  readonly callEnded: (user: UserId, wrapUpMs: number | null) => void;
  /** Members of the teams that have routing enabled and are assigned to the queue, whatever their status. */
  readonly eligibleFor: (queue: QueueId) => readonly UserId[];
  /** The voice-enabled queues whose calls this agent can be offered. */
  readonly voiceQueues: (user: UserId) => readonly QueueId[];
  /** Every queue that this agent serves through a routing-enabled team, whatever its channels. */
  readonly queues: (user: UserId) => readonly QueueId[];
  /** The profiles of the routing-enabled teams through which this agent serves the queue. */
  readonly profiles: (user: UserId, queue: QueueId) => readonly Profile[];
  readonly dialer: (user: UserId) => DialerAccess;
  readonly teams: () => readonly Team[];
  /** Status, desktop or membership of this agent changed. Returns how to stop listening. */
  readonly onChanged: (listen: (user: UserId) => void) => () => void;
}

/** What the agents need of the rooms below: given by the composition root. */
export type AgentsSurroundings = {
  readonly isOnCall: (user: UserId) => boolean;
  readonly isVoiceQueue: (queue: QueueId) => boolean;
  /** Members who are invited or deactivated take no calls. */
  readonly isActive: (user: UserId) => boolean;
};

/** An agent's last recorded status. */
export type KnownStatus = { readonly user: UserId; readonly status: AgentStatus; readonly subStatus: NamedSubStatus | null; readonly since: Millis; readonly cause: StatusCause; /** When wrap-up ends that has begun in it. */ readonly wrapUpUntil: Millis | null };

/** Where teams and last statuses are read from. */
export interface TeamsStore {
  /** Rejects while the database is away. */
  readonly teams: () => Promise<readonly Team[]>;
  readonly statuses: () => Promise<readonly KnownStatus[]>;
}
