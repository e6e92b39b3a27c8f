// The status of one agent, and whether a desktop of theirs is there. Pure: no clock, no I/O, never throws.
import { addMs, type Millis, type Step } from "@ringdesk/std";
import type { AgentStatus } from "@ringdesk/contract/http";
import type { NamedSubStatus, StatusCause } from "./agents.ports.ts";

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
  /** STAT-1: what kind of busy or unavailable; null when none was named. */
  readonly subStatus: NamedSubStatus | null;
  readonly since: Millis;
  readonly cause: StatusCause;
  readonly desktop: DesktopState;
  /** STAT-3: when wrap-up after a call ends by itself; null when the agent ends it. Any change of status forgets it. */
  readonly wrapUpUntil: Millis | null;
};

export type AgentEvent =
  | { readonly type: "status-set"; readonly status: AgentStatus; readonly subStatus: NamedSubStatus | null; readonly cause: StatusCause; readonly at: Millis }
  | { readonly type: "desktop-opened"; readonly tab: string }
  | { readonly type: "desktop-closed"; readonly tab: string; readonly at: Millis }
  | { readonly type: "signed-in"; readonly onCall: boolean; readonly at: Millis }
  | { readonly type: "signed-out"; readonly onCall: boolean; readonly at: Millis }
  /** `wrapUpMs`: the queue's wrap-up time; null when it has none. */
  | { readonly type: "call-ended"; readonly wrapUpMs: number | null; readonly at: Millis }
  | { readonly type: "clock-reached"; readonly onCall: boolean; readonly at: Millis };

export type AgentEffect =
  | { readonly do: "record"; readonly status: AgentStatus; readonly subStatus: NamedSubStatus | null; readonly cause: StatusCause; readonly at: Millis }
  /** Wrap-up has begun, or was ended, in the status at hand. */
  | { readonly do: "record-wrap-up"; readonly until: Millis | null; readonly at: Millis };

type Next = Step<AgentState, AgentEffect>;
const stay = (state: AgentState): Next => ({ state, effects: [] });

/** An agent nobody has heard of yet (STAT-1). */
export const newAgent = (at: Millis): AgentState => ({ status: "unavailable", subStatus: null, since: at, cause: "signed-in", desktop: { kind: "gone", since: at }, wrapUpUntil: null });

export function stepAgent(s: AgentState, e: AgentEvent): Next {
  switch (e.type) {
    case "status-set": return become(graceFrom(s, e.at), e.status, e.subStatus, e.cause, e.at);
    case "desktop-opened": {
      const tabs = s.desktop.kind === "here" ? s.desktop.tabs : [];
      return stay({ ...s, desktop: { kind: "here", tabs: [...tabs, e.tab] } });
    }
    case "desktop-closed": return stay({ ...s, desktop: without(s.desktop, e.tab, e.at) });
    case "signed-in": return e.onCall || s.desktop.kind === "here" ? stay(s) : become(s, "unavailable", null, "signed-in", e.at);
    case "signed-out": return e.onCall ? stay(s) : become(s, "unavailable", null, "signed-out", e.at);
    case "call-ended": {
      if (s.desktop.kind === "gone-in-call") return gone(s, e.at);
      return s.status === "busy" && e.wrapUpMs !== null ? wrapUp(s, addMs(e.at, e.wrapUpMs), e.at) : stay(s);
    }
    case "clock-reached": return clockReached(s, e.onCall, e.at);
  }
}

function clockReached(s: AgentState, onCall: boolean, at: Millis): Next {
  const goneFor = desktopDeadline(s);
  if (goneFor !== null && at >= goneFor) return onCall ? stay({ ...s, desktop: { kind: "gone-in-call" } }) : gone(s, at);
  if (s.wrapUpUntil === null || at < s.wrapUpUntil) return stay(s);
  // Who calls somebody during wrap-up is busy with that call, and its end decides.
  return onCall ? wrapUp(s, null, at) : become(s, "available", null, "wrap-up-over", at);
}

/** Someone who becomes available without a desktop has the whole grace to open one. */
function graceFrom(s: AgentState, at: Millis): AgentState {
  return s.status === "unavailable" && s.desktop.kind === "gone" ? { ...s, desktop: { kind: "gone", since: at } } : s;
}

const wrapUp = (s: AgentState, until: Millis | null, at: Millis): Next => ({ state: { ...s, wrapUpUntil: until }, effects: [{ do: "record-wrap-up", until, at }] });

function gone(s: AgentState, at: Millis): Next {
  return become({ ...s, desktop: { kind: "gone", since: at } }, "unavailable", null, "desktop-gone", at);
}

const ANEW: readonly StatusCause[] = ["chosen", "signed-in", "signed-out"];
function become(s: AgentState, status: AgentStatus, subStatus: NamedSubStatus | null, cause: StatusCause, at: Millis): Next {
  // What happens to an agent keeps the reason that the agent has given: who was at lunch still is. Coming and going does not.
  const kept = s.status === status && !ANEW.includes(cause) ? s.subStatus : subStatus;
  if (s.status === status && s.subStatus?.id === kept?.id) return cause === "chosen" && s.wrapUpUntil !== null ? wrapUp(s, null, at) : stay(s);
  return { state: { ...s, status, subStatus: kept, cause, since: at, wrapUpUntil: null }, effects: [{ do: "record", status, subStatus: kept, cause, at }] };
}

function without(desktop: DesktopState, tab: string, at: Millis): DesktopState {
  if (desktop.kind !== "here") return desktop;
  const found = desktop.tabs.indexOf(tab);
  if (found < 0) return desktop;
  const tabs = desktop.tabs.filter((_, i) => i !== found);
  return tabs.length > 0 ? { kind: "here", tabs } : { kind: "gone", since: at };
}

/** When the clock next matters: the desktop has been gone for too long, or wrap-up is over; null when it does not. */
export function agentDeadline(s: AgentState): Millis | null {
  const goneFor = desktopDeadline(s);
  if (goneFor === null || s.wrapUpUntil === null) return goneFor ?? s.wrapUpUntil;
  return goneFor < s.wrapUpUntil ? goneFor : s.wrapUpUntil;
}

function desktopDeadline(s: AgentState): Millis | null {
  return s.status !== "unavailable" && s.desktop.kind === "gone" ? addMs(s.desktop.since, DESKTOP_GRACE_MS) : null;
}
