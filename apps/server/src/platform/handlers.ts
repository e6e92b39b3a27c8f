import type { OperationId } from "@ringdesk/contract/http";
import { invariant } from "@ringdesk/std";
import type { Handlers, SomeHandlers } from "./http.ports.ts";

type Named<P extends readonly SomeHandlers[]> = { [I in keyof P]: keyof P[I] }[number];
type Missing<P extends readonly SomeHandlers[]> = Exclude<OperationId, Named<P>>;
/** All handlers, or, for the compiler's message, the operations that have none. */
type Complete<P extends readonly SomeHandlers[]> = [Missing<P>] extends [never] ? Handlers : { readonly noRoomHandles: Missing<P> };

/** Puts the rooms' handlers together; an operation without one does not compile. Throws, at start, when one has two. */
export function completeHandlers<const P extends readonly SomeHandlers[]>(...parts: P): Complete<P> {
  const names = parts.flatMap((part) => Object.keys(part));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  invariant(twice.length === 0, `two rooms handle ${twice.join(", ")}`);
  return Object.assign({}, ...parts) as Complete<P>;
}
