// Service door: factories and routes. Only main.ts imports it.
export { insertCustomer } from "./customer.pg.ts";
export { customerRoutes } from "./customers.routes.ts";
export { createCustomers } from "./customers.service.ts";
export { createCustomerFields } from "./fields.service.ts";
export { customerExportRoute, customerImportRoutes, importReportRoute } from "./import.routes.ts";
export { createCustomerImports } from "./import.service.ts";
