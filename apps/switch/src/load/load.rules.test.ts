import { describe, expect, test } from "vitest";
import { newLoad, stepLoad, type Load, type LoadWindow } from "./load.rules.ts";

/** The state after each window, by its first letter: `n`ormal or `o`verloaded. */
function after(windows: readonly LoadWindow[]): string {
  let load: Load = newLoad;
  return windows.map((window) => {
    load = stepLoad(load, window);
    return load.state.charAt(0);
  }).join("");
}
const busy = (...late: readonly number[]): LoadWindow[] => late.map((lateShare) => ({ lateShare, busyShare: 0.97 }));
const idle = (...late: readonly number[]): LoadWindow[] => late.map((lateShare) => ({ lateShare, busyShare: 0.4 }));

describe("SEC-3 overload by windows of one second", () => {
  const table: readonly (readonly [what: string, windows: readonly LoadWindow[], states: string])[] = [
    ["on time", busy(0, 0, 0), "nnn"],
    ["a stall, and a stall later", busy(1, 0, 1, 0), "nnnn"],
    ["five strained in succession", busy(0.25, 0.25, 0.25, 0.25, 0.25), "nnnno"],
    ["a few strained, as when others have the processors", busy(1, 1, 1, 1, 0, 1, 1, 1, 1, 0), "nnnnnnnnnn"],
    ["just below strained", busy(0.24, 0.24, 0.24, 0.24, 0.24, 0.24), "nnnnnn"],
    ["strained, better, strained", busy(0.9, 0.9, 0.9, 0.2, 0.9, 0.9, 0.9), "nnnnnnn"],
    ["late because the machine slept", idle(1, 1, 1, 1, 1, 1), "nnnnnn"],
    ["late and just not busy enough", Array.from({ length: 6 }, () => ({ lateShare: 1, busyShare: 0.89 })), "nnnnnn"],
    ["overloaded, two calm, strained, three calm", busy(1, 1, 1, 1, 1, 0, 0, 0.5, 0, 0, 0), "nnnnoooooon"],
    ["overloaded and neither strained nor calm", busy(1, 1, 1, 1, 1, 0.11, 0.2, 0.11), "nnnnoooo"],
    ["calm is up to a tenth", busy(1, 1, 1, 1, 1, 0.1, 0.1, 0.1), "nnnnooon"],
    ["calm is also a loop with time left, however late the machine makes it", [...busy(1, 1, 1, 1, 1), ...idle(1, 1, 1)], "nnnnooon"],
    ["normal again needs five strained anew", busy(1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1), "nnnnooonnnnno"],
  ];
  for (const [what, windows, states] of table) test(`${what} → ${states}`, () => expect(after(windows)).toBe(states));
});
