// Users, permission sets, links, the own password and the audit log at the HTTP edge.
import { err, ok, type Result } from "@ringdesk/std";
import { invalidAt, SESSION_COOKIE, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import type { Accounts } from "./accounts.service.ts";
import type { AuditReader } from "./audit.pg.ts";
import type { Entrance } from "./entrance.service.ts";
import { organisationFaces } from "./organisation.errors.ts";
import type { DirectoryService } from "./organisation.service.ts";
import type { PeopleError } from "./people.errors.ts";
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

/** Total: every error has its face. */
function peopleProblem(error: PeopleError): HttpProblem {
  switch (error.type) {
    case "user-missing": return { status: 404, code: error.type, title: "There is no such user" };
    case "email-taken": return invalidAt("/email", "Somebody with this e-mail address is here already");
    case "users-full": return { status: 409, code: error.type, title: `There are ${error.max} users, which is the most` };
    case "owner-stays": return { status: 409, code: error.type, title: "The owner stays an active admin", errors: [{ pointer: error.pointer, detail: "The owner of the organisation stays an active admin" }] };
    case "not-yourself": return { status: 409, code: error.type, title: "Ask another admin to do this to your own account", errors: [{ pointer: error.pointer, detail: "Ask another admin to change this for you" }] };
    case "on-call": return { status: 409, code: error.type, title: `${error.name} is on a call`, detail: "Deactivate the account when the call has ended." };
    case "state-wrong": return { status: 409, code: error.type, title: error.why };
    case "set-missing": return { status: 404, code: error.type, title: "There is no such permission set" };
    case "set-in-use": return { status: 409, code: error.type, title: "This permission set is in use", detail: `Give another one to ${error.users.join(", ")} first.` };
    case "sets-full": return { status: 409, code: error.type, title: `There are ${error.max} permission sets, which is the most` };
    case "name-taken": return invalidAt("/name", "This name is taken");
    case "link-over": return { status: 404, code: error.type, title: "This link does not work any more", detail: "It was used, replaced by a newer one, or is too old. Ask an admin for a new one." };
    case "password-weak": return invalidAt("/password", error.why);
    case "password-wrong": return invalidAt("/current", "This is not your password");
    case "too-many-tries": return { ...organisationFaces[error.type], retryAfterS: Math.ceil(error.waitMs / 1_000) };
    case "sign-ins-busy": return organisationFaces[error.type];
  }
}
