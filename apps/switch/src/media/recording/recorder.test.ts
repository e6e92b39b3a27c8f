import { beforeEach, describe, expect, test } from "vitest";
import type { PacedTask } from "../../sockets/pace-clock.ts";
import { CHUNK_FRAMES } from "./chunk-memory.ts";
import { createRecorder, MAX_WAITING_CHUNKS, type Recorder } from "./recorder.ts";
import type { FromWorker } from "./recorder.messages.ts";

/** What the thread holds unwritten, as the recorder is told: its disk stands still, and it takes everything. */
let waiting: number;
let completes: boolean;
let tell: (message: FromWorker) => void;
let tasks: Set<PacedTask>;
let nowMs: number;
let stopped: string[];
let recorder: Recorder;

beforeEach(() => {
  [waiting, completes, nowMs, stopped, tasks] = [0, true, 0, [], new Set()];
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const add = (task: PacedTask) => {
    tasks.add(task);
    return () => void tasks.delete(task);
  };
  const events = { onStarted: () => {}, onStopped: (id: string, why: string) => void stopped.push(`${id} ${why}`) };
  recorder = createRecorder({ mediaFolder: "unused", clock: { add, nowMs: () => nowMs, close: () => {} }, events, log }, ({ onMessage }) => {
    tell = onMessage;
    return {
      take: () => ({ slot: 0, bytes: new Uint8Array(3_200) }),
      append: (_id, _chunk, length) => length > 0,
      waiting: () => waiting,
      post: (message) => { if (message.do === "complete" && completes) tell({ type: "completed", id: message.id, durationMs: 0 }); },
      close: async () => {},
    };
  });
});

/** So many chunks' time passes for every recording. */
function pass(chunks: number): void {
  for (let frame = 0; frame < chunks * CHUNK_FRAMES; frame += 1) {
    nowMs += 20;
    for (const task of tasks) task(nowMs, 1);
  }
}
const begin = (id: string): boolean => recorder.begin(id, () => undefined);
const running = (): string[] => recorder.list().map(({ id }) => id);

describe("REC-4 a disk that stands still", () => {
  test("one recording waits for it a minute, then it has failed", () => {
    begin("a");
    pass(300);
    expect(running()).toEqual(["a"]);
    pass(3);
    expect([running(), stopped]).toEqual([[], ["a failed"]]);
  });

  test("when all together wait for too much, those that wait have failed, but not who is paused or has just begun", () => {
    for (const id of ["a", "b", "paused"]) begin(id);
    pass(3);
    recorder.track("paused")?.pause();
    pass(30);
    waiting = MAX_WAITING_CHUNKS;
    begin("new");
    pass(1);
    expect(running()).toEqual(["a", "b", "paused", "new"]);
    waiting = MAX_WAITING_CHUNKS + 1;
    pass(1);
    expect([running(), stopped]).toEqual([["paused", "new"], ["a failed", "b failed"]]);
    pass(6);
    expect(stopped).toContain("new failed");
  });

  test("while all together wait for too much none begins, and nothing is kept of it", () => {
    waiting = MAX_WAITING_CHUNKS + 1;
    expect([begin("a"), running(), recorder.knows("a"), tasks.size]).toEqual([false, [], false, 0]);
    waiting = MAX_WAITING_CHUNKS;
    expect([begin("a"), running()]).toEqual([true, ["a"]]);
  });

  test("those whose last bytes wait for it count as those that run", () => {
    completes = false;
    const all = Array.from({ length: 1_000 }, (_, n) => `r${n}`);
    expect(all.every(begin)).toBe(true);
    all.slice(0, 600).forEach(recorder.end);
    expect([running().length, begin("more")]).toEqual([400, false]);
    tell({ type: "completed", id: "r0", durationMs: 0 });
    expect([begin("more"), begin("another")]).toEqual([true, false]);
  });

  test("when it writes again, recordings go on", () => {
    begin("a");
    pass(30);
    tell({ type: "written", chunks: Array.from({ length: 28 }, () => ({ id: "a", slot: 0, length: 3_200 })) });
    waiting = MAX_WAITING_CHUNKS + 1;
    pass(1);
    expect(running()).toEqual(["a"]);
  });
});
