import { Alert, Button, Group, List, Text } from "@mantine/core";
import { IconMicrophoneOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { browserOf, microphoneHelp } from "./microphone-help.ts";
import { canUseMicrophones } from "./microphone.ts";
import type { MicrophoneProblem } from "./softphone.machine.ts";

/** Why the microphone cannot be used, and how to mend it in this browser. */
export function MicrophoneHelpPanel({ why, onAgain, busy, children }: { readonly why: MicrophoneProblem; readonly onAgain: () => void; readonly busy: boolean; readonly children?: ReactNode }) {
  const help = microphoneHelp(why, browserOf(navigator.userAgent), canUseMicrophones());
  return (
    <Alert color="orange" variant="light" icon={<IconMicrophoneOff size={20} />} title={help.title} role="alert" data-testid="microphone-help" radius={0}>
      <Group justify="space-between" align="end" gap="md">
        <div>
          {children !== undefined && <Text size="sm" mb={4}>{children}</Text>}
          <List type="ordered" size="sm" spacing={2}>{help.steps.map((step) => <List.Item key={step}>{step}</List.Item>)}</List>
        </div>
        <Button size="sm" onClick={onAgain} loading={busy} data-testid="microphone-again">Try again</Button>
      </Group>
    </Alert>
  );
}
