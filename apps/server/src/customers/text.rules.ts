/** What people write, as PostgreSQL can keep it: it holds neither NUL nor half of a surrogate pair. */
export const storableText = (text: string): string => text.replaceAll("\u0000", "").replace(/\p{Surrogate}/gu, "\uFFFD");
