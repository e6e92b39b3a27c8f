// Service door: factories and routes. Only main.ts imports it.
import type { Database } from "../platform/index.ts";
import { insertHandset, saveHandset, selectHandsets } from "./handset.pg.ts";
import type { HandsetStore } from "./sandbox.service.ts";

export { handsetRoutes } from "./handset.routes.ts";
export { createSandbox, type HandsetStore } from "./sandbox.service.ts";

export const createHandsetStore = (db: Database): HandsetStore => ({
  all: () => selectHandsets(db),
  add: (handset, insteadOf) => insertHandset(db, handset, insteadOf),
  save: (id, state, at) => saveHandset(db, id, state, at),
});
