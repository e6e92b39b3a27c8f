// Service door of the platform. Only main.ts imports it.
export { openDatabase, type OpenDatabase } from "./database.ts";
export { completeHandlers } from "./handlers.ts";
export { createHttpServer } from "./http/server.ts";
export { createLog } from "./log.ts";
export { runMigrations } from "./migrate.ts";
export { openReadyDatabase } from "./ready-database.ts";
