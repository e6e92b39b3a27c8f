import type { Header } from "./syntax/index.ts";

/** The response that turns a request away. Without `reason` it has the customary words of its status. */
export type Refusal = { readonly status: number; readonly headers: readonly Header[]; readonly reason?: string };
