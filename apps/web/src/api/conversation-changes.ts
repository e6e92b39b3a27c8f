// What a person does with a conversation, from wherever it is shown.
import type { Conversation, CustomerLanguage } from "@ringdesk/contract/http";
import type { ConversationId, Millis, QueueId, TeamId, UserId } from "@ringdesk/std";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchOrThrow } from "./client.ts";
import { notifyError } from "./failures.ts";
import { keys } from "./queries.ts";

/** With the version that the person saw, a change is refused when somebody else was faster. */
type Seen = { readonly id: ConversationId; readonly version?: number };
export type ConversationAction = Seen & (
  | { readonly change: "markDone" }
  | { readonly change: "reopen"; readonly assignToMe?: boolean }
  | { readonly change: "snooze"; readonly until: Millis }
  | { readonly change: "assign"; readonly userId?: UserId | null; readonly teamId?: TeamId | null }
  | { readonly change: "transfer"; readonly queueId: QueueId }
  | { readonly change: "describe"; readonly tags?: string[]; readonly language?: CustomerLanguage | null });

function send({ id, ...action }: ConversationAction): Promise<Conversation> {
  const params = { id };
  switch (action.change) {
    case "markDone": { const { change: _, ...body } = action; return fetchOrThrow("markDone", { params, body }); }
    case "reopen": { const { change: _, ...body } = action; return fetchOrThrow("reopen", { params, body }); }
    case "snooze": { const { change: _, ...body } = action; return fetchOrThrow("snooze", { params, body }); }
    case "assign": { const { change: _, ...body } = action; return fetchOrThrow("assignConversation", { params, body }); }
    case "transfer": { const { change: _, ...body } = action; return fetchOrThrow("transferConversation", { params, body }); }
    case "describe": { const { change: _, ...body } = action; return fetchOrThrow("updateConversation", { params, body }); }
  }
}

/** Carries out one action; what fails is told, and what is shown is read anew either way. */
export function useConversationChange() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () => queries.invalidateQueries({ queryKey: keys.conversations }),
    onError: notifyError,
  });
}
