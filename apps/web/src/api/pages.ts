// Lists that are read page by page: each answer names the cursor of the next.

/** What an infinite query of such a list needs beside its key and its function. */
export const byCursor = { initialPageParam: null as string | null, getNextPageParam: (last: { readonly nextCursor: string | null }): string | null => last.nextCursor } as const;

/** The cursor as a part of a request; nothing for the first page. */
export const cursorOf = (page: string | null): { readonly cursor?: string } => (page === null ? {} : { cursor: page });

/** The rows of all pages that have been read so far. */
export const rowsOf = <T>(list: { readonly pages: readonly { readonly items: readonly T[] }[] } | undefined): readonly T[] => list?.pages.flatMap((page) => page.items) ?? [];
