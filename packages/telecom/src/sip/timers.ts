import type { Millis } from "@ringdesk/std";

/** A running timer; a position of -1 means that it has fired or was stopped. */
export type Timer = { readonly at: Millis; readonly fire: (now: Millis) => void; position: number };

/** Timers of one engine: a binary heap with removal, so that tens of thousands of timers cost a few comparisons each. */
export class Timers {
  #heap: Timer[] = [];

  start(at: Millis, fire: (now: Millis) => void): Timer {
    const timer: Timer = { at, fire, position: this.#heap.length };
    this.#heap.push(timer);
    this.#up(timer.position);
    return timer;
  }

  /** Stopping a timer that has fired or was stopped does nothing. */
  stop(timer: Timer | null): void {
    if (timer === null || timer.position < 0) return;
    const hole = timer.position;
    const last = this.#heap.pop() as Timer;
    timer.position = -1;
    if (last === timer) return;
    this.#place(last, hole);
    this.#up(hole);
    this.#down(last.position);
  }

  /** The instant of the earliest timer. */
  deadline(): Millis | null {
    return this.#heap[0]?.at ?? null;
  }

  /** Fires what is due at `now`, earliest first; timers that a firing starts are fired too when they are due. */
  run(now: Millis): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.stop(first);
      first.fire(now);
    }
  }

  get size(): number {
    return this.#heap.length;
  }

  #place(timer: Timer, position: number): void {
    this.#heap[position] = timer;
    timer.position = position;
  }

  #up(from: number): void {
    const timer = this.#heap[from] as Timer;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent] as Timer;
      if (above.at <= timer.at) break;
      this.#place(above, at);
      at = parent;
    }
    this.#place(timer, at);
  }

  #down(from: number): void {
    const timer = this.#heap[from] as Timer;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      const left = this.#heap[child];
      if (left === undefined) break;
      const right = this.#heap[child + 1];
      if (right !== undefined && right.at < left.at) child++;
      const below = this.#heap[child] as Timer;
      if (below.at >= timer.at) break;
      this.#place(below, at);
      at = child;
    }
    this.#place(timer, at);
  }
}
