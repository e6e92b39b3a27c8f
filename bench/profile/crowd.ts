// A large house: a thousand agents, a team and a support number for each of fifty queues. Its server's database is filled with
// it, and its load comes from it.
import type { E164 } from "@ringdesk/std";

export const CROWD = { agents: 1_000, queues: 50, waiting: 500, eventsPerS: 50 } as const;

/** The queue whose only available agent is a person in a browser. */
export const PERSONS_QUEUE = 0;
/** In queues up to this one agents wait for calls, in those after it calls for agents. */
export const LAST_QUIET_QUEUE = 24;

/** Agents count from 1, as their sessions do (`benchToken`). */
export const queueOfAgent = (agent: number): number => (agent - 1) % CROWD.queues;
export const numberOfQueue = (queue: number): E164 => `+1202555${String(1_000 + queue)}` as E164;
export const PERSON = 1;
/** The last agents are managers, who watch the live view; the very last owns the house. */
export const MANAGERS = 10;
export const isManager = (agent: number): boolean => agent > CROWD.agents - MANAGERS;
