// How conversations and the timeline show at the HTTP edge.
import { err, ok } from "@ringdesk/std";
import { problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { CursorInvalid, CustomerMissing, StoreAway } from "../customers/index.ts";
import type { Conversations, ConversationMissing, Timeline } from "./conversations.ports.ts";

type RouteError = ConversationMissing | CustomerMissing | CursorInvalid | StoreAway;
const faces = {
  "conversation-missing": { status: 404, code: "conversation-missing", title: "There is no such conversation" },
  "customer-missing": { status: 404, code: "customer-missing", title: "There is no such customer" },
  "cursor-invalid": { status: 422, code: "invalid", title: "Check what you entered", errors: [{ pointer: "/query/cursor", detail: "This is not a cursor of this list" }] },
  "store-away": problems.storeAway,
} as const satisfies Record<RouteError["type"], HttpProblem>;

export function conversationRoutes(deps: { readonly conversations: Conversations; readonly timeline: Timeline }) {
  const { conversations, timeline } = deps;
  return {
    getTimeline: async ({ params, query }) => {
      const page = await timeline.page(params.id, query.cursor, query.limit);
      return page.ok ? ok({ items: [...page.value.items], nextCursor: page.value.nextCursor }) : err(faces[page.error.type]);
    },
    addNote: async ({ params, body }, { user }) => {
      const made = await conversations.addNote(params.id, user, body.text);
      return made.ok ? made : err(faces[made.error.type]);
    },
    listConversations: async ({ query }, { user }) => {
      const { mine, ...rest } = query;
      const page = await conversations.list({ ...rest, assignedTo: mine === true ? user.id : undefined });
      return page.ok ? ok({ items: [...page.value.items], nextCursor: page.value.nextCursor }) : err(faces[page.error.type]);
    },
    markDone: async ({ params }, { user }) => {
      const done = await conversations.markDone(params.id, user);
      return done.ok ? done : err(faces[done.error.type]);
    },
    reopen: async ({ params }, { user }) => {
      const open = await conversations.reopen(params.id, user);
      return open.ok ? open : err(faces[open.error.type]);
    },
  } satisfies SomeHandlers;
}
