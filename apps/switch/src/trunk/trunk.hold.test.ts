import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_RESUME_TRIES, notHeld, RESUME_RETRY_MS, saidHold, stepHold, wantedHold, type HoldEffect, type HoldEvent, type HoldState } from "./trunk.hold.ts";

const states = {
  "not held": { kind: "settled", told: false },
  held: { kind: "settled", told: true },
  "asking to hold": { kind: "asking", told: false, wanted: true, refusals: 0 },
  "asking to resume": { kind: "asking", told: true, wanted: false, refusals: 0 },
  "asking, resumed": { kind: "asking", told: false, wanted: false, refusals: 0 },
  "asking, held again": { kind: "asking", told: true, wanted: true, refusals: 0 },
  holding: { kind: "offering", told: false, wanted: true, offered: true, refusals: 0 },
  "holding, resumed": { kind: "offering", told: false, wanted: false, offered: true, refusals: 0 },
  resuming: { kind: "offering", told: true, wanted: false, offered: false, refusals: 0 },
  "resuming, held": { kind: "offering", told: true, wanted: true, offered: false, refusals: 0 },
  "hold refused": { kind: "refused", told: false },
  "resume refused": { kind: "refused", told: true },
} as const satisfies Record<string, HoldState>;
type Name = keyof typeof states;
const events = {
  hold: { type: "wished", hold: true }, resume: { type: "wished", hold: false }, turn: { type: "turn-came" }, accepted: { type: "accepted" }, refused: { type: "refused" }, described: { type: "described" },
} as const satisfies Record<string, HoldEvent>;
type Cell = readonly [next: Name, ...effects: string[]];

const wordOf = (effect: HoldEffect): string => {
  switch (effect.do) {
    case "ask-turn": return effect.afterMs === 0 ? "ask" : `ask in ${effect.afterMs}`;
    case "offer": return effect.hold ? "offer hold" : "offer resume";
    case "give-up": return "give up";
  }
};

// RFC 3264 §8.4 by RFC 3261 §14: every state answers every event.
const table: Record<Name, Record<keyof typeof events, Cell>> = {
  "not held": { hold: ["asking to hold", "ask"], resume: ["not held"], turn: ["not held"], accepted: ["not held"], refused: ["not held"], described: ["not held"] },
  held: { hold: ["held"], resume: ["asking to resume", "ask"], turn: ["held"], accepted: ["held"], refused: ["held"], described: ["held"] },
  "asking to hold": { hold: ["asking to hold"], resume: ["asking, resumed"], turn: ["holding", "offer hold"], accepted: ["asking to hold"], refused: ["asking to hold"], described: ["asking, held again"] },
  "asking to resume": { hold: ["asking, held again"], resume: ["asking to resume"], turn: ["resuming", "offer resume"], accepted: ["asking to resume"], refused: ["asking to resume"], described: ["asking, resumed"] },
  "asking, resumed": { hold: ["asking to hold"], resume: ["asking, resumed"], turn: ["not held"], accepted: ["asking, resumed"], refused: ["asking, resumed"], described: ["asking, resumed"] },
  "asking, held again": { hold: ["asking, held again"], resume: ["asking to resume"], turn: ["held"], accepted: ["asking, held again"], refused: ["asking, held again"], described: ["asking, held again"] },
  holding: { hold: ["holding"], resume: ["holding, resumed"], turn: ["holding", "offer hold"], accepted: ["held"], refused: ["hold refused", "give up"], described: ["asking, held again"] },
  "holding, resumed": { hold: ["holding"], resume: ["holding, resumed"], turn: ["not held"], accepted: ["asking to resume", "ask"], refused: ["not held"], described: ["asking, resumed"] },
  resuming: { hold: ["resuming, held"], resume: ["resuming"], turn: ["resuming", "offer resume"], accepted: ["not held"], refused: ["asking to resume", `ask in ${RESUME_RETRY_MS}`], described: ["asking, resumed"] },
  "resuming, held": { hold: ["resuming, held"], resume: ["resuming"], turn: ["held"], accepted: ["asking to hold", "ask"], refused: ["held"], described: ["asking, held again"] },
  "hold refused": { hold: ["hold refused"], resume: ["not held"], turn: ["hold refused"], accepted: ["hold refused"], refused: ["hold refused"], described: ["held"] },
  "resume refused": { hold: ["held"], resume: ["resume refused"], turn: ["resume refused"], accepted: ["resume refused"], refused: ["resume refused"], described: ["not held"] },
};
const bare = (state: HoldState): HoldState => ("refusals" in state ? { ...state, refusals: 0 } : state);

describe("hold from our side (RFC 3264 §8.4)", () => {
  for (const [from, row] of Object.entries(table)) for (const [on, [next, ...effects]] of Object.entries(row)) test(`${from} + ${on} → ${next}`, () => {
    const got = stepHold(states[from as Name], events[on as keyof typeof events]);
    expect([bare(got.state), got.effects.map(wordOf)]).toEqual([states[next], effects]);
  });

  test(`a resume that is refused is offered ${MAX_RESUME_TRIES} times in all, then given up; the next hold and resume begin anew`, () => {
    let state: HoldState = states["asking to resume"];
    const done: string[] = [];
    const step = (event: HoldEvent): void => {
      const next = stepHold(state, event);
      state = next.state;
      done.push(...next.effects.map(wordOf));
    };
    for (let i = 0; i < MAX_RESUME_TRIES; i += 1) {
      step(events.turn);
      step(events.refused);
    }
    expect(done.filter((word) => word === "offer resume")).toHaveLength(MAX_RESUME_TRIES);
    expect([state, done.at(-1)]).toEqual([states["resume refused"], "give up"]);
    step(events.hold);
    step(events.resume);
    expect(state).toEqual(states["asking to resume"]);
  });

  /** A peer that has what it was told last, and a user agent that gives each turn that was asked for, and no other. */
  test("in any order, the peer ends up with what is wanted, unless it refused; and never hears two offers at once", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("hold", "resume", "turn", "accepted", "refused", "glare", "theirs"), { maxLength: 60 }), (deeds) => {
      let state: HoldState = notHeld, peerHas = false, offer: boolean | null = null, turnDue = false, wish = false, refused = false;
      const step = (event: HoldEvent): void => {
        const next = stepHold(state, event);
        state = next.state;
        for (const effect of next.effects) {
          if (effect.do === "ask-turn") turnDue = true;
          if (effect.do !== "offer") continue;
          expect(offer).toBeNull();
          offer = effect.hold;
          expect(saidHold(state, true)).toBe(offer);
        }
      };
      const answer = (taken: boolean): void => {
        if (offer === null) return;
        if (taken) peerHas = offer;
        else refused = true;
        offer = null;
        step(taken ? events.accepted : events.refused);
      };
      const turn = (): void => {
        if (!turnDue || offer !== null) return;
        turnDue = false;
        step(events.turn);
      };
      for (const deed of deeds) {
        if (deed === "hold" || deed === "resume") {
          wish = deed === "hold";
          step(events[deed]);
        } else if (deed === "turn") turn();
        else if (deed === "glare") {
          turnDue ||= offer !== null;
          offer = null;
        } else if (deed === "theirs") {
          if (offer !== null) continue;
          peerHas = wantedHold(state);
          step(events.described);
        } else answer(deed === "accepted");
        expect(wantedHold(state)).toBe(wish);
        // What a refresh repeats.
        expect(saidHold(state, false)).toBe(peerHas);
      }
      for (let i = 0; i < 10; i += 1) {
        turn();
        answer(true);
      }
      if (!refused) expect([state, peerHas]).toEqual([{ kind: "settled", told: wish }, wish]);
    }));
  });
});
