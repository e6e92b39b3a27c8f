import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BridgeId, LegId } from "@ringdesk/std";
import { toneAmplitude } from "@ringdesk/telecom/dsp";
import { ToneDetector } from "@ringdesk/telecom/dtmf";
import { sequenceDistance } from "@ringdesk/telecom/rtp";
import { EVENT_PAYLOAD_TYPE, type Heard, type Phone } from "../testkit/phone.ts";
import { createTestPlane, eventually, type TestPlane } from "../testkit/plane.ts";

let setup: TestPlane;
beforeEach(async () => { setup = await createTestPlane(); });
afterEach(() => setup.close());

const leg = (name: string): LegId => name as LegId;
const bridge = (name: string): BridgeId => name as BridgeId;
/** Half of what the phones of the test say: a tone that is heard is at 8,000. */
const HEARD = 4_000;
/** A tenth of it: what is not heard is far below. */
const NOT_HEARD = 800;
/** Multiples of 25 Hz, whole periods in the 320 ms that are measured, none a harmonic of another in the same room. */
const WINDOW = 2_560;
const toneOf = (member: number): number => 400 + 75 * member;

/** Which of the tones somebody hears now. */
async function tonesHeardBy(phone: Phone, candidates: readonly number[]): Promise<number[]> {
  phone.listen();
  const before = phone.heard.length;
  await eventually(() => phone.heard.length >= before + WINDOW / 160 + 2);
  const samples = phone.listen().slice(-WINDOW);
  return candidates.filter((hz) => {
    const amplitude = toneAmplitude(samples, hz);
    if (amplitude > NOT_HEARD && amplitude < HEARD) throw new Error(`${hz} Hz is neither heard nor not: ${amplitude}`);
    return amplitude >= HEARD;
  });
}

/** As `tonesHeardBy`, when the bridge has just been changed. */
async function comesToHear(phone: Phone, candidates: readonly number[], wanted: readonly number[]): Promise<void> {
  let last: readonly number[] = [];
  for (let tries = 0; tries < 8; tries += 1) {
    last = await tonesHeardBy(phone, candidates).catch(() => []);
    if (last.join() === wanted.join()) return;
  }
  expect(last).toEqual(wanted);
}

function expectOneStream(packets: readonly Heard[]): void {
  expect(new Set(packets.map((packet) => packet.ssrc)).size).toBe(1);
  for (let n = 1; n < packets.length; n += 1) {
    expect(sequenceDistance(packets[n]!.sequence, packets[n - 1]!.sequence)).toBe(1);
    expect((packets[n]!.timestamp - packets[n - 1]!.timestamp) | 0).toBeGreaterThanOrEqual(0);
  }
}

describe("conferences", () => {
  test("24 members in 8 rooms: each hears all others of the room, never himself, and nobody else; in both laws", async () => {
    const members = await Promise.all(Array.from({ length: 24 }, async (_, n) => {
      const phone = await setup.callFrom(`m${n}`, n % 3 === 1 ? "pcma" : "pcmu");
      phone.say(toneOf(n));
      return { phone, room: Math.floor(n / 3), hz: toneOf(n) };
    }));
    for (let room = 0; room < 8; room += 1) setup.plane.setBridge(bridge(`room${room}`), [0, 1, 2].map((n) => leg(`m${room * 3 + n}`)));
    const tones = members.map((member) => member.hz);
    await Promise.all(members.map(({ phone, room, hz }) =>
      comesToHear(phone, tones, members.filter((other) => other.room === room && other.hz !== hz).map((other) => other.hz))));
    for (const { phone } of members) expectOneStream(phone.heard);
  });

  test("a conference of eight loses its members one by one, and the last two are relayed to each other", async () => {
    const phones = await Promise.all(Array.from({ length: 8 }, (_, n) => setup.callFrom(`m${n}`)));
    phones.forEach((phone, n) => phone.say(toneOf(n)));
    const tones = phones.map((_, n) => toneOf(n));
    const ids = phones.map((_, n) => leg(`m${n}`));
    setup.plane.setBridge(bridge("room"), ids);
    // Eight at this level exceed 16 bits: the sum is cut, and the tones are still there.
    await comesToHear(phones[0]!, [tones[1]!], [tones[1]!]);
    for (const gone of [7, 6, 5, 4]) setup.plane.closeLeg(ids[gone]!);
    await comesToHear(phones[0]!, tones, tones.slice(1, 4));
    setup.plane.closeLeg(ids[3]!);
    setup.plane.closeLeg(ids[2]!);
    await comesToHear(phones[0]!, tones, [tones[1]!]);
    await comesToHear(phones[1]!, tones, [tones[0]!]);
    // A relay passes on what was sent, byte by byte: decoded and encoded again by nobody.
    expectOneStream(phones[0]!.heard);
    expectOneStream(phones[1]!.heard);
  });
});

describe("a supervisor", () => {
  const [CUSTOMER, AGENT, BOSS] = [450, 700, 1_100];
  const tones = [CUSTOMER, AGENT, BOSS];
  const [c, a, s] = [leg("c"), leg("a"), leg("s")];

  test("listens, whispers to the agent, barges in and leaves: each hears whom he is to hear, in one stream", async () => {
    const [customer, agent, boss] = [await setup.callFrom("c", "pcma"), await setup.callFrom("a"), await setup.callFrom("s")];
    customer.say(CUSTOMER);
    agent.say(AGENT);
    boss.say(BOSS);
    const room = bridge("call");
    const hear = async (wanted: { c: number[]; a: number[]; s: number[] }): Promise<void> => {
      await Promise.all([comesToHear(customer, tones, wanted.c), comesToHear(agent, tones, wanted.a), comesToHear(boss, tones, wanted.s)]);
    };
    setup.plane.setBridge(room, [c, a]);
    await hear({ c: [AGENT], a: [CUSTOMER], s: [] });

    const before = { customer: customer.heard.length, agent: agent.heard.length };
    setup.plane.setBridge(room, [c, a, s], [{ leg: c, of: [a] }, { leg: a, of: [c] }]);
    await hear({ c: [AGENT], a: [CUSTOMER], s: [CUSTOMER, AGENT] });
    // Neither notices: no marker tells of a change of source.
    expect(customer.heard.slice(before.customer).some((packet) => packet.marker)).toBe(false);
    expect(agent.heard.slice(before.agent).some((packet) => packet.marker)).toBe(false);

    setup.plane.setBridge(room, [c, a, s], [{ leg: c, of: [a] }]);
    await hear({ c: [AGENT], a: [CUSTOMER, BOSS], s: [CUSTOMER, AGENT] });

    setup.plane.setBridge(room, [c, a, s]);
    await hear({ c: [AGENT, BOSS], a: [CUSTOMER, BOSS], s: [CUSTOMER, AGENT] });
    expect(setup.plane.snapshot().bridges).toEqual([{ bridge: room, legs: [c, a, s] }]);

    setup.plane.closeLeg(s);
    await Promise.all([comesToHear(customer, tones, [AGENT]), comesToHear(agent, tones, [CUSTOMER])]);
    expectOneStream(customer.heard);
    expectOneStream(agent.heard);
  });

  test("who is played to hears only that, and is heard by the others", async () => {
    const [customer, agent, boss] = [await setup.callFrom("c"), await setup.callFrom("a"), await setup.callFrom("s")];
    customer.say(CUSTOMER);
    agent.say(AGENT);
    boss.say(BOSS);
    setup.plane.setBridge(bridge("call"), [c, a, s]);
    await setup.plane.play(a, "p", [{ source: { kind: "silence", ms: 60_000 }, times: 1 }]);
    await comesToHear(agent, tones, []);
    await comesToHear(boss, tones, [CUSTOMER, AGENT]);
    setup.plane.stopPlay(a);
    await comesToHear(agent, tones, [CUSTOMER, BOSS]);
    expectOneStream(agent.heard);
  });

  test("a key is passed on to everybody who hears it: as an event, or as a tone where there are no events", async () => {
    const [customer, agent] = [await setup.callFrom("c"), await setup.callFrom("a")];
    setup.plane.setBridge(bridge("call"), [c, a]);
    setup.plane.setRemote(a, { remoteAddress: "127.0.0.1", remotePort: agent.port, law: "pcmu", dtmfPayloadType: null, direction: "sendrecv" });
    for (const [n, ended] of [[1, 0], [2, 0], [3, 0x80], [3, 0x80]] as const) customer.send(EVENT_PAYLOAD_TYPE, 8_000, Uint8Array.of(5, ended | 10, 0, n * 80), n === 1);
    const detector = new ToneDetector();
    await eventually(() => detector.hearSamples(agent.listen()) === "5");
    expect(agent.heard.some((packet) => packet.payloadType === EVENT_PAYLOAD_TYPE)).toBe(false);
    const events = (): number => customer.heard.filter((packet) => packet.payloadType === EVENT_PAYLOAD_TYPE).length;
    setup.plane.passKey(a, "7");
    await eventually(() => events() >= 10);
    await setup.callFrom("s");
    setup.plane.setBridge(bridge("call"), [c, a, s]);
    const before = events();
    setup.plane.passKey(s, "8");
    await eventually(() => events() >= before + 10);
  });
});
