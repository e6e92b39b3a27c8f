import type { UserId } from "@ringdesk/std";
import type { Presence } from "./live.ports.ts";

export const countedTopics = ["searches", "levels"] as const;
export type CountedTopic = (typeof countedTopics)[number];

export interface PresenceCount {
  readonly desktop: (user: UserId, tab: string, change: 1 | -1) => void;
  readonly handset: (handset: string, tab: string, change: 1 | -1) => void;
  /** A topic of which it matters whether anybody shows it. */
  readonly topic: (topic: CountedTopic, user: UserId, tab: string, change: 1 | -1) => void;
}

/**
 * Tells presence once per tab: a tab that reconnects has two sockets for a moment, because the old one is not known to be
 * gone yet, and its end must not count as the tab's.
 */
export function createPresenceCount(presence: Presence): PresenceCount {
  const counts = new Map<string, number>();
  const told: Readonly<Record<CountedTopic, { readonly opened: (user: UserId) => void; readonly closed: (user: UserId) => void }>> = {
    searches: { opened: presence.searchesOpened, closed: presence.searchesClosed },
    levels: { opened: presence.levelsOpened, closed: presence.levelsClosed },
  };
  const count = (key: string, change: 1 | -1, opened: () => void, closed: () => void): void => {
    const before = counts.get(key) ?? 0;
    const after = before + change;
    if (after <= 0) counts.delete(key);
    else counts.set(key, after);
    if (before === 0 && after > 0) opened();
    if (before > 0 && after <= 0) closed();
  };
  return {
    desktop: (user, tab, change) => count(`desktop ${user} ${tab}`, change, () => presence.desktopOpened(user, tab), () => presence.desktopClosed(user, tab)),
    handset: (handset, tab, change) => count(`handset ${handset} ${tab}`, change, () => presence.handsetOpened(handset, tab), () => presence.handsetClosed(handset, tab)),
    topic: (topic, user, tab, change) => count(`${topic} ${user} ${tab}`, change, () => told[topic].opened(user), () => told[topic].closed(user)),
  };
}
