// The words every package shares. Depends on nothing, stays under 500 lines for ever.
export { err, ok, type Result } from "./result.ts";
export { Bug, invariant, unreachable } from "./bug.ts";
export type * from "./brands.ts";
export { addMs, type Step } from "./machine.ts";
export { csvLine, guessDelimiter, readCsv, unguarded, type CsvDelimiter, type CsvFault, type CsvRecord } from "./csv.ts";
