// `GET /searches/:id/export.csv`: all that a search finds, page by page, so that no result is too long for the memory.
import { Readable } from "node:stream";
import { err, ok } from "@ringdesk/std";
import { searchId } from "@ringdesk/contract/ids";
import type { Audit, Directory } from "../organisation/index.ts";
import type { RawRoute } from "../platform/index.ts";
import { exportHeading, exportLine, fileName, type ExportNames } from "./export.rules.ts";
import { faceOf, searcherOf } from "./searches.routes.ts";
import type { SavedSearch, Searcher, Searches } from "./searches.ports.ts";

/** Rows read at a time. */
const PAGE_ROWS = 500;

export type SearchExportDeps = {
  readonly searches: Searches; readonly audit: Audit; readonly directory: Pick<Directory, "permissions">; readonly names: ExportNames;
};

export function searchExportRoute(deps: SearchExportDeps): RawRoute {
  return {
    path: "/searches/:id/export.csv",
    access: "manager",
    permission: "export",
    summary: "What a search finds as a CSV file (RFC 4180, UTF-8), with its columns and in its order",
    handle: async (request, { user }) => {
      const id = searchId.safeParse(request.params["id"]);
      const who = searcherOf(user, deps.directory);
      const found = id.success ? deps.searches.find(who, id.data) : err({ type: "search-missing" as const, id: "" as SavedSearch["id"] });
      if (!found.ok) return err(faceOf(found.error));
      const pages = pagesOf(deps, who, found.value);
      const first = await pages.next();
      if (first.done === true) return err(faceOf({ type: "store-away", detail: "" }));
      await deps.audit.record(user.id, "search.exported", null, { search: found.value.name });
      return ok({
        status: 200,
        headers: { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${fileName(found.value.name)}"`, "cache-control": "private, no-store", "x-content-type-options": "nosniff" },
        body: Readable.from(joined(first.value, pages)),
      });
    },
  };
}

/** Ends before the first page when the database is away, and breaks off loudly when it goes away later: half a file must not look whole. */
async function* pagesOf({ searches, names }: SearchExportDeps, who: Searcher, search: SavedSearch): AsyncGenerator<string, void> {
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await searches.run(who, search.id, { limit: PAGE_ROWS, cursor });
    if (!page.ok) {
      if (isFirst) return;
      throw new Error(`the export broke off: ${page.error.type}`);
    }
    yield (isFirst ? exportHeading(search.columns) : "") + page.value.items.map((line) => exportLine(line, search.columns, names)).join("");
    cursor = page.value.nextCursor ?? undefined;
  }
}

async function* joined(first: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  yield first;
  yield* rest;
}
