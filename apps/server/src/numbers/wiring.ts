// Service door: factories and routes. Only main.ts imports it.
export { insertNumber, selectNumbers } from "./number.pg.ts";
export { createNumberSettings } from "./number-settings.service.ts";
export { numberRoutes } from "./numbers.routes.ts";
export { createNumbers } from "./numbers.service.ts";
