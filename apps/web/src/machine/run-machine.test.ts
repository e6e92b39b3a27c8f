import type { Millis } from "@ringdesk/std";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createListeners, nowMs, runMachine } from "./run-machine.ts";

type State = { readonly count: number; readonly due: Millis | null };
type Event = { readonly type: "add" | "clock.reached" | "wait"; readonly now: Millis };

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function counter() {
  const performed: number[] = [];
  const settled: number[] = [];
  const machine = runMachine<State, Event, number>({
    initial: { count: 0, due: null },
    step: (state, event) => (event.type === "wait" ? { state: { ...state, due: (event.now + 1_000) as Millis }, effects: [] } : { state: { count: state.count + 1, due: null }, effects: [state.count + 1] }),
    deadline: (state) => state.due,
    clockReached: () => ({ type: "clock.reached", now: nowMs() }),
    perform: (effect) => { performed.push(effect); },
    settled: (state) => { settled.push(state.count); },
  });
  return { machine, performed, settled };
}

test("effects are performed in order and the state is told afterwards", () => {
  const { machine, performed, settled } = counter();
  machine.feed({ type: "add", now: nowMs() });
  machine.feed({ type: "add", now: nowMs() });
  expect([performed, settled, machine.state().count]).toEqual([[1, 2], [1, 2], 2]);
});

test("one timer follows the deadline, and none is left when it is gone", () => {
  const { machine, performed } = counter();
  machine.feed({ type: "wait", now: nowMs() });
  vi.advanceTimersByTime(600);
  machine.feed({ type: "wait", now: nowMs() });
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(999);
  expect(performed).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(performed).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a stopped machine hears nothing more", () => {
  const { machine, performed } = counter();
  machine.feed({ type: "wait", now: nowMs() });
  machine.stop();
  vi.advanceTimersByTime(5_000);
  machine.feed({ type: "add", now: nowMs() });
  expect(performed).toEqual([]);
});

test("listeners are told until they leave", () => {
  const { subscribe, tell } = createListeners();
  let told = 0;
  const leave = subscribe(() => { told += 1; });
  tell();
  leave();
  tell();
  expect(told).toBe(1);
});
