// Front door: types and pure functions.
export type { Peaks, RecordingError, Recordings } from "./recordings.ports.ts";
