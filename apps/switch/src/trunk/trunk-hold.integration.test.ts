// Hold from our side between two trunk sides over loopback, each of which may hold the other.
import type { Trunk } from "@ringdesk/contract/switch";
import type { LegId, Millis } from "@ringdesk/std";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../../../../tests/support/ports.ts";
import { createTrunkSide } from "./trunk-side.ts";
import type { NegotiatedMedia, TrunkSide } from "./trunk.types.ts";

const HOME = "127.0.0.1";
/** Glare is over after four seconds at the latest. */
const PATIENCE_MS = 20_000;

type Phone = { readonly side: TrunkSide; leg: LegId | null; media: NegotiatedMedia | null; changes: number; ended: string | null; trunks: readonly Trunk[]; readonly logged: string[] };
const open: TrunkSide[] = [];
afterEach(async () => {
  for (const side of open.splice(0)) await side.close();
});

async function start(): Promise<Phone> {
  const logged: string[] = [];
  let legs = 0;
  const log = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
  const nothing = (): void => undefined;
  const own = { leg: null, media: null, changes: 0, ended: null, trunks: [], logged } as unknown as { side: TrunkSide } & Omit<Phone, "side">;
  const agreed = (leg: LegId, media: NegotiatedMedia): void => {
    own.leg = leg;
    own.media = media;
    own.changes += 1;
  };
  const made = await createTrunkSide({
    address: HOME, port: await freePort(), advertised: HOME, trunks: () => own.trunks, acceptingCalls: () => true, newLegId: () => `in-${++legs}` as LegId, now: () => Math.floor(performance.now()) as Millis, log: { info: log, warn: log, error: log },
    events: {
      incoming: ({ leg }) => void own.side.answer(leg, { address: HOME, port: 30_000 }),
      answered: agreed, mediaChanged: agreed, ended: (_leg, cause) => { own.ended = cause; },
      ringing: nothing, earlyMedia: nothing, dtmf: nothing, phoneRegistered: nothing, phoneUnregistered: nothing, trunkState: nothing,
    },
  });
  if (!made.ok) throw new Error(made.error.detail);
  own.side = made.value;
  open.push(made.value);
  return own;
}

async function until(ready: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!ready()) {
    if (performance.now() > end) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** `a` has called `b`; both tell when they hold. */
async function talking(signalsHold = true): Promise<{ a: Phone; b: Phone; hold: (who: Phone, hold: boolean) => void; agree: (a: string, b: string) => Promise<void> }> {
  const [a, b] = [await start(), await start()];
  a.trunks = [{ id: "to-b", sources: [], target: { host: HOME, port: b.side.port }, registers: false, signalsHold }];
  b.trunks = [{ id: "to-a", sources: [HOME], target: null, registers: false, signalsHold }];
  a.side.dial({ leg: "out" as LegId, trunk: "to-b", to: "+15550100", from: "+15550199", ringTimeoutMs: 10_000, local: { address: HOME, port: 20_000 } });
  await until(() => a.media !== null && b.media !== null);
  const is = (who: Phone, word: string): boolean => `${who.media?.direction}${who.media?.heldByPeer === true ? ", held" : ""}` === word;
  return {
    a, b,
    hold: (who, hold) => expect(who.side.hold(who.leg ?? ("" as LegId), hold)).toEqual({ ok: true, value: undefined }),
    agree: (ofA, ofB) => until(() => is(a, ofA) && is(b, ofB)),
  };
}

test("CALL-5 hold and resume, by the one who called and by the one who was called", async () => {
  const { a, b, hold, agree } = await talking();
  for (const [who, ofA, ofB] of [[a, "sendonly", "recvonly, held"], [b, "recvonly, held", "sendonly"]] as const) {
    hold(who, true);
    await agree(ofA, ofB);
    hold(who, false);
    await agree("sendrecv", "sendrecv");
  }
});

test("CALL-5 both hold: nobody sends; who resumes is held still, until the other resumes too", async () => {
  const { a, b, hold, agree } = await talking();
  hold(a, true);
  await agree("sendonly", "recvonly, held");
  hold(b, true);
  await agree("inactive, held", "inactive, held");
  hold(a, false);
  await agree("recvonly, held", "sendonly");
  hold(b, false);
  await agree("sendrecv", "sendrecv");
});

test("CALL-5 both hold in the same instant: glare (RFC 3261 §14.1), and both are heard of", async () => {
  const { a, b, hold, agree } = await talking();
  hold(a, true);
  hold(b, true);
  await agree("inactive, held", "inactive, held");
  hold(b, false);
  hold(a, false);
  await agree("sendrecv", "sendrecv");
}, 60_000);

test("CALL-5 whoever changes their mind while the peer is asked: what was wanted last counts", async () => {
  const { a, hold, agree } = await talking();
  for (const wanted of [true, false, true]) hold(a, wanted);
  await agree("sendonly", "recvonly, held");
  for (const wanted of [false, true, false, true, false]) hold(a, wanted);
  await agree("sendrecv", "sendrecv");
});

test("a trunk that is not to be told is not; one that was told is told of the end", async () => {
  const quiet = await talking(false);
  quiet.hold(quiet.a, true);
  quiet.hold(quiet.a, false);
  const { a, hold, agree } = await talking();
  hold(a, true);
  await agree("sendonly", "recvonly, held");
  a.trunks = a.trunks.map((trunk) => ({ ...trunk, signalsHold: false }));
  hold(a, false);
  await agree("sendrecv", "sendrecv");
  expect(quiet.a.changes).toBe(1);
});

test("a leg that is not up cannot be held, one that is gone is unknown", async () => {
  const { a } = await talking();
  const ring = a.side.dial({ leg: "second" as LegId, trunk: "to-b", to: "+15550100", from: "+15550199", ringTimeoutMs: 10_000, local: { address: HOME, port: 20_002 } });
  expect([ring.ok, a.side.hold("second" as LegId, true)]).toEqual([true, { ok: false, error: { type: "leg-wrong-state", state: "dialling" } }]);
  a.side.hangup("out" as LegId);
  expect(a.side.hold("out" as LegId, true)).toEqual({ ok: false, error: { type: "leg-unknown" } });
});
