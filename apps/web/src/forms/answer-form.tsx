import { Button, Group, SegmentedControl, Text, Textarea } from "@mantine/core";
import { CONVERSATION_LIMITS, type ConversationLine } from "@ringdesk/contract/http";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { describeError, fetchOrThrow } from "../api/client.ts";
import { keys } from "../api/queries.ts";

type Kind = "out" | "note";

/** Writes down an answer or a note about a conversation. Ctrl+Enter saves. */
export function AnswerForm({ conversation: { id, customerId } }: { readonly conversation: Pick<ConversationLine, "id" | "customerId"> }) {
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<Kind>("out");
  const save = useMutation({
    mutationFn: (written: string) => (kind === "note"
      ? fetchOrThrow("addConversationNote", { params: { id }, body: { text: written } })
      : fetchOrThrow("addMessage", { params: { id }, body: { direction: "out", text: written } })),
    onSuccess: () => {
      setText("");
      void queries.invalidateQueries({ queryKey: keys.timeline(customerId) });
      void queries.invalidateQueries({ queryKey: keys.conversations });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== "" && !save.isPending) save.mutate(text.trim());
  };
  const onKey = (event: KeyboardEvent): void => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event); };
  return (
    <form onSubmit={submit}>
      <SegmentedControl size="xs" fullWidth mb={6} aria-label="What to write" value={kind} onChange={(value) => { setKind(value as Kind); }} data={[{ value: "out", label: "Answer" }, { value: "note", label: "Note" }]} />
      <Textarea size="xs" autosize minRows={2} maxRows={8} maxLength={CONVERSATION_LIMITS.textChars} aria-label={kind === "out" ? "Answer" : "Note"} data-testid="answer" value={text}
        placeholder={kind === "out" ? "Write down what you answered…" : "Write a note…"} onChange={(event) => { setText(event.currentTarget.value); save.reset(); }} onKeyDown={onKey} />
      {(text !== "" || save.isError) && (
        <Group justify="space-between" mt={6} wrap="nowrap">
          <Text size="xs" c={save.isError ? "red" : "dimmed"} role={save.isError ? "alert" : undefined}>{save.isError ? describeError(save.error).title : kind === "out" ? "Kept on the timeline; Ringdesk does not send it" : "Ctrl + Enter saves"}</Text>
          <Button type="submit" size="compact-sm" loading={save.isPending} style={{ flex: "none" }}>Save</Button>
        </Group>
      )}
    </form>
  );
}
