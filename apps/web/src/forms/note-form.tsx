import { Button, Group, Text, Textarea } from "@mantine/core";
import type { CustomerId } from "@ringdesk/std";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { describeError, fetchOrThrow } from "../api/client.ts";
import { keys } from "../api/queries.ts";

const MAX_NOTE = 10_000;

/** Writes a note on the customer's timeline. Ctrl+Enter saves. */
export function NoteForm({ customerId }: { readonly customerId: CustomerId }) {
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const save = useMutation({
    mutationFn: (note: string) => fetchOrThrow("addNote", { params: { id: customerId }, body: { text: note } }),
    onSuccess: () => {
      setText("");
      void queries.invalidateQueries({ queryKey: keys.timeline(customerId) });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== "") save.mutate(text.trim());
  };
  const onKey = (event: KeyboardEvent): void => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event); };
  return (
    <form onSubmit={submit} className="rd-card" style={{ padding: 10, marginBottom: 18 }}>
      <Textarea variant="unstyled" aria-label="New note" placeholder="Write a note…" autosize minRows={1} maxRows={10} px={6} size="sm" maxLength={MAX_NOTE} value={text}
        onChange={(event) => { setText(event.currentTarget.value); save.reset(); }} onKeyDown={onKey} data-testid="note" />
      {(text !== "" || save.isError) && (
        <Group justify="space-between" mt={6}>
          <Text size="xs" c={save.isError ? "red" : "dimmed"} role={save.isError ? "alert" : undefined}>{save.isError ? describeError(save.error).title : "Ctrl + Enter saves"}</Text>
          <Button type="submit" size="compact-sm" loading={save.isPending}>Save note</Button>
        </Group>
      )}
    </form>
  );
}
