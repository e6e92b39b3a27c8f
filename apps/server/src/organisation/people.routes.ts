// Users, permission sets, links, the own password and the audit log at the HTTP edge.
import { err, ok, type Result } from "@ringdesk/std";
import { SESSION_COOKIE, type SomeHandlers } from "../platform/index.ts";
import type { Accounts } from "./accounts.service.ts";
import type { AuditReader } from "./audit.pg.ts";
import type { Entrance } from "./entrance.service.ts";
import type { DirectoryService } from "./organisation.service.ts";
import { peopleProblem, type PeopleError } from "./people.errors.ts";
import type { PermissionSets } from "./permission-sets.service.ts";
import { SESSION_MAX_MS } from "./session.rules.ts";
import type { SessionsService } from "./sessions.service.ts";

export interface PeopleRoutesDeps {
  readonly directory: DirectoryService;
  readonly accounts: Accounts;
  readonly sets: PermissionSets;
  readonly entrance: Entrance;
  readonly auditReader: AuditReader;
  readonly sessions: Pick<SessionsService, "signOut">;
  readonly sandbox: boolean;
}
const answer = <T>(result: Result<T, PeopleError>) => (result.ok ? result : err(peopleProblem(result.error)));

export function peopleRoutes({ directory, accounts, sets, entrance, auditReader, sessions, sandbox }: PeopleRoutesDeps) {
  return {
    listAccounts: async () => ok({ items: [...directory.accounts()] }),
    inviteUser: async ({ body }, { user }) => answer(await accounts.invite(user.id, body)),
    updateAccount: async ({ params, body }, { user }) => answer(await accounts.update(user.id, params.id, body)),
    withdrawInvitation: async ({ params }, { user }) => answer(await accounts.withdraw(user.id, params.id)),
    issueLink: async ({ params }, { user }) => answer(await accounts.issueLink(user.id, params.id)),
    deactivateUser: async ({ params }, { user }) => answer(await accounts.deactivate(user.id, params.id)),
    reactivateUser: async ({ params }, { user }) => answer(await accounts.reactivate(user.id, params.id)),

    listPermissionSets: async () => ok({ items: [...directory.permissionSets()] }),
    createPermissionSet: async ({ body }, { user }) => answer(await sets.create(user.id, body)),
    updatePermissionSet: async ({ params, body }, { user }) => answer(await sets.update(user.id, params.id, body)),
    deletePermissionSet: async ({ params }, { user }) => answer(await sets.remove(user.id, params.id)),

    getInvitation: async ({ params }) => {
      const found = await entrance.look(params.token);
      if (!found.ok) return answer(found);
      const { state, name, email } = found.value;
      return ok({ purpose: state === "invited" ? "invitation" : "new-password", name, email, organisation: directory.organisation().name });
    },
    acceptInvitation: async ({ params, body }, ctx) => {
      const entered = await entrance.enter(params.token, body);
      if (!entered.ok) return answer(entered);
      const user = directory.user(entered.value.user);
      if (user === null) return answer(err({ type: "user-missing" }));
      if (ctx.sessionId !== null) await sessions.signOut(ctx.sessionId); // whoever sat here before
      ctx.setCookie(SESSION_COOKIE, entered.value.token, { maxAgeS: SESSION_MAX_MS / 1_000 });
      return ok({ user, organisation: directory.organisation(), features: { sandbox }, permissions: [...directory.permissions(user.id)] });
    },
    changePassword: async ({ body }, { user, sessionId, remoteAddress }) => answer(await entrance.changePassword(user.id, sessionId, body, remoteAddress)),

    listAuditEntries: async ({ query }) => ok(await auditReader.page(query)),
  } satisfies SomeHandlers;
}
