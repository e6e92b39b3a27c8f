// Opaque cursors of lists that are ordered by an instant and an id, newest first (API-1). Pure.
import { err, ok, type Millis, type Result } from "@ringdesk/std";
import type { CursorInvalid } from "./customers.errors.ts";

/** The last row of a page: the next page begins after it. */
export type Place = { readonly at: Millis; readonly id: string };

const CURSOR = /^([0-9a-z]{1,11})\.([A-Za-z0-9_-]{1,128})$/;

/** The cursor that continues after `place`. */
export const cursorAfter = (place: Place): string => `${place.at.toString(36)}.${place.id}`;

/** Where a page begins; null is the first page. */
export function readCursor(cursor: string | undefined): Result<Place | null, CursorInvalid> {
  if (cursor === undefined) return ok(null);
  const [, at = "", id = ""] = CURSOR.exec(cursor) ?? [];
  const instant = Number.parseInt(at, 36);
  if (id === "" || !Number.isSafeInteger(instant)) return err({ type: "cursor-invalid" });
  return ok({ at: instant as Millis, id });
}

/**
 * Cuts one row too many into a page and the cursor of the next: ask the database for `limit + 1` rows, and there is a next
 * page exactly when they all came.
 */
export function cutPage<Row>(rows: readonly Row[], limit: number, place: (row: Row) => Place): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? cursorAfter(place(last)) : null };
}
