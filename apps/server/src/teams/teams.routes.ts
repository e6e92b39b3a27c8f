// Teams, sub-statuses and the history of statuses at the HTTP edge.
import { err, ok, type Result } from "@ringdesk/std";
import type { SomeHandlers } from "../platform/index.ts";
import type { StatusHistory } from "./sub-status.pg.ts";
import type { SubStatuses } from "./sub-statuses.service.ts";
import type { TeamSettings } from "./team-settings.service.ts";
import { teamsProblem, type TeamsError } from "./teams.errors.ts";

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
