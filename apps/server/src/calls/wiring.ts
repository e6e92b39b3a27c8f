// Service door: factories and routes. Only main.ts imports it.
export { callProjection, createCallStore } from "./call.pg.ts";
export { callRoutes } from "./call.routes.ts";
export { createCalls, type CallService } from "./call.service.ts";
