import type { HttpProblem } from "../platform/index.ts";

/** Every way in which a change of teams or sub-statuses can fail for reasons outside our code. */
export type TeamsError =
  | { readonly type: "team-missing" }
  | { readonly type: "teams-full"; readonly max: number }
  | { readonly type: "name-taken" }
  | { readonly type: "user-missing" }
  | { readonly type: "queue-missing" }
  /** Only to those who have not confirmed it. */
  | { readonly type: "calls-would-strand"; readonly queues: readonly { readonly name: string; readonly waiting: number }[] }
  | { readonly type: "status-missing" }
  | { readonly type: "statuses-full"; readonly max: number };

const fieldProblem = (pointer: string, detail: string): HttpProblem => ({ status: 422, code: "invalid", title: "Check what you entered", errors: [{ pointer, detail }] });

/** How each looks over HTTP. */
export function teamsProblem(error: TeamsError): HttpProblem {
  switch (error.type) {
    case "team-missing": return { status: 404, code: error.type, title: "There is no such team" };
    case "teams-full": return { status: 409, code: error.type, title: `There are ${error.max} teams, which is the most` };
    case "name-taken": return fieldProblem("/name", "This name is taken");
    case "user-missing": return fieldProblem("/members", "One of these users is not here any more");
    case "queue-missing": return fieldProblem("/queues", "One of these queues is not here any more");
    case "calls-would-strand": return {
      status: 409, code: error.type, title: "Calls wait that only this team can take",
      detail: `${error.queues.map(({ name, waiting }) => `${waiting} in ${name}`).join(", ")}. Without the team they wait until they time out.`,
    };
    case "status-missing": return { status: 404, code: error.type, title: "There is no such sub-status" };
    case "statuses-full": return { status: 409, code: error.type, title: `There are ${error.max} sub-statuses, which is the most` };
  }
}
