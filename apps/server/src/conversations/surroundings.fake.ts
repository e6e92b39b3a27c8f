// A small house around conversations, for tests.
import type { QueueId, TeamId, UserId } from "@ringdesk/std";
import type { SkillWish } from "@ringdesk/contract/http";
import type { Channel } from "./capacity.rules.ts";
import type { ConversationSurroundings } from "./conversations.ports.ts";

type Names = {
  readonly users?: Readonly<Record<string, string>>;
  readonly teams?: Readonly<Record<string, string>>;
  readonly queues?: Readonly<Record<string, { readonly name: string; readonly priority?: number; readonly channels: readonly Channel[] }>>;
  /** Where what names no queue goes. */
  readonly standard?: string;
  /** What the rule asks for that sends it there. */
  readonly skills?: readonly SkillWish[];
  /** What was asked about conversations that name no queue. */
  readonly asked?: Parameters<ConversationSurroundings["route"]>[0][];
};

export function houseOf({ users = {}, teams = {}, queues = {}, standard, skills = [], asked = [] }: Names): ConversationSurroundings {
  return {
    userName: (id: UserId) => users[id] ?? null,
    teamName: (id: TeamId) => teams[id] ?? null,
    queue: (id: QueueId) => {
      const queue = queues[id];
      return queue === undefined ? null : { name: queue.name, priority: queue.priority ?? 0, takes: (channel) => queue.channels.includes(channel) };
    },
    route: (incoming) => {
      asked.push(incoming);
      return standard === undefined ? null : { queueId: standard as QueueId, skills: [...skills] };
    },
    readNumber: (text) => (/^\+[1-9]\d{1,14}$/.test(text) ? text as ReturnType<ConversationSurroundings["readNumber"]> : null),
  };
}
