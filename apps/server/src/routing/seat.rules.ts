// What an agent can be given now, queue by queue and channel by channel. Pure. STAT-2, CAP-1 to CAP-4.
import type { QueueId, UserId } from "@ringdesk/std";
import { capacityFor, type Channel, type ChannelLoad } from "../conversations/index.ts";
import type { Agents } from "../teams/index.ts";
import { laneId, type LaneId } from "./board.rules.ts";
import type { Queues } from "./routing.ports.ts";

const CHANNELS: readonly Channel[] = ["voice", "sms", "email", "chat"];

export type SeatParts = {
  /** Available, at a live desktop, without a call. */
  readonly present: boolean;
  readonly load: ChannelLoad;
  readonly queues: readonly QueueId[];
  readonly profiles: (queue: QueueId) => ReturnType<Agents["profiles"]>;
  readonly isVoiceQueue: (queue: QueueId) => boolean;
};

/** The lanes this agent is open for. A queue that takes no voice gives nobody its calls (QUE-5). */
export function openLanes(parts: SeatParts): readonly LaneId[] {
  if (!parts.present) return [];
  return parts.queues.flatMap((queue) => {
    const profiles = parts.profiles(queue);
    return CHANNELS.filter((channel) => channel !== "voice" || parts.isVoiceQueue(queue))
      .filter((channel) => capacityFor(parts.load, profiles, channel) !== "full")
      .map((channel) => laneId(queue, channel));
  });
}

/** What keeps calls from an agent who has everything else: an open voice conversation, or the total of their conversations. */
export type Fullness = "voice" | "total" | null;

/** Null when a call of at least one of their queues could be offered, or none has voice. */
export function fullnessOf(parts: Omit<SeatParts, "present">): Fullness {
  const answers = parts.queues.filter(parts.isVoiceQueue).map((queue) => fullnessIn(parts.load, parts.profiles(queue)));
  return answers.includes(null) ? null : (answers[0] ?? null);
}
/** The same for the calls of one queue. */
export function fullnessIn(load: ChannelLoad, profiles: ReturnType<Agents["profiles"]>): Fullness {
  if (capacityFor(load, profiles, "voice") !== "full") return null;
  return load.voice > 0 ? "voice" : "total";
}

/** How a user's capacity is asked for, in the rooms that know. */
export const seatPartsOf = (agents: Pick<Agents, "queues" | "profiles">, queues: Pick<Queues, "isVoiceQueue">, load: ChannelLoad, user: UserId): Omit<SeatParts, "present"> =>
  ({ load, queues: agents.queues(user), profiles: (queue) => agents.profiles(user, queue), isVoiceQueue: queues.isVoiceQueue });
