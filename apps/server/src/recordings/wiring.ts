// Service door: factories and routes. Only main.ts imports it.
export { recordingsProjection } from "./recording.pg.ts";
export { recordingAudioRoute, recordingRoutes } from "./recordings.routes.ts";
export { createRecordings } from "./recordings.service.ts";
