// Which statements are prepared: those that come often are parsed and planned once per connection, and not each time.

/** A statement that comes a third time comes often. */
export const PREPARED_AT = 3;
/** A connection keeps so many; those that come later are parsed each time. */
export const MAX_PREPARED = 100;
/** Statements of which is known how often they came. */
const MAX_COUNTED = 1_000;

/** Under which name a statement is prepared; null: it is not. */
export type StatementNames = (text: string, values: readonly unknown[] | undefined) => string | null;

export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const times = new Map<string, number>();
  const isOften = (text: string): boolean => {
    const count = (times.get(text) ?? 0) + 1;
    if (times.size >= MAX_COUNTED) times.clear();
    if (count < PREPARED_AT) times.set(text, count);
    else times.delete(text);
    return count >= PREPARED_AT;
  };
  return (text, values) => {
    if (values === undefined || values.length === 0) return null; // begin, commit: nothing to plan
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_PREPARED) return known ?? null;
    if (!isOften(text)) return null;
    const name = `ringdesk-${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}
