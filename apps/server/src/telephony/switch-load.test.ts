import { expect, test } from "vitest";
import { createSwitchLoadState } from "./switch-load.ts";

test("SEC-3 that the switch is overloaded is told once, and follows a switch that was started again", () => {
  const lines: string[] = [];
  const say = (_fields: object, message: string): void => void lines.push(message);
  const load = createSwitchLoadState({ warn: say, info: say } as never);
  load.happened({ state: "overloaded", lateMs: 120 });
  load.replace({ state: "overloaded", lateMs: 90 });
  expect([load.isOverloaded(), lines]).toEqual([true, ["the switch is overloaded and takes no new calls"]]);
  load.replace(undefined);
  load.happened({ state: "normal", lateMs: 0 });
  expect([load.isOverloaded(), lines.length]).toEqual([false, 2]);
});
