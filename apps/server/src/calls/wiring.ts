// Service door: factories and routes. Only main.ts imports it.
export { callBelongings } from "./belongings.pg.ts";
export { callProjection, createCallStore } from "./call.pg.ts";
export { createCallLevels } from "./call-levels.service.ts";
export { callRoutes } from "./call.routes.ts";
export { createCalls, type CallService } from "./call.service.ts";
export { wordsAhead } from "./spoken.rules.ts";
export { countDay } from "./day-counts.pg.ts";
export { recentHandOvers } from "./hand-overs.pg.ts";
