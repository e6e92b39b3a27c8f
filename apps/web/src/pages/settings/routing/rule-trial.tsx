import { Alert, Button, Group, Select, Stack, Switch, TagsInput, Text, Title } from "@mantine/core";
import { isGroup, type Criteria } from "@ringdesk/contract/criteria";
import type { CustomerField, RuleVerdict } from "@ringdesk/contract/http";
import type { NumberId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { request } from "../../../api/client.ts";
import { customerFieldsQuery, customerTagsQuery, fewCustomersQuery } from "../../../api/customers.ts";
import { notifyFailure } from "../../../api/failures.ts";
import { numbersQuery } from "../../../api/queries.ts";
import { queueRulesQuery } from "../../../api/routing-settings.ts";
import { useHouseStyle } from "../../../api/session.ts";
import { languageOptions } from "../../../forms/criteria-options.ts";
import { CustomInput, type CustomValue } from "../../../forms/custom-input.tsx";
import { callerName, channelWords } from "../../../words/calls.ts";

type Channel = keyof typeof channelWords;
type Traits = { readonly language: string | null; readonly tags: readonly string[] };
type Person = Traits & { readonly vip: boolean; readonly name: string | null; readonly from: string | null; readonly custom: Readonly<Record<string, CustomValue>> };
const STRANGER: Person = { vip: false, language: null, tags: [], name: null, from: null, custom: {} };
const NEW: Traits = { language: null, tags: [] };

/** Somebody known, or what one may be: fills in what rules ask about. */
function CustomerChoice({ onChoose }: { readonly onChoose: (person: Person) => void }) {
  const { format } = useHouseStyle();
  const [search, setSearch] = useState("");
  const found = useQuery(fewCustomersQuery(search)).data?.items ?? [];
  return (
    <Select label="Customer" placeholder="A new caller" searchable clearable searchValue={search} onSearchChange={setSearch} filter={({ options }) => options} nothingFoundMessage="Nobody is found"
      data={found.map((customer) => ({ value: customer.id as string, label: callerName({ name: customer.name, number: customer.numbers[0] ?? null }, format) }))}
      onChange={(id) => {
        const customer = found.find((each) => each.id === id);
        onChoose(customer === undefined ? STRANGER : { vip: customer.vip, language: customer.language, tags: customer.tags, name: customer.name, from: customer.numbers[0] ?? null, custom: customer.custom });
      }} />
  );
}

function Verdict({ verdict }: { readonly verdict: RuleVerdict }) {
  return (
    <Alert role="status" mt="md" variant="light" color={verdict.warnings.length === 0 ? "brand" : "yellow"} title={`Reaches “${verdict.queueName}”`} data-testid="verdict">
      {verdict.why}
      {verdict.warnings.map((warning) => <Text key={warning} size="sm" mt={4}>{warning}</Text>)}
    </Alert>
  );
}

/** What is known of one side, under its heading. */
function Side({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div role="group" aria-label={title}>
      <Text size="sm" fw={650} mb={8} aria-hidden>{title}</Text>
      <div className="rd-trial">{children}</div>
    </div>
  );
}

/** Language and tags, of the conversation or of the customer. */
function TraitInputs({ value, onChange }: { readonly value: Traits; readonly onChange: (change: Partial<Traits>) => void }) {
  const known = useQuery(customerTagsQuery).data?.items ?? [];
  return (
    <>
      <Select label="Language" placeholder="Unknown" clearable searchable value={value.language} data={languageOptions} onChange={(language) => { onChange({ language }); }} />
      <TagsInput label="Tags" placeholder={value.tags.length === 0 ? "None" : ""} data={known} acceptValueOnBlur value={[...value.tags]} onChange={(tags) => { onChange({ tags }); }} />
    </>
  );
}

/** Which queue would this call reach? Asks the server, which decides as it does for a real one. */
export function RuleTrial() {
  const { format } = useHouseStyle();
  const numbers = useQuery(numbersQuery).data?.items ?? [];
  const fields = useFieldsAskedFor();
  const [channel, setChannel] = useState<Channel>("voice");
  const [numberId, setNumberId] = useState<NumberId | null>(null);
  const [person, setPerson] = useState<Person>(STRANGER);
  const [conversation, setConversation] = useState<Traits>(NEW);
  const [verdict, setVerdict] = useState<RuleVerdict | null>(null);
  const put = (change: Partial<Person>): void => { setPerson((now) => ({ ...now, ...change })); setVerdict(null); };
  const custom = (field: CustomerField): ReactNode =>
    <CustomInput key={field.key} field={field} value={person.custom[field.key] ?? null} onChange={(value) => { put({ custom: { ...person.custom, [field.key]: value } }); }} />;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const known = Object.fromEntries(Object.entries(person.custom).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
    const tried = await request("tryQueueRules", { body: { ...person, tags: [...person.tags], custom: known, conversation: { ...conversation, tags: [...conversation.tags] }, channel, numberId } });
    if (tried.ok) { setVerdict(tried.value); return; }
    notifyFailure(tried.error);
  };
  return (
    <section className="rd-card" style={{ padding: 20, marginTop: 20 }} aria-label="Try it">
      <Title order={2} fz={16} mb={4}>Try it</Title>
      <Text size="sm" c="dimmed" mb="md">Which queue would a conversation reach?</Text>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <Side title="The conversation">
            <Select label="Channel" allowDeselect={false} value={channel} data={Object.entries(channelWords).map(([value, label]) => ({ value, label }))} onChange={(value) => { setChannel((value ?? "voice") as Channel); setVerdict(null); }} />
            <Select label="Support number" placeholder="Any" clearable value={numberId} data={numbers.map(({ id, label, number }) => ({ value: id as string, label: `${label} (${format(number)})` }))} onChange={(value) => { setNumberId(value as NumberId | null); setVerdict(null); }} />
            <TraitInputs value={conversation} onChange={(change) => { setConversation((now) => ({ ...now, ...change })); setVerdict(null); }} />
          </Side>
          <Side title="The customer">
            <CustomerChoice onChoose={put} />
            <TraitInputs value={person} onChange={put} />
            {fields.filter(({ kind }) => kind !== "boolean").map(custom)}
          </Side>
          <Stack gap="sm">
            <Switch label="VIP" checked={person.vip} onChange={(event) => { put({ vip: event.currentTarget.checked }); }} />
            {fields.filter(({ kind }) => kind === "boolean").map(custom)}
          </Stack>
          <Group><Button type="submit" variant="default" data-testid="try-rules">Show the queue</Button></Group>
        </Stack>
      </form>
      {verdict !== null && <Verdict verdict={verdict} />}
    </section>
  );
}

/** The custom fields that some rule asks about: the others change nothing. */
function useFieldsAskedFor(): readonly CustomerField[] {
  const rules = useQuery(queueRulesQuery).data?.items ?? [];
  const fields = useQuery(customerFieldsQuery).data?.items ?? [];
  const asked = new Set(rules.flatMap((rule) => fieldsIn(rule.criteria)));
  return fields.filter((field) => asked.has(`customer.custom.${field.key}`));
}
const fieldsIn = (criteria: Criteria): readonly string[] => criteria.items.flatMap((item) => (isGroup(item) ? fieldsIn(item) : [item.field]));
