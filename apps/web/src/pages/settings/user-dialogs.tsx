// What is asked before a user is invited, changed, let in by a link, or deactivated.
import { Alert, Button, Code, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import type { Account, UserLink } from "@ringdesk/contract/http";
import type { PermissionSetId } from "@ringdesk/std";
import { IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { inOneSentence, type Failure } from "../../api/client.ts";
import { permissionSetsQuery, useSave } from "../../api/people.ts";
import { useHouseStyle, useSession } from "../../api/session.ts";
import { DeviceForm } from "../../forms/device-form.tsx";
import { UserSkillsForm } from "../../forms/user-skills-form.tsx";
import { useForm } from "../../forms/use-form.ts";
import { Copy } from "../../ui/copy.tsx";
import { notify } from "../../ui/notify.ts";
import { Problem } from "../../ui/states.tsx";
import { roleMeanings, roleWords } from "../../words/people.ts";
import { fullTime } from "../../words/time.ts";

export type UserDeed = { readonly kind: "invite" } | { readonly kind: "edit" | "skills" | "device" | "link" | "withdraw" | "deactivate" | "reactivate"; readonly account: Account };

const titles = {
  invite: "Invite a user", edit: "Edit user", skills: "Skills", device: "Where calls ring", link: "Single-use link", withdraw: "Withdraw the invitation", deactivate: "Deactivate user", reactivate: "Reactivate user",
} as const satisfies Record<UserDeed["kind"], string>;

/** The dialog for what was chosen; none when nothing was. */
export function UserDialog({ deed, onClose }: { readonly deed: UserDeed | null; readonly onClose: () => void }) {
  return (
    <Modal opened={deed !== null} onClose={onClose} title={deed === null ? "" : titles[deed.kind]} size={deed?.kind === "invite" || deed?.kind === "edit" ? "md" : 480}>
      {deed?.kind === "invite" && <UserForm account={null} onClose={onClose} />}
      {deed?.kind === "edit" && <UserForm account={deed.account} onClose={onClose} />}
      {deed?.kind === "skills" && <UserSkillsForm user={deed.account} onClose={onClose} />}
      {deed?.kind === "device" && <DeviceForm user={deed.account.id} mayFix />}
      {deed?.kind === "link" && <NewLink account={deed.account} />}
      {(deed?.kind === "withdraw" || deed?.kind === "deactivate" || deed?.kind === "reactivate") && <Confirm kind={deed.kind} account={deed.account} onClose={onClose} />}
    </Modal>
  );
}

const roles = (["agent", "manager", "admin"] as const).map((role) => ({ value: role, label: roleWords[role] }));
const BY_ROLE = "role";

/** Name, role and permission set; an address only for somebody new. */
function UserForm({ account, onClose }: { readonly account: Account | null; readonly onClose: () => void }) {
  const { user } = useSession();
  const sets = useQuery(permissionSetsQuery).data?.items ?? [];
  const form = useForm({ email: account?.email ?? "", name: account?.name ?? "", role: account?.role ?? "agent", permissionSetId: account?.permissionSetId ?? BY_ROLE });
  const { save, pending } = useSave();
  const [link, setLink] = useState<{ readonly account: Account; readonly link: UserLink } | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const role = form.values.role as Account["role"];
    const permissionSetId = form.values.permissionSetId === BY_ROLE ? null : (form.values.permissionSetId as PermissionSetId);
    const { name, email } = form.values;
    if (account === null) {
      const invited = await save("inviteUser", { body: { email: email.trim(), name, role, permissionSetId } });
      if (invited.ok) setLink(invited.value); else form.refuse(invited.error);
      return;
    }
    const saved = await save("updateAccount", { params: { id: account.id }, body: { name, role, permissionSetId } });
    if (saved.ok) onClose(); else form.refuse(saved.error);
  };
  if (link !== null) return <LinkPanel {...link} />;
  const fixed = account?.isOwner === true ? "The owner stays an admin" : account?.id === user.id ? "Ask another admin to change your own role" : null;
  const chosen = (name: "role" | "permissionSetId") => ({ value: form.values[name], error: form.field(name).error, onChange: (value: string | null) => { form.set(name, value ?? ""); } });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {account === null && <TextInput label="E-mail address" name="email" type="email" autoComplete="off" data-autofocus {...form.field("email")} />}
        <TextInput label="Name" name="name" autoComplete="off" maxLength={100} {...(account === null ? {} : { "data-autofocus": true })} {...form.field("name")} />
        <Select label="Role" description={fixed ?? roleMeanings[form.values.role as Account["role"]]} data={roles} allowDeselect={false} disabled={fixed !== null} {...chosen("role")} />
        {form.values.role !== "admin" && (
          <Select label="Permission set" description="Says in detail what this user may. An admin makes them under Settings › Permission sets." allowDeselect={false} {...chosen("permissionSetId")}
            data={[{ value: BY_ROLE, label: "What the role allows" }, ...sets.map((set) => ({ value: set.id as string, label: set.name }))]} />
        )}
        <Problem>{form.problem}</Problem>
        <Group justify="flex-end" mt={4}>
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" loading={pending}>{account === null ? "Invite" : "Save"}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The link, the only time that it is shown. */
function LinkPanel({ account, link }: { readonly account: Account; readonly link: UserLink }) {
  const { timeZone } = useHouseStyle();
  const address = `${location.origin}${link.path}`;
  return (
    <Stack gap="sm">
      <Text size="sm">Send this link to {account.name} ({account.email}). {account.state === "invited" ? "With it they choose a password and sign in." : "With it they choose a new password; all their sessions end then."}</Text>
      <Group gap={6} wrap="nowrap" className="rd-card" p={10}><Code style={{ overflowWrap: "anywhere", background: "none" }} data-testid="user-link">{address}</Code><Copy value={address} what="link" /></Group>
      <Alert color="brand" variant="light" icon={<IconInfoCircle size={18} />}>It works once, until {fullTime(link.expiresAt, timeZone)}, and is shown only now. Ringdesk sends no e-mail: pass it on yourself.</Alert>
    </Stack>
  );
}

/** Makes a new link when the person says so, because the one before is worth nothing then. */
function NewLink({ account }: { readonly account: Account }) {
  const { save, pending } = useSave();
  const [link, setLink] = useState<UserLink | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  if (link !== null) return <LinkPanel account={account} link={link} />;
  const make = async (): Promise<void> => {
    const made = await save("issueLink", { params: { id: account.id } });
    if (made.ok) setLink(made.value.link); else setFailure(made.error);
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{account.state === "invited" ? `Make a new invitation link for ${account.name}?` : `Make a link with which ${account.name} can choose a new password?`} Links that were given out before stop working.</Text>
      <Problem>{failure === null ? null : inOneSentence(failure)}</Problem>
      <Group justify="flex-end"><Button onClick={() => void make()} loading={pending} data-autofocus>Make the link</Button></Group>
    </Stack>
  );
}

const questions = {
  withdraw: { text: (name: string) => `${name} will not be able to use the invitation.`, button: "Withdraw", operation: "withdrawInvitation" },
  deactivate: { text: (name: string) => `${name} is signed out at once, cannot sign in, and is offered no calls. What they did stays in the history, and they stay in their teams for when they come back.`, button: "Deactivate", operation: "deactivateUser" },
  reactivate: { text: (name: string) => `${name} can sign in again with the password from before.`, button: "Reactivate", operation: "reactivateUser" },
} as const;

function Confirm({ kind, account, onClose }: { readonly kind: keyof typeof questions; readonly account: Account; readonly onClose: () => void }) {
  const { text, button, operation } = questions[kind];
  const { save, pending } = useSave();
  const [failure, setFailure] = useState<Failure | null>(null);
  const go = async (): Promise<void> => {
    const done = await save(operation, { params: { id: account.id } });
    if (!done.ok) { setFailure(done.error); return; }
    notify("info", `${account.name}: ${kind === "withdraw" ? "invitation withdrawn" : kind === "deactivate" ? "deactivated" : "reactivated"}`);
    onClose();
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{text(account.name)}</Text>
      <Problem>{failure === null ? null : inOneSentence(failure)}</Problem>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>Cancel</Button>
        <Button color={kind === "reactivate" ? "brand" : "red"} onClick={() => void go()} loading={pending} data-autofocus>{button}</Button>
      </Group>
    </Stack>
  );
}
