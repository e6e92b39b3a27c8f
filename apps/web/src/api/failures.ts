// Failures where they are told in passing.
import { notify } from "../ui/notify.ts";
import { describeError, describeFailure, type Failure } from "./client.ts";

/** Shows a failure in passing. */
export function notifyFailure(failure: Failure): void {
  const { title, detail } = describeFailure(failure);
  notify("error", title, detail);
}

/** The same for anything that was thrown. */
export function notifyError(error: unknown): void {
  const { title, detail } = describeError(error);
  notify("error", title, detail);
}
