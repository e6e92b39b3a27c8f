import { describe, expect, test } from "vitest";
import { createFakeClock } from "../kernel/clock.fake.ts";
import { createThrottle } from "./throttle.ts";

describe("SEC-1 the sign-in throttle", () => {
  test("five tries are free, then the wait doubles", async () => {
    const clock = createFakeClock();
    const throttle = createThrottle(clock);
    for (let n = 0; n < 5; n += 1) expect(throttle.begin("ana", "192.0.2.1")).toBe(0);
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const wait = throttle.begin("ana", "192.0.2.1");
      waits.push(wait);
      await clock.advance(wait);
      expect(throttle.begin("ana", "192.0.2.1")).toBe(0);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test("of 10,000 tries at an account in an hour, from everywhere, at most 100 are looked at", async () => {
    const clock = createFakeClock();
    const throttle = createThrottle(clock);
    let looked = 0;
    for (let n = 0; n < 10_000; n += 1) {
      if (throttle.begin("ana", `192.0.2.${n % 200}`) === 0) looked += 1;
      if (n % 10 === 0) await clock.advance(3_600);
    }
    expect(looked).toBeLessThanOrEqual(100);
  });

  test("who signs in starts afresh; others of the same address are not held up by five failures", () => {
    const throttle = createThrottle(createFakeClock());
    for (let n = 0; n < 5; n += 1) throttle.begin("ana", "192.0.2.1");
    expect(throttle.begin("ana", "192.0.2.1")).toBeGreaterThan(0);
    expect(throttle.begin("ben", "192.0.2.1")).toBe(0);
    throttle.succeeded("ana", "192.0.2.1");
    expect(throttle.begin("ana", "192.0.2.1")).toBe(0);
  });

  test("a stranger who fails for ever never makes the owner wait longer than a minute", async () => {
    const clock = createFakeClock();
    const throttle = createThrottle(clock);
    for (let n = 0; n < 200; n += 1) {
      throttle.begin("ana", `198.51.100.${n % 250}`);
      await clock.advance(61_000);
      throttle.begin("ana", `198.51.100.${n % 250}`);
    }
    expect(throttle.begin("ana", "192.0.2.1")).toBeLessThanOrEqual(60_000);
  });
});
