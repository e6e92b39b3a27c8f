// What somebody asks for, as an event of the conversation. Pure.
import { err, ok, type Millis, type QueueId, type Result } from "@ringdesk/std";
import { CONVERSATION_LIMITS, type SkillWish } from "@ringdesk/contract/http";
import type { ConversationEvent, ConversationState } from "./conversation.machine.ts";
import type { FieldInvalid } from "./conversations.errors.ts";
import type { Actor, ConversationCommand, ConversationSurroundings, RuledCustomer } from "./conversations.ports.ts";

export type EventNow = { readonly now: Millis; readonly state: ConversationState; readonly hasLiveCall: boolean; readonly customer: RuledCustomer | null };
type Asked = Result<ConversationEvent, FieldInvalid>;

const channelWords = { voice: "calls", sms: "text messages", email: "e-mail", chat: "chats" } as const;
const invalid = (field: string, detail: string): Asked => err({ type: "field-invalid", field, detail });

/** The event of a command; what names something that is not there is refused at its field. */
export function eventOf(command: ConversationCommand, by: Actor, at: EventNow, house: ConversationSurroundings): Asked {
  const { now, hasLiveCall } = at;
  switch (command.do) {
    case "done": return ok({ type: "done", now });
    case "reopen": {
      return ok({ type: "reopened", to: command.assignToMe ? by : null, ...placeFor(at, house), hasLiveCall, now });
    }
    case "snooze":
      if (command.until <= now) return invalid("until", "Choose a time that is still to come");
      if (command.until > now + CONVERSATION_LIMITS.snoozeMs) return invalid("until", "At most one year ahead");
      return ok({ type: "snoozed", until: command.until, now });
    case "assign": return assignment(command, at, house);
    case "transfer": return transfer(command, at, house);
    case "restore": return restoration(command, at, house);
    case "describe": return ok({ type: "described", tags: command.tags, language: command.language, now });
  }
}

/** Where a conversation waits that is open again. The rules are asked when it is in no queue; the number it came from is not known then. */
export function placeFor({ state, customer }: Pick<EventNow, "state" | "customer">, house: Pick<ConversationSurroundings, "route">): { readonly queue: QueueId | null; readonly skills: readonly SkillWish[] } {
  if (state.queueId !== null) return { queue: state.queueId, skills: [] };
  const place = house.route({ channel: state.channel, supportNumber: state.supportNumber, from: null, customer, conversation: { language: state.language, tags: state.tags } });
  return { queue: place?.queueId ?? null, skills: place?.skills ?? [] };
}

function assignment({ userId, teamId }: Extract<ConversationCommand, { do: "assign" }>, { now, hasLiveCall }: EventNow, house: ConversationSurroundings): Asked {
  const userName = userId === undefined || userId === null ? null : house.userName(userId);
  const teamName = teamId === undefined || teamId === null ? null : house.teamName(teamId);
  if (userId !== undefined && userId !== null && userName === null) return invalid("userId", "This user does not work here any more");
  if (teamId !== undefined && teamId !== null && teamName === null) return invalid("teamId", "There is no such team");
  return ok({
    type: "assigned", hasLiveCall, now,
    user: userId === undefined || userId === null || userName === null ? (userId === null ? null : undefined) : { id: userId, name: userName },
    team: teamId === undefined || teamId === null || teamName === null ? (teamId === null ? null : undefined) : { id: teamId, name: teamName },
  });
}

function restoration({ before }: Extract<ConversationCommand, { do: "restore" }>, { now, hasLiveCall }: EventNow, house: ConversationSurroundings): Asked {
  if (before.assignedTo !== null && house.userName(before.assignedTo) === null) return invalid("userId", "Whose it was does not work here any more");
  if (before.teamId !== null && house.teamName(before.teamId) === null) return invalid("teamId", "The team it was with is not there any more");
  if (before.queueId !== null && house.queue(before.queueId) === null) return invalid("queueId", "The queue it was in is not there any more");
  return ok({ type: "restored", before, hasLiveCall, now });
}

function transfer({ queueId }: Extract<ConversationCommand, { do: "transfer" }>, { now, state, hasLiveCall }: EventNow, house: ConversationSurroundings): Asked {
  const queue = house.queue(queueId);
  if (queue === null) return invalid("queueId", "There is no such queue");
  if (!queue.takes(state.channel)) return invalid("queueId", `${queue.name} takes no ${channelWords[state.channel]}`);
  return ok({ type: "transferred", queue: { id: queueId, name: queue.name }, priority: queue.priority, hasLiveCall, now });
}
