import { api, type OperationId } from "@ringdesk/contract/http";
import { invariant } from "@ringdesk/std";
import type { Handlers, SomeHandlers } from "./http.ports.ts";

/** Puts the rooms' handlers together. Throws, at start, when an operation has none or two. */
export function completeHandlers(...parts: readonly SomeHandlers[]): Handlers {
  const names = parts.flatMap((part) => Object.keys(part));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  invariant(twice.length === 0, `two rooms handle ${twice.join(", ")}`);
  const missing = (Object.keys(api) as OperationId[]).filter((name) => !names.includes(name));
  invariant(missing.length === 0, `no room handles ${missing.join(", ")}`);
  return Object.assign({}, ...parts) as Handlers;
}
