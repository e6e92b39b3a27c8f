// Front door: types and pure functions.
export type { Prompt, Prompts, PromptUnavailable, Voice } from "./prompts.ports.ts";
