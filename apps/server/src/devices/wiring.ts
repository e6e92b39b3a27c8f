// Service door: factories and routes. Only main.ts imports it.
export { createDeviceStore } from "./device.pg.ts";
export { deviceRoutes } from "./device.routes.ts";
export { createDevices } from "./devices.service.ts";
export { createPhoneRinging } from "./phone-ringing.service.ts";
