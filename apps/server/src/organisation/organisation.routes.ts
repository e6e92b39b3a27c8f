import type { Session, User } from "@ringdesk/contract/http";
import { err, ok } from "@ringdesk/std";
import { SESSION_COOKIE, type HttpProblem, type SomeHandlers } from "../platform/index.ts";
import { organisationFaces, type SetupError, type SignInError } from "./organisation.errors.ts";
import type { createSetup, DirectoryService } from "./organisation.service.ts";
import { SESSION_MAX_MS } from "./session.rules.ts";
import type { SessionsService } from "./sessions.service.ts";

export interface OrganisationRoutesDeps {
  readonly directory: DirectoryService;
  readonly sessions: SessionsService;
  readonly setUp: ReturnType<typeof createSetup>;
  readonly sandbox: boolean;
}

const cookieOptions = { maxAgeS: SESSION_MAX_MS / 1_000 };

/** First start, sign-in and users. */
export function organisationRoutes({ directory, sessions, setUp, sandbox }: OrganisationRoutesDeps) {
  const sessionOf = (user: User): Session => ({ user, organisation: directory.organisation(), features: { sandbox }, permissions: [...directory.permissions(user.id)] });
  return {
    getSetup: async () => ok({ needed: !directory.isSetUp() }),
    runSetup: async ({ body }, ctx) => {
      const made = await setUp(body);
      if (!made.ok) return err(problemOf(made.error));
      ctx.setCookie(SESSION_COOKIE, made.value.token, cookieOptions);
      const { owner, sampleUsers, supportNumber } = made.value;
      return ok({ session: sessionOf(owner), sampleUsers: [...sampleUsers], supportNumber });
    },
    signIn: async ({ body }, ctx) => {
      const signedIn = await sessions.signIn({ ...body, remoteAddress: ctx.remoteAddress });
      if (!signedIn.ok) return err(problemOf(signedIn.error));
      // A new token at every sign-in; the session of whoever sat here before ends.
      if (ctx.sessionId !== null) await sessions.signOut(ctx.sessionId);
      ctx.setCookie(SESSION_COOKIE, signedIn.value.token, cookieOptions);
      return ok(sessionOf(signedIn.value.user));
    },
    getSession: async (_input, ctx) => ok(sessionOf(ctx.user)),
    signOut: async (_input, ctx) => {
      await sessions.signOut(ctx.sessionId);
      ctx.clearCookie(SESSION_COOKIE);
      return ok({});
    },
    listUsers: async () => ok({ items: directory.accounts().map(({ id, name, email, role, state }) => ({ id, name, email, role, active: state === "active" })) }),
  } satisfies SomeHandlers;
}

function problemOf(error: SignInError | SetupError): HttpProblem {
  const { pointer, ...face }: (typeof organisationFaces)[typeof error.type] & { readonly pointer?: string } = organisationFaces[error.type];
  switch (error.type) {
    case "too-many-tries": return { ...face, retryAfterS: Math.ceil(error.waitMs / 1_000) };
    case "password-weak": return { ...face, errors: [{ pointer: pointer ?? "", detail: error.why }] };
    case "time-zone-unknown": return { ...face, errors: [{ pointer: pointer ?? "", detail: "Choose a time zone from the list" }] };
    default: return face;
  }
}
