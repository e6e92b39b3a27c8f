// Front door: types only.
export type { Recordings } from "./recordings.ports.ts";
