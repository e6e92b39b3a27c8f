import { Alert, Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconDeviceMobile, IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { SetupForm, type SetupDone } from "../forms/setup-form.tsx";
import { Copy } from "../ui/copy.tsx";
import { formatNumber } from "../words/phone.ts";
import { Alone } from "./alone.tsx";

function SampleUser({ name, email, password }: SetupDone["sampleUsers"][number]) {
  return (
    <div className="rd-card" style={{ padding: "10px 14px" }} data-testid="sample-user" data-email={email} data-password={password}>
      <Text fw={600} size="sm" mb={4}>{name}</Text>
      <dl className="rd-facts">
        <dt>E-mail</dt><dd><Group gap={4} wrap="nowrap"><Code>{email}</Code><Copy value={email} what="e-mail address" /></Group></dd>
        <dt>Password</dt><dd><Group gap={4} wrap="nowrap"><Code>{password}</Code><Copy value={password} what="password" /></Group></dd>
      </dl>
    </div>
  );
}

/** What the new owner needs once: how the sample agents sign in, and which number to call. */
function Done({ done }: { readonly done: SetupDone }) {
  const { session, sampleUsers, supportNumber } = done;
  return (
    <Alone title={`${session.organisation.name} is ready`} intro={`You are signed in as ${session.user.email}.`} width={560}>
      <Stack>
        {sampleUsers.length > 0 && (
          <>
            <Alert color="brand" variant="light" icon={<IconInfoCircle size={18} />}>These two sample agents can sign in and answer calls, too. Copy their passwords now: they are shown this once.</Alert>
            {sampleUsers.map((user) => <SampleUser key={user.email} {...user} />)}
          </>
        )}
        {supportNumber !== null && (
          <div className="rd-card" style={{ padding: "10px 14px" }}>
            <Group justify="space-between">
              <div>
                <Text size="sm" c="dimmed">Your support number</Text>
                <Group gap={6}><Text fw={650} fz={20} className="rd-number" data-testid="support-number">{formatNumber(supportNumber, session.organisation.country)}</Text><Copy value={supportNumber} what="number" /></Group>
              </div>
              {session.features.sandbox && <Button component="a" href="/handset" target="ringdesk-handset" rel="opener" variant="default" leftSection={<IconDeviceMobile size={17} />}>Open the handset</Button>}
            </Group>
            {session.features.sandbox && <Text size="sm" c="dimmed" mt={8}>To hear it work: open your desk and choose Available, open the handset in another window, and call the number. You are in the team that answers; so are the sample agents.</Text>}
          </div>
        )}
        <Button component={Link} to="/" size="md">Open your desk</Button>
      </Stack>
    </Alone>
  );
}

/** The first start (ORG-1). */
export function SetupPage() {
  const [done, setDone] = useState<SetupDone | null>(null);
  if (done !== null) return <Done done={done} />;
  return (
    <Alone title="Welcome to Ringdesk" intro={<>Create your organisation and your own account, its owner. Already done? <Anchor component={Link} to="/sign-in" size="sm">Sign in</Anchor></>} width={560}>
      <SetupForm onDone={setDone} />
    </Alone>
  );
}
