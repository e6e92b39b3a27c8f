// Where calls ring: in the browser, or at a SIP phone. For oneself, and for an admin also for others.
import { Alert, Badge, Button, Code, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import type { Device, DeviceChoice } from "@ringdesk/contract/http";
import type { UserId } from "@ringdesk/std";
import { IconAlertTriangle, IconDeviceLandlinePhone } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { describeError, request } from "../api/client.ts";
import { deviceKey, deviceQuery } from "../api/queries.ts";
import { useHouseStyle } from "../api/session.ts";
import { Copy } from "../ui/copy.tsx";
import { Failed, Problem, Rows } from "../ui/states.tsx";
import { fullTime } from "../words/time.ts";
import { useForm } from "./use-form.ts";

type Way = "browser" | "account" | "fixed";
const wayOf = ({ kind, contact }: Device): Way => (kind === "browser" ? "browser" : contact === null ? "account" : "fixed");

/** `user` null: one's own. */
export function DeviceForm({ user, mayFix }: { readonly user: UserId | null; readonly mayFix: boolean }) {
  const query = useQuery(deviceQuery(user));
  if (query.isPending) return <Rows count={3} />;
  if (query.isError) return <Failed {...describeError(query.error)} again={() => void query.refetch()} />;
  return <Chosen key={wayOf(query.data)} device={query.data} user={user} mayFix={mayFix} />;
}

function Chosen({ device, user, mayFix }: { readonly device: Device; readonly user: UserId | null; readonly mayFix: boolean }) {
  const queries = useQueryClient();
  const form = useForm({ way: wayOf(device) as string, contact: device.contact ?? "" });
  const [pending, setPending] = useState(false);
  const [password, setPassword] = useState<string | null>(null);
  const { way, contact } = form.values;
  const changed = way !== wayOf(device) || (way === "fixed" && contact !== (device.contact ?? ""));
  const send = async (body: DeviceChoice | null): Promise<void> => {
    setPending(true);
    const done = await (user === null
      ? (body === null ? request("renewDevicePassword", {}) : request("setDevice", { body }))
      : (body === null ? request("renewUserDevicePassword", { params: { id: user } }) : request("setUserDevice", { params: { id: user }, body })));
    setPending(false);
    if (!done.ok) return form.refuse(done.error);
    setPassword(done.value.password);
    queries.setQueryData(deviceKey(user), done.value.device);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send(way === "browser" ? { kind: "browser" } : { kind: "phone", contact: way === "fixed" ? contact : null });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md" p="md">
        <Radio.Group label="Calls ring" value={way} onChange={(value) => { form.set("way", value); }} data-testid="device-way">
          <Stack gap={8} mt={8}>
            <Radio value="browser" label="In the browser" description="With the microphone and speaker of this computer" />
            <Radio value="account" label="At a SIP phone that registers here" description="Answering it accepts the call, also without an open page" />
            {(mayFix || way === "fixed") && <Radio value="fixed" label="At a SIP phone with a fixed address" description="It does not register; calls are sent there" disabled={!mayFix} />}
          </Stack>
        </Radio.Group>
        {way === "fixed" && <TextInput label="Address of the phone" placeholder="sip:ana@10.0.0.7:5060" maw={420} disabled={!mayFix} {...form.field("contact")} data-testid="device-contact" />}
        <Problem>{form.problem}</Problem>
        <Group>
          <Button type="submit" loading={pending} disabled={!changed} data-testid="device-save">Save</Button>
          {device.account !== null && !changed && <Button variant="default" loading={pending} onClick={() => void send(null)}>New password</Button>}
        </Group>
        {!changed && <Account device={device} password={password} />}
        {!changed && <Trouble device={device} />}
      </Stack>
    </form>
  );
}

/** What is typed into the phone. */
function Account({ device: { account, state }, password }: { readonly device: Device; readonly password: string | null }) {
  if (account === null) return null;
  const line = (label: string, value: string) => <><dt>{label}</dt><dd><Group gap={6}><Code>{value}</Code><Copy value={value} what={label.toLowerCase()} /></Group></dd></>;
  return (
    <div data-testid="device-account">
      <Group gap={8} mb={8}>
        <IconDeviceLandlinePhone size={18} aria-hidden />
        <Text size="sm" fw={600}>Set up your phone with this account</Text>
        <Badge variant="light" color={state === "ready" ? "green" : "orange"} data-testid="device-state">{state === "ready" ? "Registered" : "Not registered"}</Badge>
      </Group>
      <dl className="rd-facts">
        {line("Server", account.server)}
        {line("User name", account.user)}
        {password === null ? <><dt>Password</dt><dd><Text size="sm" c="dimmed">It was shown when it was made. Ask for a new one if it is lost.</Text></dd></> : line("Password", password)}
      </dl>
      {password !== null && <Alert color="orange" variant="light" mt="sm" icon={<IconAlertTriangle size={18} />}>The password is shown only now. Type it into the phone before you leave this page.</Alert>}
    </div>
  );
}

function Trouble({ device: { trouble } }: { readonly device: Device }) {
  const { timeZone } = useHouseStyle();
  if (trouble === null) return null;
  return <Alert color="orange" variant="light" role="status" icon={<IconAlertTriangle size={18} />} data-testid="device-trouble">{trouble.text} ({fullTime(trouble.at, timeZone)})</Alert>;
}
