/** A bug in our own code. Never thrown for anything a caller, carrier or agent can cause. */
export class Bug extends Error {
  override name = "Bug";
}

/** Throws a {@link Bug} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** The end of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${JSON.stringify(value)}`);
}
