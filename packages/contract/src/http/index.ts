// The HTTP contract: routes, what they speak of, and how errors look. Shared by server and browser.
export * from "./api.ts";
export * from "./criteria.ts";
export * from "./conversations.ts";
export * from "./customers.ts";
export * from "./devices.ts";
export * from "./live-view.ts";
export * from "./models.ts";
export * from "./numbers.ts";
export * from "./password.ts";
export * from "./people.ts";
export * from "./permissions.ts";
export * from "./problem.ts";
export * from "./queues.ts";
export * from "./route.ts";
export * from "./searches.ts";
export * from "./skills.ts";
export * from "./sounds.ts";
