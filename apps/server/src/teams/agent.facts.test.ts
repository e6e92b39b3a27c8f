import { expect, test } from "vitest";
import { decodeAgentFact } from "./agent.facts.ts";

const at = 1_700_000_000_000;

test("STAT-6 facts from before sub-statuses are read as of today", () => {
  const first = { type: "agent.status-changed", v: 1, at, data: { status: "busy", cause: "offer-accepted" } };
  expect(decodeAgentFact(first)).toEqual({ ok: true, value: { ...first, v: 2, data: { ...first.data, subStatus: null } } });
});

test("STAT-1 a fact keeps the name that the sub-status had", () => {
  const second = { type: "agent.status-changed", v: 2, at, data: { status: "unavailable", cause: "chosen", subStatus: { id: "s1", name: "Lunch" } } };
  expect(decodeAgentFact(second)).toEqual({ ok: true, value: second });
});

test("STAT-3 until when wrap-up lasts is a fact, and that it does no more", () => {
  for (const until of [at, null]) {
    const fact = { type: "agent.wrap-up-set", v: 1, at, data: { until } };
    expect(decodeAgentFact(fact)).toEqual({ ok: true, value: fact });
  }
});

test("what is no such fact is refused", () => {
  for (const row of [null, { type: "agent.status-changed", v: 3, at, data: {} }, { type: "agent.status-changed", v: 2, at, data: { status: "busy", cause: "chosen" } }, { type: "agent.status-changed", v: 1, at, data: { status: "asleep", cause: "chosen" } }]) {
    expect(decodeAgentFact(row)).toMatchObject({ ok: false, error: { type: "corrupt-fact" } });
  }
});
