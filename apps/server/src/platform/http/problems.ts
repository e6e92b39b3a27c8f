import { STATUS_CODES } from "node:http";
import type { Problem } from "@ringdesk/contract/http";
import type { z } from "zod";
import type { HttpProblem } from "../http.ports.ts";

/** Problems that any route can answer with. Those of a room are in its own table. */
export const problems = {
  signedOut: { status: 401, code: "signed-out", title: "Sign in first" },
  forbidden: { status: 403, code: "forbidden", title: "Your role does not allow this" },
  crossSite: { status: 403, code: "cross-site", title: "This request came from another site" },
  notFound: { status: 404, code: "not-found", title: "There is nothing here" },
  malformed: { status: 400, code: "malformed", title: "The request cannot be read" },
  tooLarge: { status: 413, code: "too-large", title: "The request is too large" },
  notJson: { status: 415, code: "not-json", title: "Send JSON" },
  invalid: { status: 422, code: "invalid", title: "Check what you entered" },
  badCursor: { status: 422, code: "invalid", title: "Check what you entered", errors: [{ pointer: "/query/cursor", detail: "This is not a cursor of this list" }] },
  keyReused: { status: 422, code: "idempotency-key-reused", title: "This Idempotency-Key was used for another request" },
  keyInvalid: { status: 400, code: "idempotency-key-invalid", title: "An Idempotency-Key has 1 to 200 printable characters" },
  storeAway: { status: 503, code: "store-away", title: "The database does not answer at the moment", detail: "Calls go on. Try again in a few seconds.", retryAfterS: 5 },
  bug: { status: 500, code: "bug", title: "Something went wrong on our side" },
} as const satisfies Record<string, HttpProblem>;

/** One field is wrong, at its JSON pointer. */
export const invalidAt = (pointer: string, detail: string): HttpProblem => ({ ...problems.invalid, errors: [{ pointer, detail }] });

/** Input that does not fit the schema. Pointers into the body start at its root, those into query and path at `/query` and `/path`. */
export function invalidInput(where: "params" | "query" | "body", error: z.ZodError): HttpProblem {
  const prefix = { params: "/path", query: "/query", body: "" }[where];
  const errors = error.issues.map((issue) => ({
    pointer: prefix + issue.path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    detail: issue.message,
  }));
  return { ...problems.invalid, errors };
}

/** RFC 9457 §3: the body of a problem. */
export function problemBody(p: HttpProblem): Problem {
  return {
    type: `urn:ringdesk:problem:${p.code}`, title: p.title, status: p.status, code: p.code,
    ...(p.detail === undefined ? {} : { detail: p.detail }),
    ...(p.errors === undefined ? {} : { errors: [...p.errors] }),
  };
}

/** A refusal by the HTTP layer itself, e.g. unreadable JSON. */
export function problemOfStatus(status: number): HttpProblem {
  if (status === 404) return problems.notFound;
  if (status === 413) return problems.tooLarge;
  if (status === 415) return problems.notJson;
  if (status >= 400 && status < 500) return { ...problems.malformed, status, title: STATUS_CODES[status] ?? problems.malformed.title };
  return problems.bug;
}
