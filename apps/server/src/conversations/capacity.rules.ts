// How much an agent can take at once. Pure. CAP-1, CAP-2, CAP-3.
import type { CapacityUse, Conversation } from "@ringdesk/contract/http";

export type Channel = Conversation["channel"];
/** Open conversations assigned to an agent, by channel. What is snoozed, in wrap-up or done takes up nothing. */
export type ChannelLoad = Readonly<Record<Channel, number>>;
/** What a routing profile says of one agent (TEAM-2): conversations at once, by channel and in all. */
export type CapacityProfile = {
  readonly routeWhenOverCapacity: boolean;
  readonly capacity: Readonly<Record<Exclude<Channel, "voice"> | "total", number>>;
};
/** `over-allowed`: the total is full, and the profile lets a call through all the same. */
export type Capacity = "free" | "full" | "over-allowed";

/** CAP-1: voice conversations that one agent can have open, whatever the profile says. */
export const VOICE_CAPACITY = 1;
export const NO_LOAD: ChannelLoad = { voice: 0, sms: 0, email: 0, chat: 0 };

export const totalOf = (load: ChannelLoad): number => load.voice + load.sms + load.email + load.chat;

/**
 * Whether an agent with this load can be given one more conversation of a channel. An agent in several teams of a queue can
 * when any of the profiles says so; without a profile nothing is routed.
 */
export function capacityFor(load: ChannelLoad, profiles: readonly CapacityProfile[], channel: Channel): Capacity {
  const answers = profiles.map((profile) => capacityIn(load, profile, channel));
  if (answers.includes("free")) return "free";
  return answers.includes("over-allowed") ? "over-allowed" : "full";
}

/** What an agent has open against the most that any of the profiles allows; null without one. */
export function capacityUse(load: ChannelLoad, profiles: readonly CapacityProfile[]): CapacityUse | null {
  if (profiles.length === 0) return null;
  const most = (channel: keyof CapacityProfile["capacity"]): number => Math.max(...profiles.map(({ capacity }) => capacity[channel]));
  return {
    voice: { open: load.voice, limit: VOICE_CAPACITY }, sms: { open: load.sms, limit: most("sms") }, email: { open: load.email, limit: most("email") },
    chat: { open: load.chat, limit: most("chat") }, total: { open: totalOf(load), limit: most("total") },
  };
}

function capacityIn(load: ChannelLoad, { capacity, routeWhenOverCapacity }: CapacityProfile, channel: Channel): Capacity {
  const limit = channel === "voice" ? VOICE_CAPACITY : capacity[channel];
  if (load[channel] >= limit) return "full";
  if (totalOf(load) < capacity.total) return "free";
  return channel === "voice" && routeWhenOverCapacity ? "over-allowed" : "full";
}
