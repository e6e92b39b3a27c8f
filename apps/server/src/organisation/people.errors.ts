import type { HttpProblem } from "../platform/index.ts";

/** Every way in which a change of users, permission sets, links or passwords can fail for reasons outside our code. */
export type PeopleError =
  | { readonly type: "user-missing" }
  | { readonly type: "email-taken" }
  | { readonly type: "users-full"; readonly max: number }
  /** The owner stays an active admin. */
  | { readonly type: "owner-stays"; readonly pointer: string }
  /** Nobody takes rights from themselves, by mistake or otherwise. */
  | { readonly type: "not-yourself"; readonly pointer: string }
  | { readonly type: "on-call"; readonly name: string }
  | { readonly type: "state-wrong"; readonly why: string }
  | { readonly type: "set-missing" }
  | { readonly type: "set-in-use"; readonly users: readonly string[] }
  | { readonly type: "sets-full"; readonly max: number }
  | { readonly type: "name-taken" }
  | { readonly type: "link-over" }
  | { readonly type: "password-weak"; readonly why: string }
  | { readonly type: "password-wrong" }
  | { readonly type: "too-many-tries"; readonly waitMs: number }
  | { readonly type: "sign-ins-busy" };

const INVALID = { status: 422, code: "invalid", title: "Check what you entered" } as const;
const fieldProblem = (pointer: string, detail: string): HttpProblem => ({ ...INVALID, errors: [{ pointer, detail }] });

/** How each looks over HTTP. */
export function peopleProblem(error: PeopleError): HttpProblem {
  switch (error.type) {
    case "user-missing": return { status: 404, code: error.type, title: "There is no such user" };
    case "email-taken": return fieldProblem("/email", "Somebody with this e-mail address is here already");
    case "users-full": return { status: 409, code: error.type, title: `There are ${error.max} users, which is the most` };
    case "owner-stays": return { status: 409, code: error.type, title: "The owner stays an active admin", errors: [{ pointer: error.pointer, detail: "The owner of the organisation stays an active admin" }] };
    case "not-yourself": return { status: 409, code: error.type, title: "Ask another admin to do this to your own account", errors: [{ pointer: error.pointer, detail: "Ask another admin to change this for you" }] };
    case "on-call": return { status: 409, code: error.type, title: `${error.name} is on a call`, detail: "Deactivate the account when the call has ended." };
    case "state-wrong": return { status: 409, code: error.type, title: error.why };
    case "set-missing": return { status: 404, code: error.type, title: "There is no such permission set" };
    case "set-in-use": return { status: 409, code: error.type, title: "This permission set is in use", detail: `Give another one to ${error.users.join(", ")} first.` };
    case "sets-full": return { status: 409, code: error.type, title: `There are ${error.max} permission sets, which is the most` };
    case "name-taken": return fieldProblem("/name", "This name is taken");
    case "link-over": return { status: 404, code: error.type, title: "This link does not work any more", detail: "It was used, replaced by a newer one, or is too old. Ask an admin for a new one." };
    case "password-weak": return fieldProblem("/password", error.why);
    case "password-wrong": return fieldProblem("/current", "This is not your password");
    case "too-many-tries": return { status: 429, code: error.type, title: "Too many tries. Wait a little and try again", retryAfterS: Math.ceil(error.waitMs / 1_000) };
    case "sign-ins-busy": return { status: 503, code: error.type, title: "Many people are signing in. Try again in a moment", retryAfterS: 2 };
  }
}
