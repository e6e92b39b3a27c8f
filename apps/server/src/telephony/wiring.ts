// Service door: only main.ts imports it.
export { createTelephony, type TelephonyService } from "./telephony.service.ts";
export { createHandsetLines, tellCarriers } from "./handset-lines.ts";
export { createEchoCalls } from "./echo-calls.service.ts";
export { telephonyRoutes } from "./telephony.routes.ts";
export { createPgPositionStore } from "./position-store.pg.ts";
export { CONFIGURED_TRUNK, trunksOf } from "./trunk.rules.ts";
