import { ok } from "@ringdesk/std";
import type { SomeHandlers } from "../platform/index.ts";
import type { SupportNumbers } from "./numbers.ports.ts";

export const numberRoutes = (numbers: SupportNumbers) => ({
  listNumbers: async () => ok({ items: [...numbers.all()] }),
}) satisfies SomeHandlers;
