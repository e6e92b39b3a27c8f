// Which address shows which page, and who may see it.
import { channel, conversationStatus, customerSort } from "@ringdesk/contract/http";
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { z } from "zod";
import { isSignedOut, RequestError } from "./api/client.ts";
import { sessionQuery, setupQuery } from "./api/queries.ts";
import { HandsetPage } from "./handset/handset-page.tsx";
import { ErrorPage, NotFoundPage } from "./pages/alone.tsx";
import { ConversationsPage } from "./pages/conversations-page.tsx";
import { CustomerPage } from "./pages/customer-page.tsx";
import { CustomersPage } from "./pages/customers-page.tsx";
import { DevicesPage } from "./pages/devices-page.tsx";
import { Frame } from "./pages/frame.tsx";
import { LiveViewPage } from "./pages/live-view-page.tsx";
import { InvitationPage } from "./pages/invitation-page.tsx";
import { PageFailed, PageMissing } from "./pages/page.tsx";
import { QueuesPage } from "./pages/queues-page.tsx";
import { SearchesPage } from "./pages/searches/searches-page.tsx";
import { settingsEntries, settingsOf } from "./pages/settings/settings-entries.ts";
import { SettingsFrame } from "./pages/settings/settings-frame.tsx";
import { SetupPage } from "./pages/setup-page.tsx";
import { SignInPage } from "./pages/sign-in-page.tsx";

type Context = { readonly queries: QueryClient };
type At = { readonly context: Context; readonly location: { readonly href: string } };

/** Lets a signed-in user through; others go to sign in, or to the first start while that is still to be done. */
async function signedIn({ context, location }: At): Promise<void> {
  try {
    await context.queries.ensureQueryData(sessionQuery);
  } catch (thrown) {
    if (!(thrown instanceof RequestError) || !isSignedOut(thrown.failure)) throw thrown;
    const { needed } = await context.queries.fetchQuery(setupQuery);
    throw needed ? redirect({ to: "/setup" }) : redirect({ to: "/sign-in", search: location.href === "/" ? {} : { return: location.href } });
  }
}

/** An address of our own only: a link that leads elsewhere after sign-in is a trap. */
const ownPath = z.string().regex(/^\/(?![/\\])/).max(500).optional().catch(undefined);

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: ErrorPage, notFoundComponent: NotFoundPage });
const setup = createRoute({
  getParentRoute: () => root, path: "/setup", component: SetupPage,
  beforeLoad: async ({ context }: At) => { if (!(await context.queries.fetchQuery(setupQuery)).needed) throw redirect({ to: "/sign-in" }); },
});
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignInPage, validateSearch: z.object({ return: ownPath }) });
const invitation = createRoute({ getParentRoute: () => root, path: "/invitation/$token", component: InvitationPage });
const handset = createRoute({ getParentRoute: () => root, path: "/handset", component: HandsetPage, beforeLoad: signedIn });
const desk = createRoute({ getParentRoute: () => root, id: "desk", component: Frame, beforeLoad: signedIn });
const home = createRoute({ getParentRoute: () => desk, path: "/", beforeLoad: () => { throw redirect({ to: "/conversations" }); } });
/** A page that fails, or does not exist, leaves the frame standing: a call may be in it. */
const inFrame = { errorComponent: PageFailed } as const;
const conversations = createRoute({
  ...inFrame, getParentRoute: () => desk, path: "/conversations", component: ConversationsPage,
  validateSearch: z.object({
    status: z.enum([...conversationStatus.options, "all"]).optional().catch(undefined), channel: channel.optional().catch(undefined),
    queue: z.string().max(64).optional().catch(undefined), assigned: z.string().max(64).optional().catch(undefined),
  }),
});
const customers = createRoute({ ...inFrame, getParentRoute: () => desk, path: "/customers", component: CustomersPage, validateSearch: z.object({
    search: z.string().max(100).optional().catch(undefined), vip: z.boolean().optional().catch(undefined), tag: z.string().max(50).optional().catch(undefined), sort: customerSort.optional().catch(undefined),
  }) });
const customer = createRoute({ ...inFrame, getParentRoute: () => desk, path: "/customers/$customerId", component: CustomerPage, validateSearch: z.object({ conversation: z.string().max(64).optional().catch(undefined) }) });
const searches = createRoute({
  ...inFrame, getParentRoute: () => desk, path: "/searches", component: SearchesPage,
  validateSearch: z.object({ search: z.string().max(64).optional().catch(undefined), new: z.boolean().optional().catch(undefined) }),
});
const queues = createRoute({ ...inFrame, getParentRoute: () => desk, path: "/queues", component: QueuesPage });
const live = createRoute({ ...inFrame, getParentRoute: () => desk, path: "/live", component: LiveViewPage });
const devices = createRoute({ ...inFrame, getParentRoute: () => desk, path: "/devices", component: DevicesPage });
const settings = createRoute({ ...inFrame, getParentRoute: () => desk, path: "/settings", component: SettingsFrame });
const settingsHome = createRoute({
  getParentRoute: () => settings, path: "/", component: () => null,
  beforeLoad: async ({ context }: At) => {
    const [first] = settingsOf(await context.queries.ensureQueryData(sessionQuery));
    if (first !== undefined) throw redirect({ href: `/settings${first.path}` });
  },
});
const settingsPages = settingsEntries.flatMap((entry) => [{ path: "", page: entry.page }, ...(entry.below ?? [])]
  .map(({ path, page }) => createRoute({ ...inFrame, getParentRoute: () => settings, path: `${entry.path}${path}` as string, component: page })));
const missing = createRoute({ ...inFrame, getParentRoute: () => desk, path: "$", component: PageMissing });

const tree = root.addChildren([setup, signIn, invitation, handset, desk.addChildren([home, conversations, customers, customer, searches, queues, live, devices, settings.addChildren([settingsHome, ...settingsPages]), missing])]);

export const createAppRouter = (queries: QueryClient) => createRouter({
  routeTree: tree, context: { queries }, defaultPreload: false, scrollRestoration: true, defaultErrorComponent: ErrorPage, defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register { router: ReturnType<typeof createAppRouter> }
}
