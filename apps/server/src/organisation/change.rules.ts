/** Fields of a setting as they were and as they shall be: what the audit log keeps. */
export type FieldChanges<T> = { readonly before: Partial<T>; readonly after: Partial<T> };

/** Lists whose order means nothing. */
const unordered = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : value);
const asIs = (value: unknown): unknown => value;

/** What of `wish` is not so yet; null when nothing is. Fields that are absent or undefined are not wished for. */
export function changesOf<T extends object>(now: T, wish: { readonly [K in keyof T]?: T[K] | undefined }, { orderMatters = true } = {}): FieldChanges<T> | null {
  const plain = (value: unknown): string => JSON.stringify((orderMatters ? asIs : unordered)(value));
  const fields = (Object.keys(wish) as (keyof T)[]).filter((field) => wish[field] !== undefined && plain(wish[field]) !== plain(now[field]));
  const only = (from: { readonly [K in keyof T]?: T[K] | undefined }) => Object.fromEntries(fields.map((field) => [field, from[field]])) as Partial<T>;
  return fields.length === 0 ? null : { before: only(now), after: only(wish) };
}
