import { describe, expect, test } from "vitest";
import { capacityFor, capacityUse, NO_LOAD, totalOf, type Capacity, type CapacityProfile, type Channel, type ChannelLoad } from "./capacity.rules.ts";

const profile = (more: Partial<CapacityProfile["capacity"]> = {}, routeWhenOverCapacity = false): CapacityProfile =>
  ({ routeWhenOverCapacity, capacity: { sms: 5, email: 5, chat: 3, total: 10, ...more } });
const load = (more: Partial<ChannelLoad> = {}): ChannelLoad => ({ ...NO_LOAD, ...more });
const full10 = load({ sms: 4, email: 4, chat: 2 });

type Row = readonly [why: string, load: ChannelLoad, profiles: readonly CapacityProfile[], answers: Record<Channel, Capacity>];
const all = (answer: Capacity): Record<Channel, Capacity> => ({ voice: answer, sms: answer, email: answer, chat: answer });
const table: readonly Row[] = [
  ["nothing open", load(), [profile()], all("free")],
  ["CAP-1 an open voice conversation fills voice and nothing else", load({ voice: 1 }), [profile()], { ...all("free"), voice: "full" }],
  ["CAP-1 whatever the profile says", load({ voice: 1 }), [profile({ total: 100 }, true)], { ...all("free"), voice: "full" }],
  ["CAP-2 over capacity is full, never an error", load({ voice: 3 }), [profile()], { ...all("free"), voice: "full" }],
  ["CAP-2 over the total as well", load({ email: 12 }), [profile()], all("full")],
  ["CAP-3 each channel has its own", load({ sms: 5, chat: 3 }), [profile()], { voice: "free", sms: "full", email: "free", chat: "full" }],
  ["CAP-3 one below", load({ sms: 4, email: 4 }), [profile()], all("free")],
  ["CAP-3 at the total nothing comes", full10, [profile()], all("full")],
  ["CAP-3 routing over capacity lets a call in, and only a call", full10, [profile({}, true)], { ...all("full"), voice: "over-allowed" }],
  ["CAP-3 and never a second call", load({ voice: 1, sms: 4, email: 4, chat: 1 }), [profile({}, true)], all("full")],
  ["CAP-3 a voice conversation counts for the total", load({ voice: 1, sms: 4, email: 4, chat: 1 }), [profile()], all("full")],
  ["a channel may be turned off by 0", load(), [profile({ chat: 0 })], { ...all("free"), chat: "full" }],
  ["a total of 0 takes nothing", load(), [profile({ total: 0 })], all("full")],
  ["no profile: this queue is not this agent's", load(), [], all("full")],
  ["several teams: the roomiest counts", load({ email: 5 }), [profile(), profile({ email: 6 })], all("free")],
  ["several teams: allowed over capacity by one", full10, [profile(), profile({}, true)], { ...all("full"), voice: "over-allowed" }],
  ["several teams: free beats over capacity", full10, [profile({}, true), profile({ total: 11 })], all("free")],
];

describe("CAP-1 CAP-2 CAP-3 what an agent can take", () => {
  for (const [why, has, profiles, answers] of table) {
    test(why, () => {
      const got = Object.fromEntries((Object.keys(answers) as Channel[]).map((channel) => [channel, capacityFor(has, profiles, channel)]));
      expect(got).toEqual(answers);
    });
  }
  test("CAP-3 what an agent has open against the roomiest of the profiles", () => {
    expect(capacityUse(load({ voice: 2, email: 1 }), [profile({ email: 2 }), profile({ chat: 9, total: 8 })])).toEqual({
      voice: { open: 2, limit: 1 }, sms: { open: 0, limit: 5 }, email: { open: 1, limit: 5 }, chat: { open: 0, limit: 9 }, total: { open: 3, limit: 10 },
    });
    expect(capacityUse(load(), [])).toBeNull();
  });
  test("the total is the sum of the channels", () => { expect(totalOf(load({ voice: 1, sms: 2, email: 3, chat: 4 }))).toBe(10); });
});
