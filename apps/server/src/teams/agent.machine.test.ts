import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Millis } from "@ringdesk/std";
import type { AgentStatus } from "@ringdesk/contract/http";
import { agentDeadline, DESKTOP_GRACE_MS, newAgent, stepAgent, type AgentEvent, type AgentState, type DesktopState } from "./agent.machine.ts";

const at = (ms: number) => ms as Millis;
const base = { since: at(0), cause: "chosen" } as const;
const desktops = {
  "here": { kind: "here", tabs: ["t1"] }, "gone": { kind: "gone", since: at(0) }, "gone-in-call": { kind: "gone-in-call" },
} as const satisfies { [K in DesktopState["kind"]]: Extract<DesktopState, { kind: K }> };
const late = at(DESKTOP_GRACE_MS);
const events = {
  "status-set": { type: "status-set", status: "busy", cause: "chosen", at: at(1) },
  "desktop-opened": { type: "desktop-opened", tab: "t2" },
  "desktop-closed": { type: "desktop-closed", tab: "t1", at: at(1) },
  "signed-in": { type: "signed-in", onCall: false, at: at(1) },
  "signed-out": { type: "signed-out", onCall: false, at: at(1) },
  "call-ended": { type: "call-ended", at: at(1) },
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
      expect(got.effects.map((f) => f.status)).toEqual(nextStatus === status ? [] : [nextStatus]);
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
  expect(stepAgent(away, { type: "call-ended", at: at(99_000) }).state.status).toBe("unavailable");
});

test("a tab that reconnects before its old socket closes is still there afterwards", () => {
  let s: AgentState = { ...base, status: "available", desktop: desktops.here };
  s = stepAgent(s, { type: "desktop-opened", tab: "t1" }).state;
  s = stepAgent(s, { type: "desktop-closed", tab: "t1", at: at(1) }).state;
  expect(s.desktop).toEqual({ kind: "here", tabs: ["t1"] });
});

test("who becomes available without a desktop has the whole grace to open one", () => {
  const s = stepAgent(newAgent(at(0)), { type: "status-set", status: "available", cause: "chosen", at: at(500_000) }).state;
  expect(agentDeadline(s)).toBe(500_000 + DESKTOP_GRACE_MS);
});

test("in any order of events, the recorded changes lead to the status at hand", () => {
  const event = fc.oneof(...Object.values(events).map((e) => fc.record({ ms: fc.nat(100_000), onCall: fc.boolean(), status: fc.constantFrom<AgentStatus>("available", "busy", "unavailable") })
    .map(({ ms, onCall, status }): AgentEvent => ({ ...e, ...("at" in e ? { at: at(ms) } : {}), ...("onCall" in e ? { onCall } : {}), ...("status" in e ? { status } : {}) }) as AgentEvent)));
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (history) => {
    let s = newAgent(at(0));
    let recorded: AgentStatus = "unavailable";
    for (const e of history) {
      const step = stepAgent(s, e);
      s = step.state;
      for (const f of step.effects) {
        expect(f.status).not.toBe(recorded);
        recorded = f.status;
      }
      expect(s.status).toBe(recorded);
    }
  }), { seed: 20_261_122 });
});
