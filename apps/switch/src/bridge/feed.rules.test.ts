import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LegId } from "@ringdesk/std";
import { feedsOf, type Feed } from "./feed.rules.ts";

const ids = (...names: string[]): LegId[] => names as LegId[];
const [customer, agent, boss] = ids("customer", "agent", "boss") as [LegId, LegId, LegId];
const nobody = (): null => null;
const plan = (sources: Record<string, LegId[]>, relayed: Record<string, LegId> = {}): Record<string, Feed> =>
  Object.fromEntries(feedsOf(Object.keys(sources) as LegId[], (leg) => sources[leg] ?? [], (leg) => relayed[leg] ?? null));

describe("how the legs of a bridge are fed", () => {
  test("two people are relayed to each other, one alone hears nothing", () => {
    expect(plan({ customer: [agent], agent: [customer] })).toEqual({ customer: { kind: "relay", from: agent }, agent: { kind: "relay", from: customer } });
    expect(plan({ customer: [] })).toEqual({ customer: { kind: "nothing" } });
  });

  test("a supervisor who listens leaves the two as they are", () => {
    const sources = { boss: [customer, agent], customer: [agent], agent: [customer] };
    expect(plan(sources)).toEqual({ boss: { kind: "mix", from: [customer, agent] }, customer: { kind: "relay", from: agent }, agent: { kind: "relay", from: customer } });
  });

  test("a supervisor who whispers is mixed to the agent alone; the customer is still relayed", () => {
    expect(plan({ customer: [agent], agent: [customer, boss], boss: [customer, agent] })).toEqual({
      customer: { kind: "relay", from: agent }, agent: { kind: "mix", from: [customer, boss] }, boss: { kind: "mix", from: [customer, agent] },
    });
  });

  test("who listens to one whose packets go elsewhere already is mixed, and the relay stays where it is", () => {
    const sources = { boss: [customer], agent: [customer], customer: [agent] };
    expect(plan(sources, { customer: agent })["boss"]).toEqual({ kind: "mix", from: [customer] });
    expect(plan(sources, { customer: boss })["agent"]).toEqual({ kind: "mix", from: [customer] });
  });

  test("nobody's packets are relayed twice, and everybody hears whom they are to hear", () => {
    const legs = ids("a", "b", "c", "d", "e");
    const matrix = fc.array(fc.subarray(legs), { minLength: 5, maxLength: 5 });
    fc.assert(fc.property(matrix, fc.array(fc.option(fc.constantFrom(...legs)), { minLength: 5, maxLength: 5 }), (rows, relays) => {
      const sourcesOf = (leg: LegId): LegId[] => (rows[legs.indexOf(leg)] ?? []).filter((other) => other !== leg);
      const feeds = feedsOf(legs, sourcesOf, (leg) => relays[legs.indexOf(leg)] ?? null);
      const relayed = [...feeds.values()].flatMap((feed) => (feed.kind === "relay" ? [feed.from] : []));
      expect(new Set(relayed).size).toBe(relayed.length);
      for (const [leg, feed] of feeds) expect(feed.kind === "nothing" ? [] : feed.kind === "relay" ? [feed.from] : feed.from).toEqual(sourcesOf(leg));
      expect(feedsOf(legs, sourcesOf, nobody).size).toBe(5);
    }));
  });
});
