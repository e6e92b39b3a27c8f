import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Millis, SubStatusId } from "@ringdesk/std";
import type { AgentStatus } from "@ringdesk/contract/http";
import { agentDeadline, DESKTOP_GRACE_MS, newAgent, stepAgent, type AgentEvent, type AgentState, type DesktopState } from "./agent.machine.ts";

const at = (ms: number) => ms as Millis;
const base = { subStatus: null, since: at(0), cause: "chosen", wrapUpUntil: null } as const;
const desktops = {
  "here": { kind: "here", tabs: ["t1"] }, "gone": { kind: "gone", since: at(0) }, "gone-in-call": { kind: "gone-in-call" },
} as const satisfies { [K in DesktopState["kind"]]: Extract<DesktopState, { kind: K }> };
const late = at(DESKTOP_GRACE_MS);
const events = {
  "status-set": { type: "status-set", status: "busy", subStatus: null, cause: "chosen", at: at(1) },
  "desktop-opened": { type: "desktop-opened", tab: "t2" },
  "desktop-closed": { type: "desktop-closed", tab: "t1", at: at(1) },
  "signed-in": { type: "signed-in", onCall: false, at: at(1) },
  "signed-out": { type: "signed-out", onCall: false, at: at(1) },
  "call-ended": { type: "call-ended", wrapUpMs: null, at: at(1) },
  "clock-reached": { type: "clock-reached", onCall: false, at: late },
} satisfies { [T in AgentEvent["type"]]: Extract<AgentEvent, { type: T }> };

type Cell = readonly [status: AgentStatus, desktop: DesktopState["kind"]];
type Rows = Record<AgentStatus, Record<DesktopState["kind"], Record<AgentEvent["type"], Cell>>>;
const staffed = (status: "available" | "busy"): Rows[AgentStatus] => ({
  "here": {
    "status-set": ["busy", "here"], "desktop-opened": [status, "here"], "desktop-closed": [status, "gone"], "signed-in": [status, "here"],
    "signed-out": ["unavailable", "here"], "call-ended": [status, "here"], "clock-reached": [status, "here"],
  },
  "gone": {
    "status-set": ["busy", "gone"], "desktop-opened": [status, "here"], "desktop-closed": [status, "gone"], "signed-in": ["unavailable", "gone"],
    "signed-out": ["unavailable", "gone"], "call-ended": [status, "gone"], "clock-reached": ["unavailable", "gone"],
  },
  "gone-in-call": {
    "status-set": ["busy", "gone-in-call"], "desktop-opened": [status, "here"], "desktop-closed": [status, "gone-in-call"],
    "signed-in": ["unavailable", "gone-in-call"], "signed-out": ["unavailable", "gone-in-call"], "call-ended": ["unavailable", "gone"],
    "clock-reached": [status, "gone-in-call"],
  },
});
const table: Rows = {
  available: staffed("available"),
  busy: staffed("busy"),
  unavailable: {
    "here": { ...staffed("busy").here, "desktop-opened": ["unavailable", "here"], "desktop-closed": ["unavailable", "gone"], "signed-in": ["unavailable", "here"], "call-ended": ["unavailable", "here"], "clock-reached": ["unavailable", "here"] },
    "gone": { ...staffed("busy").gone, "desktop-opened": ["unavailable", "here"], "desktop-closed": ["unavailable", "gone"], "call-ended": ["unavailable", "gone"] },
    "gone-in-call": { ...staffed("busy")["gone-in-call"], "desktop-opened": ["unavailable", "here"], "desktop-closed": ["unavailable", "gone-in-call"], "clock-reached": ["unavailable", "gone-in-call"] },
  },
};

describe("agent: total table", () => {
  for (const [status, rows] of Object.entries(table)) for (const [desktop, row] of Object.entries(rows)) for (const [on, [nextStatus, nextDesktop]] of Object.entries(row)) {
    test(`${status}, ${desktop} + ${on} → ${nextStatus}, ${nextDesktop}`, () => {
      const from: AgentState = { ...base, status: status as AgentStatus, desktop: desktops[desktop as DesktopState["kind"]] };
      const got = stepAgent(from, events[on as AgentEvent["type"]]);
      expect([got.state.status, got.state.desktop.kind]).toEqual([nextStatus, nextDesktop]);
      // A change of status is recorded, and nothing else is.
      expect(got.effects.map((f) => (f.do === "record" ? f.status : f.do))).toEqual(nextStatus === status ? [] : [nextStatus]);
    });
  }
});

test("STAT-1 an agent starts as unavailable", () => expect(newAgent(at(5))).toMatchObject({ status: "unavailable", since: 5 }));

test("STAT-5 the desktop may be gone for 20 s, not for longer", () => {
  const s = stepAgent({ ...base, status: "available", desktop: desktops.here }, { type: "desktop-closed", tab: "t1", at: at(1_000) }).state;
  expect(agentDeadline(s)).toBe(21_000);
  expect(stepAgent(s, { type: "clock-reached", onCall: false, at: at(20_999) }).state.status).toBe("available");
  expect(stepAgent(s, { type: "clock-reached", onCall: false, at: at(21_000) }).state).toMatchObject({ status: "unavailable", cause: "desktop-gone" });
});

test("STAT-5 in a call the desktop's loss waits for the end of the call", () => {
  const away = stepAgent({ ...base, status: "busy", desktop: desktops.gone }, { type: "clock-reached", onCall: true, at: late }).state;
  expect(away).toMatchObject({ status: "busy", desktop: { kind: "gone-in-call" } });
  expect(agentDeadline(away)).toBeNull();
  expect(stepAgent(away, { type: "call-ended", wrapUpMs: null, at: at(99_000) }).state.status).toBe("unavailable");
});

test("a tab that reconnects before its old socket closes is still there afterwards", () => {
  let s: AgentState = { ...base, status: "available", desktop: desktops.here };
  s = stepAgent(s, { type: "desktop-opened", tab: "t1" }).state;
  s = stepAgent(s, { type: "desktop-closed", tab: "t1", at: at(1) }).state;
  expect(s.desktop).toEqual({ kind: "here", tabs: ["t1"] });
});

test("who becomes available without a desktop has the whole grace to open one", () => {
  const s = stepAgent(newAgent(at(0)), { type: "status-set", status: "available", subStatus: null, cause: "chosen", at: at(500_000) }).state;
  expect(agentDeadline(s)).toBe(500_000 + DESKTOP_GRACE_MS);
});

const lunch = { id: "lunch" as SubStatusId, name: "Lunch" };
const training = { id: "training" as SubStatusId, name: "Training" };
const choose = (status: AgentStatus, subStatus: typeof lunch | null, ms: number): AgentEvent => ({ type: "status-set", status, subStatus, cause: "chosen", at: at(ms) });

test("STAT-1 another sub-status is a change of its own, the same one is none", () => {
  const s = stepAgent({ ...base, status: "available", desktop: desktops.here }, choose("unavailable", lunch, 5));
  expect(s.effects).toEqual([{ do: "record", status: "unavailable", subStatus: lunch, cause: "chosen", at: 5 }]);
  expect(stepAgent(s.state, choose("unavailable", lunch, 6)).effects).toEqual([]);
  expect(stepAgent(s.state, choose("unavailable", training, 7)).state).toMatchObject({ subStatus: training, since: 7 });
  expect(stepAgent(s.state, choose("unavailable", null, 8)).effects).toMatchObject([{ subStatus: null }]);
});

test("STAT-1 what happens to an agent keeps the chosen sub-status; signing out does not", () => {
  const s: AgentState = { ...base, status: "unavailable", subStatus: lunch, desktop: desktops.gone };
  expect(stepAgent(s, { type: "status-set", status: "unavailable", subStatus: null, cause: "offer-missed", at: at(1) })).toEqual({ state: { ...s, desktop: { kind: "gone", since: at(1) } }, effects: [] });
  expect(stepAgent(s, { type: "signed-out", onCall: false, at: at(1) }).state.subStatus).toBeNull();
});

describe("STAT-3 wrap-up after a call", () => {
  const inCall: AgentState = { ...base, status: "busy", cause: "offer-accepted", desktop: desktops.here };
  const after = (wrapUpMs: number | null): AgentState => stepAgent(inCall, { type: "call-ended", wrapUpMs, at: at(1_000) }).state;
  const recorded = (s: AgentState, e: AgentEvent) => stepAgent(s, e).effects;
  const look = (s: AgentState, ms: number, onCall = false) => stepAgent(s, { type: "clock-reached", onCall, at: at(ms) }).state;

  test("without a wrap-up time the agent stays busy", () => expect(agentDeadline(after(null))).toBeNull());
  test("with one, they become available at its end and not before", () => {
    expect(agentDeadline(after(30_000))).toBe(31_000);
    expect(look(after(30_000), 30_999).status).toBe("busy");
    expect(look(after(30_000), 31_000)).toMatchObject({ status: "available", cause: "wrap-up-over", wrapUpUntil: null });
  });
  test("whatever the agent chooses meanwhile holds, busy again included", () => {
    for (const status of ["available", "busy", "unavailable"] as const) {
      const chosen = stepAgent(after(30_000), choose(status, null, 5_000)).state;
      expect(chosen.wrapUpUntil, status).toBeNull();
      expect(look(chosen, 31_000).status).toBe(status);
    }
  });
  test("what changes in it is recorded, so that a restart knows it", () => {
    expect(recorded(inCall, { type: "call-ended", wrapUpMs: 30_000, at: at(1_000) })).toEqual([{ do: "record-wrap-up", until: 31_000, at: 1_000 }]);
    expect(recorded(after(30_000), choose("busy", null, 5_000))).toEqual([{ do: "record-wrap-up", until: null, at: 5_000 }]);
    expect(recorded(after(30_000), { type: "clock-reached", onCall: true, at: at(31_000) })).toEqual([{ do: "record-wrap-up", until: null, at: 31_000 }]);
    expect(recorded(after(null), choose("busy", null, 5_000))).toEqual([]);
  });
  test("who is in another call by then waits for its end", () => expect(look(after(30_000), 31_000, true)).toMatchObject({ status: "busy", wrapUpUntil: null }));
  test("STAT-5 a lost desktop comes first", () => {
    const lost = stepAgent(after(30_000), { type: "desktop-closed", tab: "t1", at: at(2_000) }).state;
    expect(agentDeadline(lost)).toBe(22_000);
    expect(look(lost, 22_000).status).toBe("unavailable");
    const lostLater = stepAgent(after(30_000), { type: "desktop-closed", tab: "t1", at: at(25_000) }).state;
    expect(look(lostLater, 31_000).status).toBe("available");
    expect(look(look(lostLater, 31_000), 45_000).status).toBe("unavailable");
  });
});

test("in any order of events, the recorded changes lead to the status at hand", () => {
  const event = fc.oneof(...Object.values(events).map((e) => fc.record({
    ms: fc.nat(100_000), onCall: fc.boolean(), status: fc.constantFrom<AgentStatus>("available", "busy", "unavailable"), subStatus: fc.constantFrom(null, lunch, training), wrapUpMs: fc.constantFrom(null, 0, 5_000),
  }).map(({ ms, onCall, status, subStatus, wrapUpMs }): AgentEvent => ({
    ...e, ...("at" in e ? { at: at(ms) } : {}), ...("onCall" in e ? { onCall } : {}), ...("wrapUpMs" in e ? { wrapUpMs } : {}), ...("status" in e ? { status, subStatus: status === "available" ? null : subStatus } : {}),
  }) as AgentEvent)));
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (history) => {
    let s = newAgent(at(0));
    let recorded = "unavailable, none";
    let wrapUp: number | null = null;
    for (const e of history) {
      const step = stepAgent(s, e);
      s = step.state;
      for (const f of step.effects) {
        wrapUp = f.do === "record" ? null : f.until;
        if (f.do !== "record") continue;
        const now = `${f.status}, ${f.subStatus?.id ?? "none"}`;
        expect(now).not.toBe(recorded);
        recorded = now;
      }
      expect(`${s.status}, ${s.subStatus?.id ?? "none"}`).toBe(recorded);
      expect(s.status === "available" ? s.subStatus : null).toBeNull();
      if (s.status !== "busy") expect(s.wrapUpUntil).toBeNull();
      expect(s.wrapUpUntil).toBe(wrapUp);
    }
  }), { seed: 20_261_122 });
});
