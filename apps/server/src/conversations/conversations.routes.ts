// How conversations and the timeline show at the HTTP edge.
import { err, ok, type Result, type TeamId, type UserId } from "@ringdesk/std";
import { invalidAt, problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { CursorInvalid, CustomerMissing } from "../customers/index.ts";
import type { ChangeError, Conversations, Load, Timeline } from "./conversations.ports.ts";

type RouteError = ChangeError | CustomerMissing | CursorInvalid;

/** Total: every error has its face. */
function faceOf(error: RouteError): HttpProblem {
  switch (error.type) {
    case "conversation-missing": return { status: 404, code: error.type, title: "There is no such conversation" };
    case "customer-missing": return { status: 404, code: error.type, title: "There is no such customer" };
    case "conversation-changed": return { status: 409, code: error.type, title: "Somebody else was faster", detail: error.what };
    case "conversation-refused": return { status: 409, code: error.type, title: "This cannot be done with the conversation now", detail: error.why };
    case "field-invalid": return invalidAt(`/${error.field}`, error.detail);
    case "cursor-invalid": return problems.badCursor;
    case "store-away": return problems.storeAway;
  }
}
const facing = <T>(answer: Result<T, RouteError>): Result<T, HttpProblem> => (answer.ok ? answer : err(faceOf(answer.error)));
const paged = <T>(answer: Result<{ readonly items: readonly T[]; readonly nextCursor: string | null }, RouteError>) =>
  (answer.ok ? ok({ items: [...answer.value.items], nextCursor: answer.value.nextCursor }) : err(faceOf(answer.error)));

export type ConversationRoutesDeps = {
  readonly conversations: Conversations;
  readonly timeline: Timeline;
  readonly load: Pick<Load, "of">;
  /** Active users and all teams, from memory. */
  readonly assignees: () => { readonly users: readonly { readonly id: UserId; readonly name: string }[]; readonly teams: readonly { readonly id: TeamId; readonly name: string }[] };
};

export function conversationRoutes({ conversations, timeline, load, assignees }: ConversationRoutesDeps) {
  return {
    listAssignees: async () => {
      const { users, teams } = assignees();
      return ok({ users: users.map(({ id, name }) => ({ id, name, open: { ...load.of(id) } })), teams: teams.map(({ id, name }) => ({ id, name })) });
    },
    getTimeline: async ({ params, query }) => paged(await timeline.page(params.id, query.cursor, query.limit)),
    addNote: async ({ params, body }, { user }) => facing(await conversations.addNote(params.id, user, body.text)),
    listConversations: async ({ query }, { user }) => {
      const { mine, ...rest } = query;
      return paged(await conversations.list(mine === true ? { ...rest, assignedTo: user.id } : rest));
    },
    createConversation: async ({ body }) => facing(await conversations.create(body)),
    getConversation: async ({ params }) => facing(await conversations.get(params.id)),
    updateConversation: async ({ params, body: { version, ...change } }, { user }) => facing(await conversations.change(params.id, { do: "describe", ...change }, user, version)),
    markDone: async ({ params, body }, { user }) => facing(await conversations.change(params.id, { do: "done" }, user, body.version)),
    reopen: async ({ params, body }, { user }) => facing(await conversations.change(params.id, { do: "reopen", assignToMe: body.assignToMe }, user, body.version)),
    snooze: async ({ params, body }, { user }) => facing(await conversations.change(params.id, { do: "snooze", until: body.until }, user, body.version)),
    assignConversation: async ({ params, body: { version, ...to } }, { user }) => facing(await conversations.change(params.id, { do: "assign", ...to }, user, version)),
    transferConversation: async ({ params, body }, { user }) => facing(await conversations.change(params.id, { do: "transfer", queueId: body.queueId }, user, body.version)),
    addMessage: async ({ params, body }, { user }) => facing(await conversations.addMessage(params.id, body.direction === "in" ? null : user, body.text)),
    addConversationNote: async ({ params, body }, { user }) => facing(await conversations.addNoteTo(params.id, user, body.text)),
  } satisfies SomeHandlers;
}
