// The sixteen keys of RFC 4733 §3.2 table 3, by event code.
const KEYS = "0123456789*#ABCD";
const ROWS_HZ = [697, 770, 852, 941] as const;
const COLUMNS_HZ = [1209, 1336, 1477, 1633] as const;
const KEYPAD = ["123A", "456B", "789C", "*0#D"] as const;

/** The key of an event code, or null for codes that are not keys (flash, modem and line events). */
export const keyOfEvent = (code: number): string | null => KEYS[code] ?? null;
/** The event code of a key, or null for anything else. */
export function eventOfKey(key: string): number | null {
  const code = key.length === 1 ? KEYS.indexOf(key) : -1;
  return code === -1 ? null : code;
}

/** Row and column frequencies (ITU-T Q.23), Hz, in the order of {@link keyAt}. */
export const ROW_FREQUENCIES: readonly number[] = ROWS_HZ;
export const COLUMN_FREQUENCIES: readonly number[] = COLUMNS_HZ;
export const keyAt = (row: number, column: number): string => KEYPAD[row]?.[column] ?? "";

/** The two frequencies of each key, Hz. */
export const KEY_FREQUENCIES: ReadonlyMap<string, readonly [number, number]> = new Map(
  ROWS_HZ.flatMap((row, r) => COLUMNS_HZ.map((column, c) => [keyAt(r, c), [row, column]] as const)),
);
