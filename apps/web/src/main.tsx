import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./ui/ringdesk.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { isSignedOut, RequestError } from "./api/client.ts";
import { createQueryClient } from "./api/queries.ts";
import { createAppRouter } from "./routes.tsx";
import { theme, variables } from "./ui/theme.ts";

const queries = createQueryClient();
const router = createAppRouter(queries);

// A session that ended while a page was open: sign in, and come back to this page.
queries.getQueryCache().subscribe((event) => {
  if (event.type !== "updated" || event.action.type !== "error") return;
  const { error } = event.action;
  if (!(error instanceof RequestError) || !isSignedOut(error.failure)) return;
  const { href, pathname } = router.state.location;
  if (pathname === "/sign-in" || pathname === "/setup" || router.state.status === "pending") return;
  void router.navigate({ to: "/sign-in", search: { return: href } }).then(() => { queries.clear(); });
});

const place = document.getElementById("root");
if (place !== null) createRoot(place).render(
  <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
    {/* In the middle: the buttons of a form stand at its right end. */}
    <Notifications position="bottom-center" limit={4} />
    <QueryClientProvider client={queries}><RouterProvider router={router} /></QueryClientProvider>
  </MantineProvider>,
);
