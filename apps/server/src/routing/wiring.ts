// Service door: factories and routes. Only main.ts imports it.
export { createQueues, seedQueue, type NewQueue, type QueueMemory } from "./queue.pg.ts";
export { routingRoutes } from "./routing.routes.ts";
export { createRouting, type RoutingDeps, type RoutingService } from "./routing.service.ts";
