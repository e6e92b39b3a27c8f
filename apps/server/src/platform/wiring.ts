// Service door of the platform. Only main.ts imports it.
export { openDatabase, type DatabaseOptions, type OpenDatabase } from "./database.ts";
export { createHttpServer, type HttpOptions } from "./http/server.ts";
export { runMigrations } from "./migrate.ts";
