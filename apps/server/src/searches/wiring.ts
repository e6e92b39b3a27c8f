// Service door: factories and routes. Only main.ts imports it.
export { createBulk } from "./bulk.service.ts";
export { sheetTime } from "./export.rules.ts";
export { searchExportRoute } from "./export.routes.ts";
export { createSearchCounts } from "./search-counts.ts";
export { countResults } from "./search-results.pg.ts";
export { seedStandardSearch } from "./search.pg.ts";
export { searchRoutes } from "./searches.routes.ts";
export { createSearches } from "./searches.service.ts";
