// Tells the pages that list conversations that something has changed, together for all changes of a while.
import { addMs } from "@ringdesk/std";
import type { Clock } from "../kernel/index.ts";

/** A list on screen is read anew at most this often. */
const TOGETHER_MS = 2_000;

export type ListNews = { readonly changed: () => void; readonly stop: () => void };

export function createListNews(deps: { readonly clock: Clock; readonly publish: () => void }): ListNews {
  let off: (() => void) | null = null;
  return {
    changed: () => {
      off ??= deps.clock.at(addMs(deps.clock.now(), TOGETHER_MS), () => {
        off = null;
        deps.publish();
      });
    },
    stop: () => off?.(),
  };
}
