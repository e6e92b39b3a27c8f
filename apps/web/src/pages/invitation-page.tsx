import { Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { describeError, fetchOrThrow, request, RequestError } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { useForm } from "../forms/use-form.ts";
import { Failed, Problem, Rows } from "../ui/states.tsx";
import { Alone } from "./alone.tsx";

const route = getRouteApi("/invitation/$token");
type Invitation = Awaited<ReturnType<typeof fetchOrThrow<"getInvitation">>>;

function Welcome({ token, invitation }: { readonly token: string; readonly invitation: Invitation }) {
  const invited = invitation.purpose === "invitation";
  const form = useForm({ name: invitation.name, password: "" });
  const [pending, setPending] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setPending(true);
    const entered = await request("acceptInvitation", { params: { token }, body: { password: form.values.password, ...(invited ? { name: form.values.name } : {}) } });
    setPending(false);
    if (!entered.ok) { form.refuse(entered.error); return; }
    queries.clear();
    queries.setQueryData(keys.session, entered.value);
    await navigate({ to: "/" });
  };
  return (
    <Alone title={invited ? `Welcome to ${invitation.organisation}` : "Choose a new password"} intro={`You sign in as ${invitation.email}.`} width={440}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <input type="email" name="email" autoComplete="username" value={invitation.email} readOnly hidden />
          {invited && <TextInput label="Your name" name="name" description="As your colleagues see it" autoComplete="name" size="md" {...form.field("name")} />}
          <PasswordInput label="Password" name="password" description="At least 15 characters. A few words in a row work well." autoComplete="new-password" autoFocus size="md" {...form.field("password")} />
          <Problem>{form.problem}</Problem>
          <Button type="submit" size="md" loading={pending}>{invited ? "Accept the invitation" : "Set the password"}</Button>
        </Stack>
      </form>
    </Alone>
  );
}

/** Where a single-use link leads: a password, and in. */
export function InvitationPage() {
  const { token } = route.useParams();
  const invitation = useQuery({ queryKey: ["invitation", token], queryFn: ({ signal }) => fetchOrThrow("getInvitation", { params: { token } }, signal), retry: false, staleTime: Number.POSITIVE_INFINITY });
  if (invitation.data !== undefined) return <Welcome token={token} invitation={invitation.data} />;
  if (invitation.isPending) return <Alone title="Your invitation"><Rows count={3} /></Alone>;
  const { error } = invitation;
  const over = error instanceof RequestError && error.failure.type === "refused";
  if (!over) return <Alone title="Your invitation"><Failed {...describeError(error)} again={() => void invitation.refetch()} /></Alone>;
  return <Alone title="This link does not work any more" intro="It was used, replaced by a newer one, or is too old. Ask an admin for a new one."><Anchor component={Link} to="/sign-in" size="sm">Sign in</Anchor></Alone>;
}
