import type { LegId, Millis } from "@ringdesk/std";
import { expect, test } from "vitest";
import { createEventHub } from "./event-hub.ts";
import type { LegEvent } from "./telephony.ports.ts";

const event: LegEvent = { type: "ringing", leg: "a" as LegId, at: 0 as Millis, position: { epoch: "e", seq: 1 } };
const ignore = (): void => undefined;

test("an event is done when all that must persist it have, each counted once", () => {
  const hub = createEventHub(ignore);
  const owed: (() => void)[] = [];
  hub.onEvent((_, persisted) => owed.push(persisted));
  hub.onEvent((_, persisted) => owed.push(persisted));
  let done = 0;
  hub.deliver(event, () => { done += 1; });
  owed[0]?.();
  owed[0]?.();
  expect(done).toBe(0);
  owed[1]?.();
  expect(done).toBe(1);
});

test("while nobody persists events they are not done, whoever observes", () => {
  const hub = createEventHub(ignore);
  const seen: LegEvent[] = [];
  hub.observe((e) => seen.push(e));
  let done = 0;
  hub.deliver(event, () => { done += 1; });
  expect(seen).toEqual([event]);
  expect(done).toBe(0);
});

test("a listener with a bug is reported and holds up nobody", () => {
  const bugs: unknown[] = [];
  const hub = createEventHub((bug) => bugs.push(bug));
  const seen: string[] = [];
  hub.onEvent(() => { throw new Error("bug"); });
  const stop = hub.onEvent((_, persisted) => {
    seen.push("second");
    persisted();
  });
  let done = 0;
  hub.deliver(event, () => { done += 1; });
  stop();
  hub.deliver(event, () => { done += 1; });
  expect([seen, bugs.length, done]).toEqual([["second"], 2, 2]);
});
