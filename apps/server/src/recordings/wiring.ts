// Service door: factories and routes. Only main.ts imports it.
export { createRecordingKeeping } from "./new-keeping.ts";
export { recordingBelongings } from "./keeping.pg.ts";
export { recordingsProjection } from "./recording.pg.ts";
export { recordingAudioRoute, recordingRoutes } from "./recordings.routes.ts";
