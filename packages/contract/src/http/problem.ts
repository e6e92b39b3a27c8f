import { z } from "zod";

/** RFC 9457 problem details. `code` is stable; `errors` points at fields by JSON pointer. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.output<typeof problem>;
