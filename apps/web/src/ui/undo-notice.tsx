import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";

type UndoNotice = {
  readonly level: "info" | "warning";
  readonly title: string;
  readonly detail: string;
  /** How long it can be undone, milliseconds. */
  readonly forMs: number;
  readonly undo: () => void;
};
/** The last one only: what it replaces can no longer be undone. */
const ID = "undo";

/** Tells the person what was done, and offers to undo it for as long as that is possible. */
export function notifyUndoable({ level, title, detail, forMs, undo }: UndoNotice): void {
  forgetUndo();
  const act = (): void => {
    forgetUndo();
    undo();
  };
  notifications.show({
    id: ID, color: level === "info" ? "brand" : "orange", withBorder: true, autoClose: forMs, closeButtonProps: { "aria-label": "Close" },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <div>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">{title}</Text>
          {detail !== "" && <Text size="sm" c="dimmed">{detail}</Text>}
        </div>
        <Button size="compact-sm" variant="light" leftSection={<IconArrowBackUp size={14} />} onClick={act} data-testid="undo" style={{ flex: "none" }}>Undo</Button>
      </Group>
    ),
  });
}

/** There is nothing to undo any more. */
export function forgetUndo(): void { notifications.hide(ID); }
