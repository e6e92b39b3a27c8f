import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TeamId, UserId } from "@ringdesk/std";
import { basicsOf, emptyWizard, stepWizard, wizardSteps, type WizardEvent, type WizardState, type WizardValues } from "./queue-wizard.machine.ts";

const after = (events: readonly WizardEvent[], from: WizardState = emptyWizard): WizardState => events.reduce((state, event) => stepWizard(state, event).state, from);
const change = (values: Partial<WizardValues>): WizardEvent => ({ type: "changed", values });
const next: WizardEvent = { type: "next" };
const vip = { match: "all", items: [{ field: "customer.vip", operator: "is", value: true }] } as const;
const named = after([change({ name: "Billing" })]);
const atReview = after([next, next, next, next], named);
const sending = after([next], atReview);

describe("QUE-1 Configure the basics", () => {
  test("name → voice → rule → team → review → saved", () => {
    const seen = [named.step];
    for (let state = named; state.step !== "review";) seen.push((state = stepWizard(state, next).state).step);
    expect(seen).toEqual([...wizardSteps]);
    expect(stepWizard(atReview, next).effects).toEqual([{ do: "send", basics: { name: "Billing", displayName: "Billing", voiceEnabled: true, voiceOnly: false, criteria: null, teams: [], newTeam: null } }]);
    expect(after([{ type: "saved" }], sending).phase).toBe("saved");
  });
  test.each<[string, WizardState, readonly string[]]>([
    ["a queue without a name", emptyWizard, ["/name", "/displayName"]],
    ["a name that is too long", after([change({ name: "x".repeat(101) })]), ["/name", "/displayName"]],
    ["a rule without conditions", after([next, next, change({ withRule: true })], named), ["/criteria"]],
    ["a condition that is not filled in", after([next, next, change({ withRule: true, criteria: { match: "all", items: [{ field: "customer.name", operator: "is", value: "" }] } })], named), ["/criteria/items/0/value"]],
    ["a new team without a name", after([next, next, next, change({ withNewTeam: true })], named), ["/newTeam/name", "/newTeam/displayName"]],
  ])("%s stays at its step, with the error at the field", (_, state, pointers) => {
    const stayed = stepWizard(state, next).state;
    expect([stayed.step, Object.keys(stayed.errors)]).toEqual([state.step, pointers]);
  });
  test("an error goes when its field is changed, and no other", () => {
    const wrong = after([next, change({ displayName: "Shown" })]);
    expect(wrong.errors).toEqual({ "/name": "Enter a name" });
    expect(after([change({ name: "x" })], wrong).errors).toEqual({});
  });
  test("the display name follows the name until it is written by itself", () => {
    expect(after([change({ name: "B" }), change({ name: "Bi" })]).values.displayName).toBe("Bi");
    expect(after([change({ name: "B" }), change({ displayName: "Shown" }), change({ name: "Bi" })]).values.displayName).toBe("Shown");
  });
  test("without voice there is no voice-only", () => {
    expect(after([change({ voiceOnly: true }), change({ voiceEnabled: false })]).values).toMatchObject({ voiceEnabled: false, voiceOnly: false });
  });
  test.each<[string, Record<string, string>, string, string | null]>([
    ["a name that is taken", { "/name": "Another queue has this name" }, "name", null],
    ["criteria that the server does not take", { "/criteria/items/0/value": "Choose a value" }, "rule", null],
    ["a team that is gone", { "/teams": "gone" }, "team", null],
    ["the first of several", { "/newTeam/name": "taken", "/name": "taken" }, "name", null],
    ["nothing in particular", {}, "review", "There are 500 already"],
  ])("%s leads back to its step, with all that was entered", (_, errors, step, problem) => {
    const back = after([{ type: "refused", errors, problem: "There are 500 already" }], sending);
    expect(back).toMatchObject({ phase: "filling", step, errors, problem, values: sending.values });
  });
  test("while it is being saved, and after, nothing is changed or sent twice", () => {
    for (const state of [sending, after([{ type: "saved" }], sending)]) {
      for (const event of [next, { type: "back" }, change({ name: "other" }), { type: "went", to: "name" }] as const) expect(stepWizard(state, event)).toEqual({ state, effects: [] });
    }
  });
  test("whatever is done before, what was entered is what is sent", () => {
    const values: WizardValues = { ...emptyWizard.values, name: "Q", displayName: "Queue", withRule: true, criteria: vip, teams: ["t" as TeamId], withNewTeam: true, teamName: "N", teamDisplayName: "New", members: ["u" as UserId] };
    const walks = fc.array(fc.oneof(fc.constant(next), fc.constant<WizardEvent>({ type: "back" }), fc.constantFrom(...wizardSteps).map((to): WizardEvent => ({ type: "went", to }))), { maxLength: 30 });
    fc.assert(fc.property(walks, (events) => {
      let state = after([change(values)]);
      const sent = [];
      for (const event of [...events, next, next, next, next, next]) {
        const step = stepWizard(state, event);
        state = step.state;
        sent.push(...step.effects);
      }
      expect(state.values).toEqual(values);
      expect(sent).toEqual([{ do: "send", basics: basicsOf(values) }]);
    }));
  });
});
