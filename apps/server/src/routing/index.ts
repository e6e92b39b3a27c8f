// Front door: types and pure functions.
export { routeCall } from "./rule.rules.ts";
