import { expect, test } from "vitest";
import { createPaceClock } from "./pace-clock.ts";

/** A clock that moves only when told, with one pending timer. */
function manualTime() {
  let now = 1_000;
  let pending: { at: number; run: () => void } | null = null;
  return {
    nowMs: () => now,
    afterReading: (run: () => void) => { run(); },
    schedule: (delayMs: number, run: () => void) => {
      pending = { at: now + delayMs, run };
      return () => { pending = null; };
    },
    /** Moves on, waking the timer `lateMs` after each of its due times. */
    pass: (ms: number, lateMs = 0) => {
      const until = now + ms;
      while (pending !== null && pending.at + lateMs <= until) {
        const { at, run } = pending;
        pending = null;
        now = Math.max(now, at + lateMs);
        run();
      }
      now = until;
    },
    idle: () => pending === null,
  };
}
const neverBug = (bug: unknown): void => { throw bug; };

test("fifty frames a second, without drift although every timer fires late", () => {
  const time = manualTime();
  const clock = createPaceClock({ ...time, onBug: neverBug });
  let frames = 0;
  clock.add((_, elapsed) => { frames += elapsed; });
  time.pass(60_000, 1.7);
  expect(Math.abs(frames - 3_000)).toBeLessThanOrEqual(1);
});

test("a short stall is made up for frame by frame, a long one is skipped and told", () => {
  const time = manualTime();
  const clock = createPaceClock({ ...time, onBug: neverBug });
  const elapsed: number[] = [];
  clock.add((_, frames) => { elapsed.push(frames); });
  time.pass(100);
  elapsed.length = 0;
  time.pass(100, 90);
  expect(elapsed.every((frames) => frames === 1)).toBe(true);
  time.pass(2_000, 1_000);
  expect(Math.max(...elapsed)).toBeGreaterThan(40);
  const total = elapsed.reduce((sum, frames) => sum + frames, 0);
  expect(Math.abs(total - 105)).toBeLessThanOrEqual(51);
});

test("many tasks are spread over the phases of a frame, a few share one", () => {
  for (const [tasks, phases] of [[1, 1], [20, 1], [21, 2], [200, 10], [300, 10]] as const) {
    const time = manualTime();
    const clock = createPaceClock({ ...time, onBug: neverBug });
    const at = new Map<number, number>();
    for (let task = 0; task < tasks; task += 1) clock.add((now) => { at.set(now % 20, (at.get(now % 20) ?? 0) + 1); });
    time.pass(40);
    at.clear();
    time.pass(20);
    expect([at.size, Math.max(...at.values())]).toEqual([phases, Math.max(Math.min(tasks, 20), tasks / 10)]);
    clock.close();
  }
});

test("a task that comes while the clock waits for others runs once per frame from the next on", () => {
  const time = manualTime();
  const clock = createPaceClock({ ...time, onBug: neverBug });
  const stop = Array.from({ length: 21 }, () => clock.add(() => {}));
  stop.slice(0, 20).forEach((one) => one());
  time.pass(37);
  let frames = 0;
  clock.add((_, elapsed) => { frames += elapsed; });
  time.pass(1_000);
  expect(Math.abs(frames - 50)).toBeLessThanOrEqual(1);
});

test("a task that throws stops no other, and a clock without tasks sleeps", () => {
  const time = manualTime();
  const bugs: unknown[] = [];
  const clock = createPaceClock({ ...time, onBug: (bug) => { bugs.push(bug); } });
  let ran = 0;
  const stop = [clock.add(() => { throw new Error("planted"); }), clock.add(() => { ran += 1; })];
  time.pass(200);
  expect(bugs.length).toBeGreaterThan(8);
  expect(ran).toBeGreaterThan(8);
  stop.forEach((one) => one());
  time.pass(40);
  expect(time.idle()).toBe(true);
});

test("after a stall the sockets are read before anybody asks for frames", () => {
  const time = manualTime();
  const waiting: (() => void)[] = [];
  const clock = createPaceClock({ ...time, afterReading: (run) => { waiting.push(run); }, onBug: neverBug });
  let frames = 0;
  clock.add(() => { frames += 1; });
  time.pass(100, 1);
  expect([frames > 3, waiting.length]).toEqual([true, 0]);
  const before = frames;
  time.pass(60, 50);
  expect([frames, waiting.length]).toEqual([before, 1]);
  waiting.pop()?.();
  expect(frames).toBeGreaterThan(before + 1);
  time.pass(100, 50);
  clock.close();
  waiting.pop()?.();
  expect(time.idle()).toBe(true);
});
