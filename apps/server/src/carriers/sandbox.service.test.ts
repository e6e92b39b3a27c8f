import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { err, ok, type E164, type LegId } from "@ringdesk/std";
import type { Handset } from "@ringdesk/contract/http";
import { createFakeClock } from "../kernel/clock.fake.ts";
import type { HandsetLines } from "./carriers.ports.ts";
import { GONE_MS } from "./handset.machine.ts";
import type { StoredHandset } from "./handset.pg.ts";
import { handsetNumberAt, MAX_HANDSETS } from "./handset.rules.ts";
import { createSandbox, type HandsetStore } from "./wiring.ts";

const support = "+12025550100" as E164;

function memoryStore(): HandsetStore & { readonly rows: Map<string, StoredHandset> } {
  const rows = new Map<string, StoredHandset>();
  return {
    rows,
    all: async () => [...rows.values()],
    add: async (h, insteadOf) => {
      if (insteadOf !== null) rows.delete(insteadOf);
      if ([...rows.values()].some((r) => r.number === h.number)) return false;
      rows.set(h.id, h);
      return true;
    },
    save: async (id, state, lastSeenAt) => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, state, lastSeenAt });
    },
  };
}

async function carrier(options: { readonly store?: ReturnType<typeof memoryStore>; readonly trunk?: string | null; readonly callOver?: boolean; readonly phones?: readonly E164[] } = {}) {
  const clock = createFakeClock();
  const store = options.store ?? memoryStore();
  const log: string[] = [];
  const published: Handset[] = [];
  const audio = { refuse: false, away: false, gate: Promise.resolve() };
  const lines: HandsetLines = {
    connect: async (leg) => {
      await audio.gate;
      if (audio.away) return err({ type: "lines-away" });
      if (audio.refuse) return err({ type: "leg-refused", detail: "no common codec" });
      log.push(`connect ${leg.length > 0}`);
      return ok("v=0 answer");
    },
    incoming: ({ from, to }) => log.push(`incoming ${from} ${to}`),
    answered: () => { log.push("answered"); return options.callOver !== true; },
    end: (_, cause) => log.push(`end ${cause}`),
  };
  const sandbox = await createSandbox({
    clock, store, lines, log: pino({ level: "silent" }), trunk: options.trunk ?? null, phoneTrunk: (n) => (options.phones?.includes(n) === true ? "sandbox" : null),
    readNumber: (input) => (/^\+\d+$/.test(input) ? ok(input as E164) : err("That is not a phone number.")),
    isSupportNumber: (n) => n === support, publish: (h) => published.push(h),
  });
  const mine = await sandbox.handsets.of(null);
  if (!mine.ok) throw new Error("no handset");
  const handset = mine.value;
  sandbox.handsets.watched(handset.id);
  return { clock, store, log, published, audio, ...sandbox, handset, leg: () => sandbox.handsets.view(handset.id)?.call?.id as LegId };
}

describe("NUM-9 a handset calls the support number", () => {
  test("and talks when the house answers, until either side hangs up", async () => {
    const c = await carrier();
    expect(await c.handsets.dial(c.handset.id, support, "v=0")).toEqual({ ok: true, value: { sdp: "v=0 answer" } });
    expect(c.log).toEqual(["connect true", `incoming ${c.handset.number} ${support}`]);
    expect(c.handsets.view(c.handset.id)?.call).toMatchObject({ direction: "out", with: support, state: "dialling" });
    c.carriers.onLeg({ type: "answered", leg: c.leg() });
    expect(c.published.at(-1)?.call?.state).toBe("talking");
    c.carriers.onLeg({ type: "ended", leg: c.leg(), cause: "hangup" });
    expect(c.published.at(-1)).toMatchObject({ call: null, lastEnd: "The other side hung up." });
  });
  test("the person hangs up", async () => {
    const c = await carrier();
    await c.handsets.dial(c.handset.id, support, "v=0");
    c.carriers.onLeg({ type: "answered", leg: c.leg() });
    c.handsets.hangUp(c.handset.id);
    expect(c.log.at(-1)).toBe("end hangup");
    expect(c.handsets.view(c.handset.id)?.lastEnd).toBe("You hung up.");
    expect(c.handsets.hangUp(c.handset.id)).toEqual({ ok: true, value: {} });
  });
  test("an unknown number is not in service; what is no number says so before dialling", async () => {
    const c = await carrier();
    expect(await c.handsets.dial(c.handset.id, "hello", "v=0")).toMatchObject({ ok: false, error: { type: "number-invalid" } });
    expect(await c.handsets.dial(c.handset.id, "+13125550100", "v=0")).toMatchObject({ ok: false, error: { type: "number-not-in-service" } });
    await c.handsets.dial(c.handset.id, support, "v=0");
    c.carriers.onLeg({ type: "ended", leg: c.leg(), cause: "not-found" }); // the number was given up meanwhile
    expect(c.handsets.view(c.handset.id)?.lastEnd).toBe("This number is not in service.");
  });
  test("audio that cannot be connected ends it without the house noticing", async () => {
    const c = await carrier();
    c.audio.refuse = true;
    expect(await c.handsets.dial(c.handset.id, support, "v=0")).toMatchObject({ ok: false, error: { type: "audio-refused" } });
    c.audio.away = true;
    expect(await c.handsets.dial(c.handset.id, support, "v=0")).toEqual({ ok: false, error: { type: "lines-away" } });
    expect(c.log).toEqual([]);
    expect(c.handsets.view(c.handset.id)).toMatchObject({ call: null, lastEnd: "The audio could not be connected." });
  });
  test("hanging up while the audio is being connected leaves no leg behind", async () => {
    const c = await carrier();
    let open = (): void => {};
    c.audio.gate = new Promise((resolve) => { open = resolve; });
    const dialling = c.handsets.dial(c.handset.id, support, "v=0");
    expect(await c.handsets.dial(c.handset.id, support, "v=0")).toMatchObject({ error: { type: "handset-busy" } });
    c.handsets.hangUp(c.handset.id);
    open();
    await dialling;
    expect(c.log).toEqual(["end cancelled", "connect true", "end cancelled"]);
  });
});

describe("a handset is called", () => {
  const ring = (c: Awaited<ReturnType<typeof carrier>>, leg = "leg-9" as LegId) => c.carriers.ringHandset(c.handset.id, { leg, from: support, fromName: null });

  test("only when its page is connected; otherwise the trunk carries the call", async () => {
    const c = await carrier({ trunk: "sip" });
    expect(c.carriers.route(c.handset.number)).toEqual({ kind: "handset", handset: c.handset.id });
    expect(c.carriers.route("+442071838750" as E164)).toEqual({ kind: "trunk", trunk: "sip" });
    c.handsets.unwatched(c.handset.id);
    expect(c.carriers.route(c.handset.number)).toEqual({ kind: "trunk", trunk: "sip" });
    expect(ring(c)).toBe(false);
    expect((await carrier()).carriers.route("+442071838750" as E164)).toEqual({ kind: "none" });
  });
  test("a connected handset goes before a registered phone with its number, that before the trunk; a support number is nobody's", async () => {
    const phone = "+12025550150" as E164;
    const c = await carrier({ trunk: "sip", phones: [phone, support, handsetNumberAt(0)] });
    expect(c.handset.number).toBe(handsetNumberAt(0));
    expect(c.carriers.route(phone)).toEqual({ kind: "trunk", trunk: "sandbox" });
    expect(c.carriers.route(c.handset.number)).toEqual({ kind: "handset", handset: c.handset.id });
    c.handsets.unwatched(c.handset.id);
    expect(c.carriers.route(c.handset.number)).toEqual({ kind: "trunk", trunk: "sandbox" });
    expect(c.carriers.route(support)).toEqual({ kind: "trunk", trunk: "sip" });
  });
  test("rings, answers and talks", async () => {
    const c = await carrier();
    expect(ring(c)).toBe(true);
    expect(c.published.at(-1)?.call).toMatchObject({ direction: "in", with: support, state: "ringing" });
    expect(await c.handsets.answer(c.handset.id, "v=0")).toMatchObject({ ok: true });
    expect(c.log).toEqual(["connect true", "answered"]);
    expect(c.published.at(-1)?.call?.state).toBe("talking");
    expect(await c.handsets.answer(c.handset.id, "v=0")).toMatchObject({ error: { type: "handset-not-ringing" } });
  });
  test("declines; is busy for a second call; stops ringing when the house gives up", async () => {
    const c = await carrier();
    ring(c);
    expect(ring(c, "leg-10" as LegId)).toBe(false);
    c.handsets.hangUp(c.handset.id);
    expect(c.log).toEqual(["end declined"]);
    ring(c, "leg-11" as LegId);
    c.carriers.stopRinging(c.handset.id, "leg-11" as LegId);
    expect(c.handsets.view(c.handset.id)).toMatchObject({ call: null, lastEnd: "The caller hung up." });
  });
  test("answering a call that is over by now ends it", async () => {
    const c = await carrier({ callOver: true });
    ring(c);
    await c.handsets.answer(c.handset.id, "v=0");
    expect(c.handsets.view(c.handset.id)).toMatchObject({ call: null });
    expect(c.log).toEqual(["connect true", "answered", "end cancelled"]);
  });
  test("the microphone fails: it rings on", async () => {
    const c = await carrier();
    ring(c);
    c.audio.refuse = true;
    expect(await c.handsets.answer(c.handset.id, "v=0")).toMatchObject({ error: { type: "audio-refused" } });
    c.audio.refuse = false;
    expect(await c.handsets.answer(c.handset.id, "v=0")).toMatchObject({ ok: true });
  });
});

describe("a handset disappears", () => {
  test("and hangs up when its audio has stopped as well", async () => {
    const c = await carrier();
    await c.handsets.dial(c.handset.id, support, "v=0");
    c.carriers.onLeg({ type: "answered", leg: c.leg() });
    c.carriers.onLeg({ type: "media-connected", leg: c.leg() });
    c.handsets.watched(c.handset.id); // a second socket of the same page
    c.handsets.unwatched(c.handset.id);
    c.handsets.unwatched(c.handset.id);
    await c.clock.advance(GONE_MS);
    expect(c.handsets.view(c.handset.id)?.call?.state).toBe("talking");
    c.carriers.onLeg({ type: "media-lost", leg: c.leg() });
    await c.clock.advance(1);
    expect(c.log.at(-1)).toBe("end media-lost");
  });
});

describe("CALL-13 a restart of the server", () => {
  test("keeps a handset's call, and closes it when the switch has lost it", async () => {
    const c = await carrier();
    await c.handsets.dial(c.handset.id, support, "v=0");
    c.carriers.onLeg({ type: "answered", leg: c.leg() });
    await c.settled();
    const leg = c.leg();
    const again = await carrier({ store: c.store });
    expect(again.handsets.view(c.handset.id)?.call).toMatchObject({ id: leg, state: "talking" });
    again.carriers.reconcile(new Map([[leg, true]]));
    expect(again.handsets.view(c.handset.id)?.call?.state).toBe("talking");
    again.carriers.reconcile(new Map());
    expect(again.handsets.view(c.handset.id)).toMatchObject({ call: null, lastEnd: "The phone service was interrupted." });
  });
});

describe("CALL-13 a restart while the page of a handset closes", () => {
  test("ends the call though the loss of its audio was told to the last server", async () => {
    const c = await carrier();
    await c.handsets.dial(c.handset.id, support, "v=0");
    c.carriers.onLeg({ type: "answered", leg: c.leg() });
    c.carriers.onLeg({ type: "media-lost", leg: c.leg() });
    await c.settled();
    const again = await carrier({ store: c.store });
    again.carriers.reconcile(new Map([[c.leg(), true]])); // a page that is there and heard
    await again.clock.advance(GONE_MS);
    expect(again.handsets.view(c.handset.id)?.call?.state).toBe("talking");
    again.carriers.reconcile(new Map([[c.leg(), false]]));
    await again.clock.advance(GONE_MS);
    expect(again.handsets.view(c.handset.id)).toMatchObject({ call: null });
    expect(again.log.at(-1)).toBe("end media-lost");
  });
});

describe("numbers of handsets", () => {
  test("are fictional, all different, and never a support number", async () => {
    const all = Array.from({ length: MAX_HANDSETS }, (_, i) => handsetNumberAt(i));
    expect(new Set(all).size).toBe(MAX_HANDSETS);
    for (const number of all) expect(number).toMatch(/^\+1\d{3}55501\d\d$/);
  });
  test("are given again, least recently used first, when all are taken", async () => {
    const c = await carrier();
    for (let i = 1; i < MAX_HANDSETS; i += 1) {
      await c.clock.advance(1);
      await c.handsets.of(null);
    }
    const again = await c.handsets.of("unknown");
    expect(again).toMatchObject({ ok: true, value: { number: handsetNumberAt(1) } }); // the first is being watched
    expect(await c.handsets.of(c.handset.id)).toMatchObject({ ok: true, value: { number: c.handset.number } });
  });
});
