import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { request } from "../api/client.ts";
import { notify } from "../ui/notify.ts";
import { Problem } from "../ui/states.tsx";
import { useForm } from "./use-form.ts";

/** Changes the own password. */
export function PasswordForm({ email, onClose }: { readonly email: string; readonly onClose: () => void }) {
  const form = useForm({ current: "", password: "" });
  const [pending, setPending] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setPending(true);
    const changed = await request("changePassword", { body: form.values });
    setPending(false);
    if (!changed.ok) { form.refuse(changed.error); return; }
    notify("info", "Your password is changed", "Other browsers were signed out.");
    onClose();
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput label="Password now" name="current" autoComplete="current-password" data-autofocus {...form.field("current")} />
        <PasswordInput label="New password" name="password" description="At least 15 characters. A few words in a row work well." autoComplete="new-password" {...form.field("password")} />
        <Problem>{form.problem}</Problem>
        <Group justify="flex-end" mt={4}><Button variant="default" onClick={onClose}>Cancel</Button><Button type="submit" loading={pending}>Change password</Button></Group>
      </Stack>
    </form>
  );
}
