// Searches at the HTTP edge.
import { err, ok, type Result } from "@ringdesk/std";
import type { Permission, User } from "@ringdesk/contract/http";
import type { Directory } from "../organisation/index.ts";
import { invalidAt, problems, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { SearchError } from "./searches.errors.ts";
import type { Bulk, BulkOutcome, ResultPage, Searcher, Searches } from "./searches.ports.ts";

/** Total: every error has its face. */
export function faceOf(error: SearchError): HttpProblem {
  switch (error.type) {
    case "search-missing": return { status: 404, code: error.type, title: "There is no such search" };
    case "search-fixed": return error.why === "standard"
      ? { status: 409, code: error.type, title: "This search comes with Ringdesk", detail: "It can be neither changed nor deleted. Save a search of your own instead." }
      : { status: 403, code: error.type, title: "You may not change shared searches", detail: "Save it as a search of your own, or ask for the permission to manage searches." };
    case "search-name-taken": return invalidAt("/name", "There is a search with this name already");
    case "too-many-searches": return { status: 409, code: error.type, title: "There are too many searches", detail: "Delete some first." };
    case "too-many-results": return { status: 422, code: error.type, title: "These are too many conversations for one change", detail: "At most 5,000 can be changed at once. Add a condition." };
    case "bulk-running": return { status: 409, code: error.type, title: "Your last change is still being carried out", retryAfterS: 5 };
    case "undo-gone": return { status: 409, code: error.type, title: "This change can no longer be undone", detail: "It was undone already, or more than five minutes ago." };
    case "cursor-invalid": return problems.badCursor;
    case "store-away": return problems.storeAway;
  }
}
const facing = <T>(answer: Result<T, SearchError>): Result<T, HttpProblem> => (answer.ok ? answer : err(faceOf(answer.error)));
const outcomeOf = ({ changed, failed }: BulkOutcome) => ({ changed, failed: [...failed] });
const pageOf = ({ items, nextCursor }: ResultPage) => ({ items: [...items], nextCursor });

/** Who asks, with what they may do. */
export const searcherOf = (user: Pick<User, "id" | "name">, directory: Pick<Directory, "permissions">): Searcher =>
  ({ id: user.id, name: user.name, permissions: directory.permissions(user.id) satisfies readonly Permission[] });

export type SearchRoutesDeps = {
  readonly searches: Searches; readonly bulk: Bulk; readonly directory: Pick<Directory, "permissions">;
  readonly teams: () => readonly { readonly id: string; readonly displayName: string }[];
};

export function searchRoutes({ searches, bulk, directory, teams }: SearchRoutesDeps) {
  const who = (user: User): Searcher => searcherOf(user, directory);
  return {
    listSearches: async (_, { user }) => {
      const counts = await searches.counts(who(user));
      return counts.ok ? ok({ items: [...searches.list(who(user))], counts: counts.value }) : err(faceOf(counts.error));
    },
    createSearch: async ({ body }, { user }) => facing(await searches.create(who(user), body)),
    updateSearch: async ({ params, body }, { user }) => facing(await searches.change(who(user), params.id, body)),
    deleteSearch: async ({ params }, { user }) => {
      const gone = await searches.remove(who(user), params.id);
      return gone.ok ? ok({}) : err(faceOf(gone.error));
    },
    runSearch: async ({ params, query }, { user }) => {
      const page = await searches.run(who(user), params.id, query);
      return page.ok ? ok(pageOf(page.value)) : err(faceOf(page.error));
    },
    previewSearch: async ({ body: { criteria, sort, ...paging } }, { user }) => {
      const page = await searches.preview(who(user), criteria, sort, paging);
      return page.ok ? ok({ ...pageOf(page.value), count: page.value.count }) : err(faceOf(page.error));
    },
    getSearchChoices: async () => {
      const tags = await searches.recentTags();
      return tags.ok ? ok({ teams: teams().map(({ id, displayName }) => ({ id, name: displayName })), tags: [...tags.value] }) : err(faceOf(tags.error));
    },
    changeConversations: async ({ body }, { user }) => {
      const outcome = await bulk.run(who(user), body.change, body.target);
      return outcome.ok ? ok({ ...outcomeOf(outcome.value), undo: outcome.value.undo }) : err(faceOf(outcome.error));
    },
    undoConversationsChange: async ({ params }, { user }) => {
      const outcome = await bulk.undo(who(user), params.id);
      return outcome.ok ? ok(outcomeOf(outcome.value)) : err(faceOf(outcome.error));
    },
  } satisfies SomeHandlers;
}
