// Front door: types and pure functions.
export type { PartialCause, Peaks, Recordings } from "./recordings.ports.ts";
export type { RecordingError } from "./recordings.errors.ts";
export { partialWords } from "./recording.rules.ts";
