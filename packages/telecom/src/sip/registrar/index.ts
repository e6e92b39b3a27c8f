export { Registrar, type Registration, type RegistrarOutput } from "./registrar.ts";
export * from "./registrar.limits.ts";
