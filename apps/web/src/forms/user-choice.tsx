import { MultiSelect } from "@mantine/core";
import type { UserId } from "@ringdesk/std";
import { useQuery } from "@tanstack/react-query";
import { usersQuery } from "../api/queries.ts";

/** Several users, by name. */
export function UserChoice({ label, value, error, onChange }: { readonly label: string; readonly value: readonly UserId[]; readonly error?: string | undefined; readonly onChange: (users: readonly UserId[]) => void }) {
  const users = useQuery(usersQuery).data?.items ?? [];
  return (
    <MultiSelect label={label} placeholder={value.length === 0 ? "Choose users" : ""} searchable clearable hidePickedOptions maxDropdownHeight={240} nothingFoundMessage="Nobody is found" value={[...value]} error={error}
      data={users.filter((user) => user.active || value.includes(user.id)).map((user) => ({ value: user.id, label: user.name }))} onChange={(chosen) => { onChange(chosen as UserId[]); }} />
  );
}
