import type { z } from "zod";
import type { Permission } from "./permissions.ts";

/** Who may call a route. Checked in one place (SEC-2): `public` needs no sign-in, the others at least that role. */
export type Access = "public" | "agent" | "manager" | "admin";

/** One route of the API. Server handlers, the browser's client and the OpenAPI document all follow from it. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`. */
  readonly path: string;
  readonly access: Access;
  /** When named, it decides instead of the role: whoever has it reaches the route. `access` is then the lowest role that has it without a permission set. */
  readonly permission?: Permission;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** For bodies longer than those that any route may be sent. */
  readonly maxBodyBytes?: number;
  /** How long a client waits for the answer, milliseconds, where that is longer than usual. */
  readonly patienceMs?: number;
  readonly response: z.ZodType;
}

type Part<R extends Route, K extends "params" | "query" | "body", Side extends "in" | "out"> =
  R[K] extends z.ZodType ? { readonly [P in K]: Side extends "in" ? z.input<R[K]> : z.output<R[K]> } : unknown;

/** What a handler is given: parsed. */
export type HandlerInput<R extends Route> = Part<R, "params", "out"> & Part<R, "query", "out"> & Part<R, "body", "out">;
/** What a client passes in. */
export type ClientInput<R extends Route> = Part<R, "params", "in"> & (R["query"] extends z.ZodType ? { readonly query?: z.input<R["query"]> } : unknown) & Part<R, "body", "in">;
/** What a handler returns and a client receives. */
export type Response<R extends Route> = z.output<R["response"]>;

/** All routes stand below this path. */
export const API_BASE = "/api/v1";
