// What the house knows of its agents: who belongs to which team, who may take which calls, and who is available now.
import type { Millis, QueueId, TeamId, UserId } from "@ringdesk/std";
import type { AgentStatus } from "@ringdesk/contract/http";
import type { z } from "zod";
import type { statusCause } from "./agent.facts.ts";

/** Why a status has changed. Stored with the history; the words for a person are in `statusWords`. */
export type StatusCause = z.output<typeof statusCause>;

/** What an agent's status is, since when, and in words why; null when the agent chose it. */
export type StatusView = { readonly value: AgentStatus; readonly since: Millis; readonly why: string | null };

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
};

/** Statuses and team membership, in memory, always answered at once. */
export interface Agents {
  /** A user nobody has heard of is unavailable. */
  readonly status: (user: UserId) => StatusView;
  /** Takes effect at once; the fact is appended behind it, in order. The same status again changes nothing. */
  readonly setStatus: (user: UserId, status: AgentStatus, cause: StatusCause) => void;
  /** Whether a desktop page of this agent is connected (STAT-2). */
  readonly hasDesktop: (user: UserId) => boolean;
  readonly desktopOpened: (user: UserId, tab: string) => void;
  readonly desktopClosed: (user: UserId, tab: string) => void;
  /** STAT-1: who signs in, without a call and without another desktop, starts as unavailable. */
  readonly signedIn: (user: UserId) => void;
  readonly signedOut: (user: UserId) => void;
  /** To be told when a call of this agent has ended: a desktop that is gone by then counts (STAT-5). */
  readonly callEnded: (user: UserId) => void;
  /** Members of the teams that have routing enabled and are assigned to the queue, whatever their status. */
  readonly eligibleFor: (queue: QueueId) => readonly UserId[];
  /** The voice-enabled queues whose calls this agent can be offered. */
  readonly voiceQueues: (user: UserId) => readonly QueueId[];
  readonly dialer: (user: UserId) => DialerAccess;
  readonly teams: () => readonly Team[];
  /** Status, desktop or membership of this agent changed. Returns how to stop listening. */
  readonly onChanged: (listen: (user: UserId) => void) => () => void;
}

/** What the agents need of the rooms below: given by the composition root. */
export type AgentsSurroundings = {
  readonly isOnCall: (user: UserId) => boolean;
  readonly isVoiceQueue: (queue: QueueId) => boolean;
};

/** An agent's last recorded status. */
export type KnownStatus = { readonly user: UserId; readonly status: AgentStatus; readonly since: Millis; readonly cause: StatusCause };

/** Where teams and last statuses are read from. */
export interface TeamsStore {
  /** Rejects while the database is away. */
  readonly teams: () => Promise<readonly Team[]>;
  readonly statuses: () => Promise<readonly KnownStatus[]>;
}
