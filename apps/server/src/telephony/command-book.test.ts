import type { ServerFrame } from "@ringdesk/contract/switch";
import type { LegId } from "@ringdesk/std";
import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock, type FakeClock } from "../kernel/clock.fake.ts";
import { COMMAND_TIMEOUT_MS, createCommandBook, type CommandBook } from "./command-book.ts";

const ring = (leg: string) => ({ do: "leg.ring", leg: leg as LegId }) as const;
let clock: FakeClock;
let sent: ServerFrame[];
let book: CommandBook;

beforeEach(() => {
  clock = createFakeClock();
  sent = [];
  let made = 0;
  book = createCommandBook({ clock, newId: () => `c${made += 1}`, send: (frame) => sent.push(frame) });
});
const sentIds = (): string[] => sent.flatMap((frame) => (frame.frame === "command" ? [frame.id] : []));

describe("command book", () => {
  test("without any switch ever a command fails at once", async () => {
    expect(await book.ask(ring("a"))).toEqual({ ok: false, error: { type: "switch-away" } });
  });

  test("an answer settles its command, a second one changes nothing", async () => {
    book.joined("e1");
    const asked = book.ask(ring("a"));
    book.done("c1", { sdp: "x" });
    book.refused("c1", { type: "failed", detail: "" });
    expect(await asked).toEqual({ ok: true, value: { sdp: "x" } });
    expect(clock.armed()).toBe(0);
  });

  test("a refusal is told in the words of the house", async () => {
    book.joined("e1");
    const asked = book.ask(ring("a"));
    book.refused("c1", { type: "leg-unknown", detail: "no leg a" });
    expect(await asked).toEqual({ ok: false, error: { type: "leg-gone", detail: "no leg a" } });
  });

  test("what is not answered in time fails", async () => {
    book.joined("e1");
    const asked = book.ask(ring("a"));
    await clock.advance(COMMAND_TIMEOUT_MS);
    expect(await asked).toEqual({ ok: false, error: { type: "switch-silent", waitedMs: COMMAND_TIMEOUT_MS } });
  });

  test("after a reconnect to the same life unanswered commands are sent again, in order, with those given in between", () => {
    book.joined("e1");
    void book.ask(ring("a"));
    void book.ask(ring("b"));
    book.done("c1", {});
    book.lost();
    void book.ask(ring("c"));
    sent = [];
    book.joined("e1");
    expect(sentIds()).toEqual(["c2", "c3"]);
    expect([...book.legs()]).toEqual(["b", "c"]);
  });

  test("commands to a life that is over fail: the new switch knows nothing of them", async () => {
    book.joined("e1");
    const asked = book.ask(ring("a"));
    book.lost();
    book.joined("e2");
    expect(await asked).toEqual({ ok: false, error: { type: "switch-away" } });
    expect(sentIds()).toEqual(["c1"]);
  });
});
