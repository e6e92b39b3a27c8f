// Teams, sub-statuses and the history of statuses at the HTTP edge.
import { err, ok, type Result } from "@ringdesk/std";
import { invalidAt, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { StatusHistory } from "./sub-status.pg.ts";
import type { SubStatuses } from "./sub-statuses.service.ts";
import type { TeamSettings } from "./team-settings.service.ts";
import type { TeamsError } from "./teams.errors.ts";

const answer = <T>(result: Result<T, TeamsError>) => (result.ok ? result : err(teamsProblem(result.error)));

export function teamsRoutes({ teams, statuses, history }: { readonly teams: TeamSettings; readonly statuses: SubStatuses; readonly history: StatusHistory }) {
  return {
    listTeams: async () => ok({ items: [...teams.list()] }),
    createTeam: async ({ body }, { user }) => answer(await teams.create(user.id, body)),
    updateTeam: async ({ params, body }, { user }) => answer(await teams.update(user.id, params.id, body)),
    deleteTeam: async ({ params, query }, { user }) => answer(await teams.remove(user.id, params.id, query.confirm === "true")),

    listSubStatuses: async () => ok({ items: [...statuses.all()] }),
    createSubStatus: async ({ body }, { user }) => answer(await statuses.create(user.id, body)),
    updateSubStatus: async ({ params, body }, { user }) => answer(await statuses.update(user.id, params.id, body)),

    getStatusHistory: async ({ params, query }) => ok(await history.page(params.id, query)),
  } satisfies SomeHandlers;
}

/** Total: every error has its face. */
function teamsProblem(error: TeamsError): HttpProblem {
  switch (error.type) {
    case "team-missing": return { status: 404, code: error.type, title: "There is no such team" };
    case "teams-full": return { status: 409, code: error.type, title: `There are ${error.max} teams, which is the most` };
    case "name-taken": return invalidAt("/name", "This name is taken");
    case "user-missing": return invalidAt("/members", "One of these users is not here any more");
    case "queue-missing": return invalidAt("/queues", "One of these queues is not here any more");
    case "calls-would-strand": return {
      status: 409, code: error.type, title: "Calls wait that only this team can take",
      detail: `${error.queues.map(({ name, waiting }) => `${waiting} in ${name}`).join(", ")}. Without the team they wait until they time out.`,
    };
    case "status-missing": return { status: 404, code: error.type, title: "There is no such sub-status" };
    case "statuses-full": return { status: 409, code: error.type, title: `There are ${error.max} sub-statuses, which is the most` };
  }
}
