// The wizard "Configure the basics" of a new queue (QUE-1). Pure. Going back and forth loses nothing; what the server refuses
// leads to the step where it can be mended.
import { everything, faultsOf, type Criteria } from "@ringdesk/contract/criteria";
import type { QueueBasics } from "@ringdesk/contract/http";
import type { Step, TeamId, UserId } from "@ringdesk/std";

export const wizardSteps = ["name", "voice", "rule", "team", "review"] as const;
export type WizardStep = (typeof wizardSteps)[number];

export type WizardValues = {
  readonly name: string;
  readonly displayName: string;
  readonly voiceEnabled: boolean;
  readonly voiceOnly: boolean;
  readonly withRule: boolean;
  readonly criteria: Criteria;
  readonly teams: readonly TeamId[];
  readonly withNewTeam: boolean;
  readonly teamName: string;
  readonly teamDisplayName: string;
  readonly members: readonly UserId[];
};
export type WizardState = {
  readonly step: WizardStep;
  readonly values: WizardValues;
  /** By JSON pointer into the request, e.g. `/newTeam/name`. */
  readonly errors: Readonly<Record<string, string>>;
  /** What is wrong with all of it. */
  readonly problem: string | null;
  readonly phase: "filling" | "sending" | "saved";
};
export type WizardEvent =
  | { readonly type: "changed"; readonly values: Partial<WizardValues> }
  | { readonly type: "next" | "back" | "saved" }
  /** To a step before this one. */
  | { readonly type: "went"; readonly to: WizardStep }
  | { readonly type: "refused"; readonly errors: Readonly<Record<string, string>>; readonly problem: string };
export type WizardEffect = { readonly do: "send"; readonly basics: QueueBasics };

export const emptyWizard: WizardState = {
  step: "name", errors: {}, problem: null, phase: "filling",
  values: { name: "", displayName: "", voiceEnabled: true, voiceOnly: false, withRule: false, criteria: everything, teams: [], withNewTeam: false, teamName: "", teamDisplayName: "", members: [] },
};

/** One step: every state answers every event. While it is being saved nothing can be changed. */
export function stepWizard(state: WizardState, event: WizardEvent): Step<WizardState, WizardEffect> {
  if (state.phase === "saved") return still(state);
  if (state.phase === "sending") {
    if (event.type === "saved") return still({ ...state, phase: "saved" });
    return event.type === "refused" ? still(refused(state, event.errors, event.problem)) : still(state);
  }
  switch (event.type) {
    case "changed": return still({ ...state, values: withFollowers(state.values, event.values), errors: withoutOf(state.errors, event.values), problem: null });
    case "back": return still({ ...state, step: beside(state.step, -1), problem: null });
    case "went": return still(wizardSteps.indexOf(event.to) < wizardSteps.indexOf(state.step) ? { ...state, step: event.to, problem: null } : state);
    case "next": return next(state);
    case "saved": case "refused": return still(state);
  }
}

function next(state: WizardState): Step<WizardState, WizardEffect> {
  if (state.step === "review") {
    const broken = wizardSteps.find((step) => Object.keys(stepErrors(step, state.values)).length > 0);
    if (broken !== undefined) return still({ ...state, step: broken, errors: stepErrors(broken, state.values) });
    return { state: { ...state, phase: "sending", errors: {}, problem: null }, effects: [{ do: "send", basics: basicsOf(state.values) }] };
  }
  const errors = stepErrors(state.step, state.values);
  if (Object.keys(errors).length > 0) return still({ ...state, errors });
  return still({ ...state, step: beside(state.step, 1), errors: {} });
}

function refused(state: WizardState, errors: Readonly<Record<string, string>>, problem: string): WizardState {
  const pointers = Object.keys(errors);
  const step = wizardSteps.find((each) => pointers.some((pointer) => stepOf(pointer) === each));
  return { ...state, phase: "filling", step: step ?? state.step, errors, problem: step === undefined ? problem : null };
}

/** Where a field stands. */
function stepOf(pointer: string): WizardStep | null {
  const [, first = ""] = pointer.split("/");
  return { name: "name", displayName: "name", voiceEnabled: "voice", voiceOnly: "voice", channels: "voice", criteria: "rule", teams: "team", newTeam: "team" }[first] as WizardStep | undefined ?? null;
}

const MAX_NAME = 100;
const nameError = (text: string): string | null => (text.trim() === "" ? "Enter a name" : text.trim().length > MAX_NAME ? `At most ${MAX_NAME} characters` : null);

/** What keeps somebody from leaving a step. */
function stepErrors(step: WizardStep, values: WizardValues): Readonly<Record<string, string>> {
  switch (step) {
    case "name": return found({ "/name": nameError(values.name), "/displayName": nameError(values.displayName) });
    case "rule": return values.withRule ? ruleErrors(values.criteria) : {};
    case "team": return values.withNewTeam ? found({ "/newTeam/name": nameError(values.teamName), "/newTeam/displayName": nameError(values.teamDisplayName) }) : {};
    case "voice": case "review": return {};
  }
}

function ruleErrors(criteria: Criteria): Readonly<Record<string, string>> {
  if (criteria.items.length === 0) return { "/criteria": "Add a condition, or go on without a rule" };
  return Object.fromEntries(faultsOf(criteria, "rule").map(({ path, detail }) => [`/criteria/${path.join("/")}`, detail]));
}

const found = (all: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all).filter((each): each is [string, string] => each[1] !== null));

/** Display names follow names until they are written by themselves; without voice a queue is not voice-only. */
function withFollowers(before: WizardValues, change: Partial<WizardValues>): WizardValues {
  const after = { ...before, ...change };
  return {
    ...after,
    displayName: change.displayName ?? (before.displayName === before.name ? after.name : after.displayName),
    teamDisplayName: change.teamDisplayName ?? (before.teamDisplayName === before.teamName ? after.teamName : after.teamDisplayName),
    voiceOnly: after.voiceEnabled && after.voiceOnly,
  };
}

const pointersOf: Readonly<Record<keyof WizardValues, string>> = {
  name: "/name", displayName: "/displayName", voiceEnabled: "/voice", voiceOnly: "/voice", withRule: "/criteria", criteria: "/criteria",
  teams: "/teams", withNewTeam: "/newTeam", teamName: "/newTeam/name", teamDisplayName: "/newTeam/displayName", members: "/newTeam/members",
};
/** What was wrong with a field is taken back when the field is changed. */
function withoutOf(errors: WizardState["errors"], change: Partial<WizardValues>): WizardState["errors"] {
  const touched = (Object.keys(change) as (keyof WizardValues)[]).map((name) => pointersOf[name]);
  return Object.fromEntries(Object.entries(errors).filter(([pointer]) => !touched.some((each) => pointer === each || pointer.startsWith(each))));
}

/** What is sent in the end. */
export function basicsOf(values: WizardValues): QueueBasics {
  const { voiceEnabled, voiceOnly, withRule, criteria, teams } = values;
  return {
    name: values.name.trim(), displayName: values.displayName.trim(), voiceEnabled, voiceOnly, criteria: withRule ? criteria : null, teams: [...teams],
    newTeam: values.withNewTeam ? { name: values.teamName.trim(), displayName: values.teamDisplayName.trim(), members: [...values.members] } : null,
  };
}

const beside = (step: WizardStep, by: 1 | -1): WizardStep => wizardSteps[wizardSteps.indexOf(step) + by] ?? step;
const still = (state: WizardState): Step<WizardState, WizardEffect> => ({ state, effects: [] });
