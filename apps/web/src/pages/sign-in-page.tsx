import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { request } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { useForm } from "../forms/use-form.ts";
import { Problem } from "../ui/states.tsx";
import { Alone } from "./alone.tsx";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { return: back } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const form = useForm({ email: "", password: "" });
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { email, password } = form.values;
    const missing = { ...(email.trim() === "" ? { email: "Enter your e-mail address" } : {}), ...(password === "" ? { password: "Enter your password" } : {}) };
    form.mark(missing);
    if (Object.keys(missing).length > 0) return;
    setPending(true);
    const result = await request("signIn", { body: { email: email.trim(), password } });
    setPending(false);
    if (!result.ok) { form.refuse(result.error); return; }
    queries.setQueryData(keys.session, result.value);
    router.history.push(back ?? "/");
  };
  return (
    <Alone title="Sign in" width={400}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <TextInput label="E-mail address" type="email" name="email" autoComplete="username" autoFocus size="md" {...form.field("email")} />
          <PasswordInput label="Password" name="password" autoComplete="current-password" size="md" {...form.field("password")} />
          <Problem>{form.problem}</Problem>
          <Button type="submit" size="md" loading={pending}>Sign in</Button>
        </Stack>
      </form>
    </Alone>
  );
}
