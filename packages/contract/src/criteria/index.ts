// Conditions over conversations and customers: what they look like, what they mean, and what is wrong with them.
export * from "./faults.ts";
export * from "./fields.ts";
export * from "./kinds.ts";
export * from "./matches.ts";
export * from "./me.ts";
export * from "./schema.ts";
export * from "./shape.ts";
export * from "./words.ts";
