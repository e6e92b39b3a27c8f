import { Button, Fieldset, PasswordInput, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { api, setupRequest } from "@ringdesk/contract/http";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type FormEvent } from "react";
import type { z } from "zod";
import { request } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { Problem } from "../ui/states.tsx";
import { useForm } from "./use-form.ts";

export type SetupDone = z.output<typeof api.runSetup.response>;

const countries = [{ value: "US", label: "United States" }, { value: "CA", label: "Canada" }];
/** Where the request's fields stand in the form. */
const places = {
  "organisation/name": "organisation", "organisation/timeZone": "timeZone", "organisation/country": "country",
  "owner/name": "name", "owner/email": "email", "owner/password": "password",
} as const;

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Creates the organisation and its owner; the sample workspace is the default choice. */
export function SetupForm({ onDone }: { readonly onDone: (done: SetupDone) => void }) {
  const queries = useQueryClient();
  const form = useForm({ organisation: "", timeZone: ownZone(), country: ownZone().startsWith("America/Toronto") || ownZone().startsWith("America/Vancouver") ? "CA" : "US", name: "", email: "", password: "" });
  const [sample, setSample] = useState(true);
  const [pending, setPending] = useState(false);
  const zones = useMemo(() => [...new Set([ownZone(), ...Intl.supportedValuesOf("timeZone")])].sort(), []);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { organisation, timeZone, country, name, email, password } = form.values;
    const parsed = setupRequest.safeParse({ organisation: { name: organisation, timeZone, country }, owner: { name, email: email.trim(), password }, sample });
    if (!parsed.success) {
      const errors: Record<string, string> = {};
      for (const issue of parsed.error.issues) errors[places[issue.path.join("/") as keyof typeof places]] ??= issue.message;
      form.mark(errors);
      return;
    }
    setPending(true);
    const result = await request("runSetup", { body: parsed.data });
    setPending(false);
    if (!result.ok) { form.refuse(result.error, places); return; }
    queries.setQueryData(keys.session, result.value.session);
    onDone(result.value);
  };
  const chosen = (name: "timeZone" | "country") => ({ value: form.values[name], error: form.field(name).error, onChange: (value: string | null) => { form.set(name, value ?? ""); } });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <Fieldset legend="Organisation" variant="unstyled">
          <Stack gap="sm">
            <TextInput label="Name" name="organisation" placeholder="Acme Support" autoFocus autoComplete="organization" {...form.field("organisation")} />
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select label="Country" data={countries} allowDeselect={false} {...chosen("country")} />
              <Select label="Time zone" data={zones} searchable allowDeselect={false} maxDropdownHeight={240} limit={80} {...chosen("timeZone")} />
            </SimpleGrid>
          </Stack>
        </Fieldset>
        <Fieldset legend="Your account" variant="unstyled">
          <Stack gap="sm">
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput label="Your name" name="name" autoComplete="name" {...form.field("name")} />
              <TextInput label="E-mail address" name="email" type="email" autoComplete="username" {...form.field("email")} />
            </SimpleGrid>
            <PasswordInput label="Password" name="password" autoComplete="new-password" description="At least 15 characters. A few words in a row work well." {...form.field("password")} />
          </Stack>
        </Fieldset>
        <div className="rd-card" style={{ padding: 14 }}>
          <Switch checked={sample} onChange={(event) => { setSample(event.currentTarget.checked); }} label="Start with a sample workspace" name="sample"
            description="Two agents, a team, a queue and a support number of the sandbox carrier, so that you can place and answer a call within a minute." />
        </div>
        <Problem>{form.problem}</Problem>
        <Button type="submit" size="md" loading={pending}>Create organisation</Button>
      </Stack>
    </form>
  );
}
