// The total table of the call: every phase with every event. A new phase or event does not compile until its row is here.
import { describe, expect, test } from "vitest";
import { addMs } from "@ringdesk/std";
import { AGENT_CONNECT_MS, LIMIT_WARNING_MS, MAX_CALL_MS, SETTLE_MS } from "./call.limits.rules.ts";
import { callDeadline, decide, stepCall } from "./call.machine.ts";
import { agentLegEnds, arrived, events, ids, placed, START, states } from "./call.samples.fake.ts";
import { note, type CallEvent, type CallEventType } from "./call.events.rules.ts";
import { evolve } from "./call.evolve.rules.ts";
import { begin, messageId, type CallState, type PhaseKind } from "./call.state.rules.ts";

const all = { ...events, "agent's leg.ended": agentLegEnds } as const;
type EventKey = CallEventType | "agent's leg.ended";
/** The phase after it; then the facts, then the effects, if there are any. */
type Cell = readonly [to: PhaseKind, facts?: string, effects?: string];
const still = (phase: PhaseKind): Readonly<Record<EventKey, Cell>> =>
  Object.fromEntries(Object.keys(all).map((key) => [key, [phase]])) as unknown as Readonly<Record<EventKey, Cell>>;

const table: Readonly<Record<keyof typeof states, Readonly<Record<EventKey, Cell>>>> = {
  arriving: { ...still("arriving"),
    "switch.reported": ["greeting", "answered", "answer welcome"],
    "leg.answered": ["greeting", "answered", "welcome"],
    "leg.ended": ["ending", "leg-ended ended", "unbridge"],
    "customer.identified": ["arriving", "identified"],
    "customer.unreachable": ["ending", "ended", "hang-up unbridge"],
    "clock.reached": ["ending", "ended", "hang-up unbridge"],
  },
  greeting: { ...still("greeting"),
    "leg.ended": ["ending", "leg-ended ended", "unbridge"],
    "greeting.over": ["waiting", "queued"],
    "switch.reported": ["greeting", "", "welcome"],
    "customer.identified": ["greeting", "identified"],
    "clock.reached": ["waiting", "queued"],
  },
  placing: { ...still("placing"),
    "leg.ended": ["ending", "leg-ended ended", "unbridge"],
    "switch.reported": ["placing", "", "play-music"],
    "customer.identified": ["waiting", "identified queued"],
    "customer.unknown": ["waiting", "unidentified queued"],
    "clock.reached": ["waiting", "queued"],
  },
  waiting: { ...still("waiting"),
    "queue.gone": ["waiting", "queued"],
    "leg.ended": ["ending", "leg-ended ended", "unbridge"],
    "switch.reported": ["waiting", "", "play-music"],
    "customer.identified": ["waiting", "identified"],
    "offer.made": ["waiting", "offered"],
    "agent.accepted": ["connecting", "assigned"],
    "clock.reached": ["waiting", "queued"],
  },
  callback: { ...still("callback"),
    "leg.ended": ["callback", "leg-ended"],
    "switch.reported": ["callback", "", "hang-up"],
    "customer.identified": ["callback", "identified"],
    "queue.gone": ["callback", "queued"],
    "offer.made": ["callback", "offered"],
    "clock.reached": ["callback", "leg-ended", "hang-up"],
  },
  "callback-pause": { ...still("callback-pause"),
    "leg.ended": ["callback-pause", "leg-ended"],
    "customer.identified": ["callback-pause", "identified"],
    "clock.reached": ["callback", "queued"],
  },
  voicemail: { ...still("voicemail"),
    "leg.ended": ["ending", "leg-ended ended", "unbridge"],
    "prompt.over": ["message", "message-begun", "record-start"],
    "switch.reported": ["voicemail", "", "play-voicemail-greeting"],
    "customer.identified": ["voicemail", "identified"],
    "clock.reached": ["message", "message-begun", "record-start"],
  },
  message: { ...still("message"),
    "leg.ended": ["ending", "leg-ended ended", "record-stop unbridge"],
    "leg.dtmf": ["farewell", "farewell-begun", "record-stop say"],
    "switch.reported": ["message", "", "record-start"],
    "customer.identified": ["message", "identified"],
    "clock.reached": ["farewell", "farewell-begun", "record-stop say"],
  },
  farewell: { ...still("farewell"),
    "leg.ended": ["ending", "leg-ended ended", "record-stop unbridge"],
    "switch.reported": ["ending", "ended", "record-stop hang-up unbridge"],
    "customer.identified": ["farewell", "identified"],
    "clock.reached": ["ending", "ended", "record-stop hang-up unbridge"],
  },
  connecting: { ...still("connecting"),
    "leg.media-connected": ["talking", "agent-connected bridged", "bridge record-start"],
    "leg.ended": ["ending", "leg-ended ended", "hang-up unbridge"],
    "switch.reported": ["connecting", "", "play-music"],
    "customer.identified": ["connecting", "identified"],
    "agent.audio-failed": ["connecting", "audio-failed"],
    "agent.hung-up": ["waiting", "requeued", "hang-up"],
    "clock.reached": ["waiting", "requeued", "hang-up"],
    "agent's leg.ended": ["connecting", "leg-ended"],
  },
  "connecting-out": { ...still("connecting"),
    "leg.media-connected": ["dialling", "agent-connected", "dial"],
    "agent.not-reached": ["ending", "ended", "hang-up unbridge"],
    "customer.identified": ["connecting", "identified"],
    "agent.audio-failed": ["connecting", "audio-failed"],
    "agent.hung-up": ["ending", "ended", "hang-up unbridge"],
    "clock.reached": ["ending", "ended", "hang-up unbridge"],
    "agent's leg.ended": ["connecting", "leg-ended"],
  },
  dialling: { ...still("dialling"),
    "switch.reported": ["talking", "answered bridged", "bridge record-start"],
    "leg.ringing": ["ringing", "ringing", "play-ringback"],
    "leg.early-media": ["ringing", "ringing", "bridge"],
    "leg.answered": ["talking", "answered bridged", "bridge record-start"],
    "leg.media-lost": ["dialling", "agent-lost"],
    "leg.ended": ["ending", "leg-ended ended", "hang-up unbridge"],
    "customer.identified": ["dialling", "identified"],
    "customer.unreachable": ["ending", "ended", "hang-up hang-up unbridge"],
    "agent.audio-failed": ["dialling", "audio-failed"],
    "agent.hung-up": ["ending", "ended", "hang-up hang-up unbridge"],
    "clock.reached": ["ending", "ended", "hang-up hang-up unbridge"],
    "agent's leg.ended": ["dialling", "leg-ended agent-lost"],
  },
  ringing: { ...still("ringing"),
    "switch.reported": ["talking", "answered bridged", "bridge record-start"],
    "leg.early-media": ["ringing", "", "bridge"],
    "leg.answered": ["talking", "answered bridged", "bridge record-start"],
    "leg.media-lost": ["ringing", "agent-lost"],
    "leg.ended": ["ending", "leg-ended ended", "hang-up unbridge"],
    "customer.identified": ["ringing", "identified"],
    "customer.unreachable": ["ending", "ended", "hang-up hang-up unbridge"],
    "agent.audio-failed": ["ringing", "audio-failed"],
    "agent.hung-up": ["ending", "ended", "hang-up hang-up unbridge"],
    "clock.reached": ["ending", "ended", "hang-up hang-up unbridge"],
    "agent's leg.ended": ["ringing", "leg-ended agent-lost"],
  },
  talking: { ...still("talking"),
    "leg.media-lost": ["away", "agent-lost", "play-music unbridge record-pause"],
    "leg.ended": ["ending", "leg-ended ended", "record-stop hang-up unbridge"],
    "recording.started": ["talking", "recording-started"],
    "recording.stopped": ["talking", "recording-stopped"],
    "switch.reported": ["talking", "", "bridge record-start"],
    "customer.identified": ["talking", "identified"],
    "agent.held": ["held", "held", "play-music unbridge record-pause hold"],
    "leg.held": ["held", "held", "play-music unbridge record-pause hold"],
    "agent.hung-up": ["ending", "ended", "record-stop hang-up hang-up unbridge"],
    "agent.sent-digits": ["talking", "digits", "send-digits"],
    "agent's leg.ended": ["away", "leg-ended agent-lost", "play-music unbridge record-pause"],
  },
  held: { ...still("held"),
    "leg.media-lost": ["away", "agent-lost"],
    "leg.ended": ["ending", "leg-ended ended", "record-stop hang-up unbridge"],
    "recording.started": ["held", "recording-started"],
    "recording.stopped": ["held", "recording-stopped"],
    "switch.reported": ["held", "", "play-music unbridge record-pause hold"],
    "customer.identified": ["held", "identified"],
    "agent.resumed": ["talking", "resumed", "bridge record-legs record-resume resume"],
    "leg.resumed": ["talking", "resumed", "bridge record-legs record-resume resume"],
    "agent.hung-up": ["ending", "ended", "record-stop hang-up hang-up unbridge"],
    "agent.sent-digits": ["held", "digits", "send-digits"],
    "agent's leg.ended": ["away", "leg-ended agent-lost"],
  },
  away: { ...still("away"),
    "leg.media-connected": ["talking", "agent-connected bridged", "bridge record-legs record-resume"],
    "leg.ended": ["ending", "leg-ended ended", "record-stop hang-up unbridge"],
    "recording.started": ["away", "recording-started"],
    "recording.stopped": ["away", "recording-stopped"],
    "switch.reported": ["away", "", "play-music unbridge record-pause"],
    "customer.identified": ["away", "identified"],
    "agent.audio-failed": ["away", "audio-failed"],
    "agent.hung-up": ["ending", "ended", "record-stop hang-up hang-up unbridge"],
    "clock.reached": ["waiting", "requeued", "hang-up"],
    "agent's leg.ended": ["away", "leg-ended"],
  },
  ending: { ...still("ending"),
    "leg.ended": ["ending", "leg-ended"],
    "recording.started": ["ending", "recording-started"],
    "recording.stopped": ["ending", "recording-stopped"],
    "switch.reported": ["ending", "", "record-stop hang-up hang-up unbridge"],
    "customer.identified": ["ending", "identified"],
    "clock.reached": ["ending", "leg-ended leg-ended recording-stopped"],
    "agent's leg.ended": ["ending", "leg-ended"],
  },
  settled: { ...still("settled"),
  },
};

describe("every phase with every event", () => {
  for (const [from, row] of Object.entries(table)) {
    for (const [on, [to, facts = "", effects = ""]] of Object.entries(row)) {
      test(`${from} + ${on} → ${to}`, () => {
        const state = states[from as keyof typeof states];
        const event: CallEvent = all[on as EventKey];
        const decided = decide(state, event);
        expect([stepCall(state, event).state.phase.kind, decided.facts.map((f) => f.type.slice("call.".length)).join(" "), decided.effects.map((e) => e.do).join(" ")])
          .toEqual([to, facts, effects]);
      });
    }
  }
});

const after = (state: CallState, ...happened: readonly CallEvent[]): CallState => happened.reduce((s, e) => stepCall(s, e).state, state);
const at = (ms: number) => addMs(START, ms);
const outcomeOf = (state: CallState) => decide(state, { ...events["leg.ended"], cause: "hangup" }).facts.find((f) => f.type === "call.ended")?.data;

describe("how calls end", () => {
  test.each([["arriving", "abandoned-in-queue"], ["greeting", "abandoned-in-queue"], ["waiting", "abandoned-in-queue"], ["connecting", "abandoned-in-queue"], ["talking", "answered"], ["held", "answered"], ["away", "answered"], ["ringing", "failed"]] as const)(
    "the customer hangs up while %s: %s", (phase, outcome) => expect(outcomeOf(states[phase])?.outcome).toBe(outcome));
  test.each(["arriving", "greeting", "waiting", "connecting", "talking", "held", "away", "ringing"] as const)("the switch dies while %s: interrupted", (phase) => {
    const ended = decide(states[phase], { ...events["leg.ended"], cause: "switch-failed", by: "switch" }).facts.find((f) => f.type === "call.ended");
    expect(ended?.data).toMatchObject({ outcome: "interrupted", by: "system", reason: "switch-failed" });
  });
  test("RTE-5 after the timeout it goes to the default queue, after the timeout there it is missed", () => {
    const inDefault = after(states.waiting, { type: "clock.reached", at: at(122_000) });
    expect(inDefault.core.place?.queueId).toBe(ids.standard);
    const missed = decide(inDefault, { type: "clock.reached", at: at(242_000) });
    expect(missed.facts.find((f) => f.type === "call.ended")?.data).toMatchObject({ outcome: "missed", by: "system", reason: "unanswered" });
  });
  test("an ended call is settled once its legs, its recording and its customer are accounted for", () => {
    const gone = after(states.talking, events["leg.ended"], events["recording.stopped"], events["customer.identified"]);
    expect(gone.phase.kind).toBe("ending");
    expect(callDeadline(gone)).not.toBeNull();
    expect(after(gone, agentLegEnds).phase.kind).toBe("settled");
  });
  test("an ended call whose customer is not known waits for the database, without a timer", () => {
    const gone = after(states.talking, events["leg.ended"], events["recording.stopped"], agentLegEnds);
    expect([gone.phase.kind, callDeadline(gone)]).toEqual(["ending", null]);
    expect(after(gone, events["customer.identified"]).phase.kind).toBe("settled");
  });
  test("an offer that still rings when the caller hangs up is withdrawn", () => {
    const decided = decide(after(states.waiting, events["offer.made"]), events["leg.ended"]);
    expect(decided.facts.find((f) => f.type === "call.offer-ended")?.data.result).toBe("withdrawn");
  });
});

describe("CALL-12 the agent's audio", () => {
  test("who comes back in time is in the same call", () => {
    const away = after(states.talking, { ...events["leg.media-lost"], at: at(10_000) });
    expect(callDeadline(away)).toBe(at(10_000 + AGENT_CONNECT_MS));
    expect(after(away, events["leg.media-connected"]).phase.kind).toBe("talking");
  });
  test("who was lost on hold comes back to the hold", () => {
    expect(after(states.held, events["leg.media-lost"], events["leg.media-connected"]).phase.kind).toBe("held");
  });
  test("after a lost leg a new one takes its place", () => {
    const back = after(states.talking, agentLegEnds, events["agent.leg-made"], { ...events["leg.media-connected"], leg: events["agent.leg-made"].leg });
    expect(back.phase).toMatchObject({ kind: "talking", agent: { leg: events["agent.leg-made"].leg } });
  });
  test("who does not come back loses the call to the head of its queue", () => {
    const back = after(states.talking, { ...events["leg.media-lost"], at: at(10_000) }, { type: "clock.reached", at: at(40_000) });
    expect([back.phase.kind, back.core.place?.atHead, back.core.place?.queueId]).toEqual(["waiting", true, ids.queue]);
  });
  test("a customer who answers while the agent is away hears music, then the agent", () => {
    const away = after(states.ringing, events["leg.media-lost"], events["leg.answered"]);
    expect(away.phase.kind).toBe("away");
    expect(after(away, events["leg.media-connected"]).phase.kind).toBe("talking");
  });
});

describe("CALL-5 what the customer's carrier hears of hold", () => {
  const told = (state: CallState, event: CallEvent) => decide(state, event).effects.filter((e) => e.do === "hold" || e.do === "resume");
  const leg = ids.customerLeg;
  const away = after(states.held, events["leg.media-lost"]);

  test("the hold, and its end; not that the agent's audio was lost in it and came back", () => {
    expect(told(states.talking, events["agent.held"])).toEqual([{ do: "hold", leg }]);
    expect([told(states.held, events["leg.media-lost"]), told(away, events["leg.media-connected"])]).toEqual([[], []]);
    expect(told(states.held, events["agent.resumed"])).toEqual([{ do: "resume", leg }]);
  });
  test("music for other reasons is no hold", () => expect(told(states.talking, events["leg.media-lost"])).toEqual([]));
  test("a held call that goes back to its queue is no longer on hold", () => expect(told(away, { type: "clock.reached", at: at(300_000 + AGENT_CONNECT_MS) })).toEqual([{ do: "resume", leg }]));
  test("a held call that ends is not resumed", () => {
    for (const event of [events["agent.hung-up"], events["leg.ended"]]) expect(told(states.held, event)).toEqual([]);
  });

  const reported = (onHold: boolean): CallEvent => ({ ...events["switch.reported"], report: { ...events["switch.reported"].report, onHold } });
  test("after a crash: what was not carried out, and nothing twice", () => {
    expect([told(states.held, reported(false)), told(away, reported(false)), told(states.talking, reported(true))]).toEqual([[{ do: "hold", leg }], [{ do: "hold", leg }], [{ do: "resume", leg }]]);
    expect([told(states.held, reported(true)), told(states.talking, reported(false)), told(states.ending, reported(true))]).toEqual([[], [], []]);
  });
});

describe("VM-3 a message whose recording stops by itself", () => {
  const stops = (why: "repaired" | "failed", durationMs: number): CallEvent => ({ ...events["recording.stopped"], recording: messageId(states.message.core), why, durationMs });
  const legLost: CallEvent = { ...events["leg.ended"], cause: "switch-failed" };
  const outcomes = (state: CallState): readonly unknown[] => [state.phase.kind, "outcome" in state.phase ? state.phase.outcome : null];

  test("with its switch: a voicemail when a second is kept, whether that or the end of the leg is told first", () => {
    for (const [durationMs, outcome] of [[1_000, "voicemail"], [999, "missed"]] as const) {
      expect(outcomes(after(states.message, stops("repaired", durationMs), legLost))).toEqual(["ending", outcome]);
      expect(outcomes(after(states.message, legLost, stops("repaired", durationMs)))).toEqual(["ending", outcome]);
    }
  });
  test("with its switch: meanwhile nothing is recorded or played, and the wait has an end", () => {
    const cut = after(states.message, legLost);
    expect(outcomes(cut)).toEqual(["message", null]);
    for (const event of [events["leg.dtmf"], events["switch.reported"]]) expect(decide(cut, event)).toEqual({ facts: [], effects: [] });
    expect(callDeadline(cut)).toBe(addMs(legLost.at, SETTLE_MS));
    const gone: CallEvent = { ...events["switch.reported"], report: { ...events["switch.reported"].report, customer: "none" } };
    expect(decide(states.message, gone).effects).toEqual([]);
  });
  test("with its disk: the caller is thanked for what is kept, and told nothing of less than a second", () => {
    expect(after(states.message, stops("failed", 1_000)).phase).toMatchObject({ kind: "farewell", words: "message-taken", outcome: "voicemail" });
    expect(after(states.message, stops("failed", 999)).phase).toMatchObject({ kind: "farewell", words: "goodbye", outcome: "missed" });
  });
});

test("CALL-6 both sides are told a minute before four hours are over, then the call ends", () => {
  const warnAt = at(MAX_CALL_MS - LIMIT_WARNING_MS);
  expect(callDeadline(states.talking)).toBe(warnAt);
  const warned = decide(states.talking, { type: "clock.reached", at: warnAt });
  expect(warned.effects.map((e) => e.do)).toEqual(["warn-agent", "beep"]);
  const late = warned.facts.reduce(evolve, states.talking);
  expect(callDeadline(late)).toBe(at(MAX_CALL_MS));
  expect(decide(late, { type: "clock.reached", at: at(MAX_CALL_MS) }).facts.find((f) => f.type === "call.ended")?.data).toMatchObject({ outcome: "answered", reason: "time-limit" });
});

test("an event of the switch that is delivered again changes nothing", () => {
  const lost: CallEvent = { ...events["leg.media-lost"], position: { epoch: "e1", seq: 7 } };
  const back: CallEvent = { ...events["leg.media-connected"], position: { epoch: "e1", seq: 9 } };
  const talking = after(states.talking, lost, back);
  expect(talking.phase.kind).toBe("talking");
  expect(decide(talking, lost)).toEqual({ facts: [], effects: [] });
  expect(decide(talking, { ...lost, position: { epoch: "e1", seq: 9 } })).toEqual({ facts: [], effects: [] });
  expect(after(talking, { ...lost, position: { epoch: "e2", seq: 1 } }).phase.kind).toBe("away");
});

test("recording begins with the first talk, pauses on hold, and names the next agent's leg", () => {
  expect(decide(states.connecting, events["leg.media-connected"]).effects.map((e) => e.do)).toEqual(["bridge", "record-start"]);
  expect(decide(states.talking, events["agent.held"]).effects.map((e) => e.do)).toContain("record-pause");
  expect(decide(states.held, events["agent.resumed"]).effects.map((e) => e.do)).toEqual(["bridge", "record-legs", "record-resume", "resume"]);
});

test("a number that is not recorded never is", () => {
  const plain = { ...states.connecting, core: { ...states.connecting.core, record: false } };
  expect(decide(plain, events["leg.media-connected"]).effects.map((e) => e.do)).toEqual(["bridge"]);
});

test("facts of a birth open a call; later facts of birth change nothing", () => {
  for (const birth of [arrived, placed]) {
    const state = begin(ids.call, birth);
    expect(evolve(state, birth)).toEqual(state);
  }
  expect(note("call.held", events["agent.held"], {}).data.position).toBeNull();
});
