// Reading criteria that come from outside.
import { z } from "zod";
import { faultsOf } from "./faults.ts";
import type { CriteriaScope } from "./fields.ts";
import { MAX_CRITERIA_DEPTH, type Criteria } from "./shape.ts";

const criterion = z.object({ field: z.string(), operator: z.string(), value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]) });
const group = <T extends z.ZodType>(item: T) => z.object({ match: z.enum(["all", "any"]), items: z.array(item) });
const item = <T extends z.ZodType>(inner: T) => z.union([criterion, group(inner)], { error: `Neither a condition nor a group, or more than ${MAX_CRITERIA_DEPTH} levels deep` });
/** As deep as groups may go, and no deeper. */
const structure = group(item(item(criterion)));

/** Criteria of a queue rule or of a search. What is wrong with them stands at its place, e.g. `/criteria/items/2/value`. */
export const criteriaFor = (scope: CriteriaScope): z.ZodType<Criteria, Criteria> =>
  structure.superRefine((given, context) => {
    for (const { path, detail } of faultsOf(given as Criteria, scope)) context.addIssue({ code: "custom", path: [...path], message: detail });
  }) as unknown as z.ZodType<Criteria, Criteria>;
