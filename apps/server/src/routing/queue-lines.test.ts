import type { QueueLine } from "@ringdesk/contract/http";
import type { QueueId } from "@ringdesk/std";
import { expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { emptyBoard } from "./board.rules.ts";
import { PLAIN_OPTIONS } from "./plan.rules.ts";
import { NOBODY } from "./queue-line.rules.ts";
import { createQueueLines, createWaitingRoom } from "./queue-lines.service.ts";

const MOMENT_MS = 300;

function world() {
  const clock = createFakeClock();
  const told: { readonly names: readonly string[]; readonly whole: boolean }[] = [];
  const how = { isWatched: true };
  const queues = ["sales", "support", "billing"].map((name) => ({ ...PLAIN_OPTIONS, id: name as QueueId, name, displayName: name, isDefault: false, voiceEnabled: true }));
  const lines = createQueueLines({
    queues: { all: () => queues, skill: () => null }, waiting: createWaitingRoom(), headcount: () => NOBODY, board: () => emptyBoard("test"), nameOf: () => "Ana", clock,
    publish: { isWatched: () => how.isWatched, lines: (items: readonly QueueLine[], whole) => { told.push({ names: items.map(({ name }) => name), whole }); }, waiting: () => undefined },
  });
  return { clock, lines, told, how };
}
const all = ["sales", "support", "billing"];

test("RTE-8 whoever watches is told the lines that have changed, those of a moment together, and everything after a change of settings", async () => {
  const { clock, lines, told } = world();
  lines.touchAll();
  await clock.advance(MOMENT_MS);
  for (const queue of ["support", "sales", "support"]) lines.touch(queue as QueueId);
  await clock.advance(MOMENT_MS);
  lines.touch("billing" as QueueId);
  lines.touchAll();
  await clock.advance(MOMENT_MS);
  expect(told).toEqual([{ names: all, whole: true }, { names: ["sales", "support"], whole: false }, { names: all, whole: true }]);
});

test("what changed while nobody watched is told with the next change", async () => {
  const { clock, lines, told, how } = world();
  lines.touchAll();
  await clock.advance(MOMENT_MS);
  how.isWatched = false;
  lines.touch("sales" as QueueId);
  await clock.advance(MOMENT_MS);
  how.isWatched = true;
  lines.touch("billing" as QueueId);
  await clock.advance(MOMENT_MS);
  expect(told.at(-1)).toEqual({ names: ["sales", "billing"], whole: false });
  expect(told).toHaveLength(2);
});
