import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { Api, ClientInput, OperationId } from "@ringdesk/contract/http";
import { useState } from "react";
import { describeFailure, type Failure } from "../../../api/client.ts";
import { useSave } from "../../../api/people.ts";
import { notify } from "../../../ui/notify.ts";

/** What is asked before something is deleted. The server says what keeps it, if anything does. */
export function DeleteDialog<K extends OperationId>({ operation, input, name, children, onClose, onDone }: {
  readonly operation: K; readonly input: ClientInput<Api[K]>; readonly name: string; readonly children: string; readonly onClose: () => void; readonly onDone?: () => void;
}) {
  const { save, pending } = useSave();
  const [failure, setFailure] = useState<Failure | null>(null);
  const go = async (): Promise<void> => {
    const done = await save(operation, input);
    if (!done.ok) { setFailure(done.error); return; }
    notify("info", `“${name}” was deleted`);
    onClose();
    onDone?.();
  };
  const words = failure === null ? null : describeFailure(failure);
  return (
    <Modal opened onClose={onClose} title={`Delete “${name}”?`}>
      <Stack gap="sm">
        <Text size="sm">{children}</Text>
        {words !== null && <Alert color="red" variant="light" role="alert" title={words.title}>{words.detail}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button color="red" onClick={() => void go()} loading={pending} data-autofocus data-testid="delete">Delete</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
