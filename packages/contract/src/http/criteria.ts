// Criteria as the API takes them.
import { criteriaFor } from "../criteria/index.ts";

/** Of a saved search or an export. */
export const searchCriteria = criteriaFor("search");
/** Of a queue rule. */
export const ruleCriteria = criteriaFor("rule");
