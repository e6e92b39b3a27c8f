import type { Millis } from "@ringdesk/std";
import { expect, test } from "vitest";
import type { FactLog, NewFact, StoredFact } from "./facts.ports.ts";

let made = 0;
/** A stream that no other test uses. */
export const someStream = (kind = "call"): string => `${kind}:s${process.pid}-${made += 1}`;
export const fact = (type: string, data: Readonly<Record<string, unknown>> = {}): NewFact => ({ type, v: 1, at: 1_700_000_000_000 as Millis, data });

/** What every log of facts keeps to. */
export function factLogContract(log: () => FactLog): void {
  test("places count from 1 without gaps, per stream", async () => {
    const [a, b] = [someStream(), someStream()];
    await log().append(a, [fact("call.arrived"), fact("call.answered")]);
    await log().append(b, [fact("call.arrived")]);
    const third = await log().append(a, [fact("call.ended")]);
    expect(third).toMatchObject({ ok: true, value: [{ stream: a, seq: 3, type: "call.ended", v: 1 }] });
    expect((await log().read(a)).map((f) => [f.seq, f.type])).toEqual([[1, "call.arrived"], [2, "call.answered"], [3, "call.ended"]]);
  });

  test("appends that do not wait for each other keep their order, and are told in it", async () => {
    const stream = someStream();
    const told: StoredFact[] = [];
    const stop = log().onAppended((f) => { if (f.stream === stream) told.push(f); });
    await Promise.all(Array.from({ length: 50 }, (_, n) => log().append(stream, [fact("call.digits", { n })])));
    stop();
    expect(told.map((f) => f.data["n"])).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(await log().read(stream)).toEqual(told);
  });

  test("a closed stream is no longer open and takes no more", async () => {
    const [open, closed] = [someStream("entry"), someStream("entry")];
    await log().append(open, [fact("offer.made")]);
    await log().append(closed, [fact("offer.made")]);
    await log().append(closed, [fact("entry.left")], { closes: true });
    const streams = await log().openStreams("entry");
    expect([streams.includes(open), streams.includes(closed)]).toEqual([true, false]);
    expect(await log().append(closed, [fact("offer.made")])).toEqual({ ok: false, error: { type: "stream-closed", stream: closed } });
  });

  test("text that JSON in PostgreSQL cannot hold is made storable", async () => {
    const stream = someStream();
    expect(await log().append(stream, [fact("call.arrived", { fromName: "a\u0000b\ud800c", list: ["\u{1F600}\u0000"] })])).toMatchObject({ ok: true });
    expect((await log().read(stream))[0]?.data).toEqual({ fromName: "a\ufffdb\ufffdc", list: ["\u{1F600}\ufffd"] });
  });

  test("a fact that is too large is refused", async () => {
    expect(await log().append(someStream(), [fact("call.arrived", { text: "x".repeat(70_000) })])).toMatchObject({ ok: false, error: { type: "fact-too-large" } });
  });
}
