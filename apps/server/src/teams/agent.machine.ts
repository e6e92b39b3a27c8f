// The status of one agent, and whether a desktop of theirs is there. Pure: no clock, no I/O, never throws.
import { addMs, type Millis, type Step } from "@ringdesk/std";
import type { AgentStatus } from "@ringdesk/contract/http";
import type { StatusCause } from "./agents.ports.ts";

/** STAT-5: an agent without a call whose desktop is gone for longer becomes unavailable. */
export const DESKTOP_GRACE_MS = 20_000;

export type DesktopState =
  /** Connected desktops by tab; a tab that reconnects before its old socket has closed stands here twice. */
  | { readonly kind: "here"; readonly tabs: readonly string[] }
  | { readonly kind: "gone"; readonly since: Millis }
  /** Gone for longer than the grace, but in a call: the end of the call decides. */
  | { readonly kind: "gone-in-call" };

export type AgentState = {
  readonly status: AgentStatus;
  readonly since: Millis;
  readonly cause: StatusCause;
  readonly desktop: DesktopState;
};

export type AgentEvent =
  | { readonly type: "status-set"; readonly status: AgentStatus; readonly cause: StatusCause; readonly at: Millis }
  | { readonly type: "desktop-opened"; readonly tab: string }
  | { readonly type: "desktop-closed"; readonly tab: string; readonly at: Millis }
  | { readonly type: "signed-in"; readonly onCall: boolean; readonly at: Millis }
  | { readonly type: "signed-out"; readonly onCall: boolean; readonly at: Millis }
  | { readonly type: "call-ended"; readonly at: Millis }
  | { readonly type: "clock-reached"; readonly onCall: boolean; readonly at: Millis };

export type AgentEffect = { readonly do: "record"; readonly status: AgentStatus; readonly cause: StatusCause; readonly at: Millis };

type Next = Step<AgentState, AgentEffect>;
const stay = (state: AgentState): Next => ({ state, effects: [] });

/** An agent nobody has heard of yet (STAT-1). */
export const newAgent = (at: Millis): AgentState => ({ status: "unavailable", since: at, cause: "signed-in", desktop: { kind: "gone", since: at } });

export function stepAgent(s: AgentState, e: AgentEvent): Next {
  switch (e.type) {
    case "status-set": return become(graceFrom(s, e.at), e.status, e.cause, e.at);
    case "desktop-opened": {
      const tabs = s.desktop.kind === "here" ? s.desktop.tabs : [];
      return stay({ ...s, desktop: { kind: "here", tabs: [...tabs, e.tab] } });
    }
    case "desktop-closed": return stay({ ...s, desktop: without(s.desktop, e.tab, e.at) });
    case "signed-in": return e.onCall || s.desktop.kind === "here" ? stay(s) : become(s, "unavailable", "signed-in", e.at);
    case "signed-out": return e.onCall ? stay(s) : become(s, "unavailable", "signed-out", e.at);
    case "call-ended": return s.desktop.kind === "gone-in-call" ? gone(s, e.at) : stay(s);
    case "clock-reached": {
      const due = agentDeadline(s);
      if (due === null || e.at < due) return stay(s);
      return e.onCall ? stay({ ...s, desktop: { kind: "gone-in-call" } }) : gone(s, e.at);
    }
  }
}

/** Someone who becomes available without a desktop has the whole grace to open one. */
function graceFrom(s: AgentState, at: Millis): AgentState {
  return s.status === "unavailable" && s.desktop.kind === "gone" ? { ...s, desktop: { kind: "gone", since: at } } : s;
}

function gone(s: AgentState, at: Millis): Next {
  return become({ ...s, desktop: { kind: "gone", since: at } }, "unavailable", "desktop-gone", at);
}

function become(s: AgentState, status: AgentStatus, cause: StatusCause, at: Millis): Next {
  if (s.status === status) return stay(s);
  return { state: { ...s, status, cause, since: at }, effects: [{ do: "record", status, cause, at }] };
}

function without(desktop: DesktopState, tab: string, at: Millis): DesktopState {
  if (desktop.kind !== "here") return desktop;
  const found = desktop.tabs.indexOf(tab);
  if (found < 0) return desktop;
  const tabs = desktop.tabs.filter((_, i) => i !== found);
  return tabs.length > 0 ? { kind: "here", tabs } : { kind: "gone", since: at };
}

/** When the desktop has been gone for too long; null while it is there, or when it does not matter. */
export function agentDeadline(s: AgentState): Millis | null {
  return s.status !== "unavailable" && s.desktop.kind === "gone" ? addMs(s.desktop.since, DESKTOP_GRACE_MS) : null;
}
