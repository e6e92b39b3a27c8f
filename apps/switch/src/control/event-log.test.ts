import type { SwitchEvent } from "@ringdesk/contract/switch";
import type { LegId, Millis } from "@ringdesk/std";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEventLog, type EventLog } from "./event-log.ts";

const event: SwitchEvent = { type: "leg.ringing", leg: "a" as LegId };
const at = 0 as Millis;
const seqs = (log: EventLog): number[] => {
  const found: number[] = [];
  for (let next = log.after(0); next !== null; next = log.after(next.seq)) found.push(next.seq);
  return found;
};

describe("event log", () => {
  test("numbers from one without gaps and keeps until acknowledged", () => {
    const log = createEventLog();
    expect([1, 2, 3].map(() => log.append(event, at).seq)).toEqual([1, 2, 3]);
    log.ack(2);
    expect(seqs(log)).toEqual([3]);
    log.ack(1);
    log.ack(99);
    expect(seqs(log)).toEqual([]);
    expect(log.append(event, at).seq).toBe(4);
  });

  test("beyond its limit it drops the oldest and counts them", () => {
    const log = createEventLog(3);
    for (let n = 0; n < 5; n += 1) log.append(event, at);
    expect(seqs(log)).toEqual([3, 4, 5]);
    expect(log.dropped()).toBe(2);
  });

  test("whatever happens it holds what a plain list would hold", () => {
    const step = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.nat(60));
    fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const log = createEventLog(10);
      let plain: number[] = [];
      for (const [index, ack] of steps.entries()) {
        if (ack === null) plain = [...plain, log.append(event, at).seq].slice(-10);
        else {
          log.ack(ack);
          plain = plain.filter((seq) => seq > ack);
        }
        expect(seqs(log), `after step ${index}`).toEqual(plain);
        expect(log.kept()).toBe(plain.length);
      }
    }));
  });
});
