// Front door: types and pure functions.
export { planFor } from "./queue.rules.ts";
