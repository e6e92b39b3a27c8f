// Service door: factories and routes. Only main.ts imports it.
export { createQueues, seedQueue } from "./queue.pg.ts";
export { routingRoutes } from "./routing.routes.ts";
export { createRouting, type RoutingService } from "./routing.service.ts";
export { createRoutingSettings } from "./routing-settings.service.ts";
export { routingSettingsRoutes } from "./settings.routes.ts";
