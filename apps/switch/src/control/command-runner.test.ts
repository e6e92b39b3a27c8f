import type { Command } from "@ringdesk/contract/switch";
import { ok, type BridgeId, type LegId } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { COMMAND_LIMIT_MS, createCommandRunner, type CarryOut, type Outcome } from "./command-runner.ts";

const leg = (id: string): LegId => id as LegId;
const ring = (id: string): Command => ({ do: "leg.ring", leg: leg(id) });
const bridge = (...ids: string[]): Command => ({ do: "bridge.set", bridge: "b" as BridgeId, legs: ids.map(leg) });
const settled = async (): Promise<void> => { for (let n = 0; n < 20; n += 1) await Promise.resolve(); };

type Bench = {
  readonly begun: string[];
  readonly answers: [string, Outcome][];
  readonly bugs: unknown[];
  readonly finish: (name: string) => void;
  readonly timeouts: Map<number, () => void>;
  readonly run: (id: string, command: Command) => void;
};

/** Commands about legs named `slow…` wait for `finish`. */
function bench(carryOut?: CarryOut): Bench {
  const begun: string[] = [];
  const answers: [string, Outcome][] = [];
  const bugs: unknown[] = [];
  const open = new Map<string, () => void>();
  const timeouts = new Map<number, () => void>();
  const nameOf = (command: Command): string => ("leg" in command ? command.leg : "legs" in command ? command.legs.join("+") : command.do);
  const runner = createCommandRunner({
    carryOut: carryOut ?? ((command) => {
      const name = nameOf(command);
      begun.push(name);
      return name.startsWith("slow") ? new Promise((resolve) => void open.set(name, () => resolve(ok({})))) : ok({});
    }),
    onBug: (bug) => bugs.push(bug),
    after: (ms, run) => {
      timeouts.set(ms, run);
      return () => void timeouts.delete(ms);
    },
    maxRemembered: 3,
  });
  return {
    begun, answers, bugs, timeouts,
    finish: (name) => open.get(name)?.(),
    run: (id, command) => runner.run(id, command, (outcome) => answers.push([id, outcome])),
  };
}

describe("command runner", () => {
  test("carries out at once, and answers a repeated id from memory", () => {
    const b = bench();
    b.run("1", ring("a"));
    b.run("1", ring("a"));
    expect(b.begun).toEqual(["a"]);
    expect(b.answers.map(([id]) => id)).toEqual(["1", "1"]);
  });

  test("a command that is under way is not begun again", async () => {
    const b = bench();
    b.run("1", ring("slow"));
    b.run("1", ring("slow"));
    b.finish("slow");
    await settled();
    expect(b.begun).toEqual(["slow"]);
    expect(b.answers).toHaveLength(1);
  });

  test("commands about one leg keep their order, others overtake", async () => {
    const b = bench();
    b.run("1", ring("slow"));
    b.run("2", bridge("slow", "b"));
    b.run("3", ring("b"));
    b.run("4", ring("c"));
    expect(b.begun).toEqual(["slow", "c"]);
    b.finish("slow");
    await settled();
    b.finish("slow+b");
    await settled();
    expect(b.begun).toEqual(["slow", "c", "slow+b", "b"]);
    expect(b.answers.map(([id]) => id)).toEqual(["4", "1", "2", "3"]);
  });

  test("remembers a bounded number of answers", () => {
    const b = bench();
    for (const id of ["1", "2", "3", "4"]) b.run(id, ring(id));
    b.run("1", ring("1"));
    b.run("4", ring("4"));
    expect(b.begun).toEqual(["1", "2", "3", "4", "1"]);
  });

  test("a bug fails its command only", async () => {
    const b = bench((command) => {
      if (command.do === "leg.ring") throw new Error("sync");
      return Promise.reject(new Error("async"));
    });
    b.run("1", ring("a"));
    b.run("2", bridge("a"));
    await settled();
    expect(b.answers.map(([id, o]) => [id, o.ok ? "done" : o.error.type])).toEqual([["1", "failed"], ["2", "failed"]]);
    expect(b.bugs).toHaveLength(2);
  });

  test("what takes too long fails, and the next command of the leg begins", async () => {
    const b = bench();
    b.run("1", ring("slow"));
    b.run("2", bridge("slow"));
    b.timeouts.get(COMMAND_LIMIT_MS)?.();
    await settled();
    expect(b.answers[0]?.[1]).toMatchObject({ ok: false, error: { type: "failed" } });
    expect(b.begun).toEqual(["slow", "slow"]);
  });
});
