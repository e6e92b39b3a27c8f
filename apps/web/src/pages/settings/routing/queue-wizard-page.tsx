import { Button, Checkbox, Group, Radio, Stack, Stepper, Switch, Text, TextInput } from "@mantine/core";
import type { TeamId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { fieldErrors, inOneSentence } from "../../../api/client.ts";
import { teamsQuery, useSave } from "../../../api/people.ts";
import { CriteriaBuilder } from "../../../forms/criteria-builder.tsx";
import { useRuleOptions } from "../../../forms/rule-options.ts";
import { UserChoice } from "../../../forms/user-choice.tsx";
import { emptyWizard, stepWizard, wizardSteps, type WizardEffect, type WizardEvent, type WizardState, type WizardStep } from "../../../forms/queue-wizard.machine.ts";
import { notify } from "../../../ui/notify.ts";
import { Problem } from "../../../ui/states.tsx";
import { Back, Heading } from "../../page.tsx";
import { ROUTING } from "./routing-tabs.tsx";
import { WizardReview } from "./wizard-review.tsx";

const titles = { name: "Name", voice: "Voice", rule: "Queue rule", team: "Add team", review: "Save and apply" } as const satisfies Record<WizardStep, string>;
type Part = { readonly state: WizardState; readonly feed: (event: WizardEvent) => void };

function NameStep({ state: { values, errors }, feed }: Part) {
  return (
    <Stack gap="sm" maw={440}>
      <TextInput label="Name" description="For admins, rules and reports" name="name" data-autofocus autoFocus maxLength={100} value={values.name} error={errors["/name"]} onChange={(event) => { feed({ type: "changed", values: { name: event.currentTarget.value } }); }} />
      <TextInput label="Display name" description="What agents see when a call of this queue rings" name="displayName" maxLength={100} value={values.displayName} error={errors["/displayName"]} onChange={(event) => { feed({ type: "changed", values: { displayName: event.currentTarget.value } }); }} />
    </Stack>
  );
}

function VoiceStep({ state: { values, errors }, feed }: Part) {
  return (
    <Stack gap="md">
      <Switch label="Accept voice conversations" description="Calls that wait here ring at the members of the queue's teams, who get a dialer." name="voiceEnabled" checked={values.voiceEnabled}
        onChange={(event) => { feed({ type: "changed", values: { voiceEnabled: event.currentTarget.checked } }); }} />
      {values.voiceEnabled && (
        <Radio.Group label="Is it a voice-only queue?" value={values.voiceOnly ? "yes" : "no"} error={errors["/voiceOnly"]} onChange={(value) => { feed({ type: "changed", values: { voiceOnly: value === "yes" } }); }}>
          <Stack gap="xs" mt={8}>
            <Radio value="no" label="No" description="It takes text messages, e-mail and chat as well." />
            <Radio value="yes" label="Yes" description="It takes calls and nothing else. It needs no rule: support numbers and key menus send calls to it by name." />
          </Stack>
        </Radio.Group>
      )}
    </Stack>
  );
}

function RuleStep({ state: { values, errors }, feed }: Part) {
  const options = useRuleOptions();
  const problems = Object.fromEntries(Object.entries(errors).filter(([pointer]) => pointer.startsWith("/criteria")).map(([pointer, detail]) => [pointer.slice("/criteria".length), detail]));
  return (
    <Stack gap="md">
      <Switch label="Send conversations here by a rule" description={values.voiceOnly ? "Optional. A voice-only queue needs no rule." : "Optional. The rule goes behind the others; the first that matches decides."} name="withRule" checked={values.withRule}
        onChange={(event) => { feed({ type: "changed", values: { withRule: event.currentTarget.checked } }); }} />
      {values.withRule && <CriteriaBuilder scope="rule" value={values.criteria} options={options} problems={problems} whenEmpty="Add the conditions under which a conversation comes here." onChange={(criteria) => { feed({ type: "changed", values: { criteria } }); }} />}
    </Stack>
  );
}

function TeamStep({ state: { values, errors }, feed }: Part) {
  const teams = useQuery(teamsQuery).data?.items ?? [];
  return (
    <Stack gap="md">
      {teams.length > 0 && (
        <Checkbox.Group label="Teams that take this queue's conversations" value={[...values.teams]} error={errors["/teams"]} onChange={(chosen) => { feed({ type: "changed", values: { teams: chosen as TeamId[] } }); }}>
          <Stack gap="xs" mt={8}>
            {teams.map((team) => <Checkbox key={team.id} value={team.id} label={team.displayName} description={`${team.members.length} ${team.members.length === 1 ? "member" : "members"}${team.routingEnabled ? "" : " · routing is off, and will be turned on"}`} />)}
          </Stack>
        </Checkbox.Group>
      )}
      <Switch label="Make a new team for it" name="withNewTeam" checked={values.withNewTeam} onChange={(event) => { feed({ type: "changed", values: { withNewTeam: event.currentTarget.checked } }); }} />
      {values.withNewTeam && (
        <Stack gap="sm" maw={440}>
          <TextInput label="Name of the team" name="teamName" maxLength={100} value={values.teamName} error={errors["/newTeam/name"]} onChange={(event) => { feed({ type: "changed", values: { teamName: event.currentTarget.value } }); }} />
          <TextInput label="Display name" name="teamDisplayName" maxLength={100} value={values.teamDisplayName} error={errors["/newTeam/displayName"]} onChange={(event) => { feed({ type: "changed", values: { teamDisplayName: event.currentTarget.value } }); }} />
          <UserChoice label="Members" value={values.members} error={errors["/newTeam/members"]} onChange={(members) => { feed({ type: "changed", values: { members } }); }} />
        </Stack>
      )}
      {values.teams.length === 0 && !values.withNewTeam && <Text size="sm" c="dimmed">Without a team nobody is offered this queue's conversations. You can add one later.</Text>}
    </Stack>
  );
}

/** Configure the basics of a new queue, saved in one step (QUE-1). */
export function QueueWizardPage() {
  const navigate = useNavigate();
  const { save } = useSave();
  const [state, setState] = useState(emptyWizard);
  const perform = async ({ basics }: WizardEffect): Promise<void> => {
    const made = await save("createQueue", { body: basics });
    if (made.ok) {
      setState((now) => stepWizard(now, { type: "saved" }).state);
      notify("info", `“${made.value.displayName}” is ready`, made.value.teams.length === 0 ? "" : `Routing is turned on for ${made.value.teams.map((team) => team.displayName).join(", ")}.`);
      await navigate({ to: `${ROUTING}/queues/${made.value.id}` });
      return;
    }
    const errors = Object.fromEntries(Object.entries(fieldErrors(made.error)).map(([pointer, detail]) => [`/${pointer}`, detail]));
    setState((now) => stepWizard(now, { type: "refused", errors, problem: inOneSentence(made.error) }).state);
  };
  const feed = (event: WizardEvent): void => {
    const step = stepWizard(state, event);
    setState(step.state);
    for (const effect of step.effects) void perform(effect);
  };
  const submit = (event: FormEvent): void => { event.preventDefault(); feed({ type: "next" }); };
  const part = { state, feed };
  const place = wizardSteps.indexOf(state.step);
  return (
    <>
      <Back to={ROUTING}>Routing</Back>
      <Heading title="New queue: configure the basics" />
      <form onSubmit={submit} noValidate className="rd-card" style={{ padding: 20 }} aria-label="Configure the basics of a queue">
        <Stepper size="xs" className="rd-steps-of" wrap={false} active={place} onStepClick={(index) => { const to = wizardSteps[index]; if (to !== undefined) feed({ type: "went", to }); }} mb="lg" allowNextStepsSelect={false}>
          {wizardSteps.map((step) => <Stepper.Step key={step} label={titles[step]} />)}
        </Stepper>
        {state.step === "name" && <NameStep {...part} />}
        {state.step === "voice" && <VoiceStep {...part} />}
        {state.step === "rule" && <RuleStep {...part} />}
        {state.step === "team" && <TeamStep {...part} />}
        {state.step === "review" && <WizardReview values={state.values} />}
        <Problem mt="md">{state.problem}</Problem>
        <Group justify="space-between" mt="xl">
          {state.step === "name" ? <Button variant="default" onClick={() => void navigate({ to: ROUTING })}>Cancel</Button> : <Button variant="default" disabled={state.phase !== "filling"} onClick={() => { feed({ type: "back" }); }}>Back</Button>}
          <Button type="submit" loading={state.phase === "sending"} data-testid="wizard-next">{state.step === "review" ? "Save and apply" : "Next"}</Button>
        </Group>
      </form>
    </>
  );
}
