// The pages of the settings, where users of such systems look for them (ORG-3). A new page is one more line here.
import type { Permission, Role, Session } from "@ringdesk/contract/http";
import type { FunctionComponent } from "react";
import { NumberPage, NumbersPage } from "./numbers-page.tsx";
import { UsersPage } from "./users-page.tsx";

const groups = ["Users", "Platform", "Numbers", "Organisation"] as const;

export type SettingsEntry = {
  readonly group: (typeof groups)[number];
  readonly title: string;
  /** Below `/settings`. */
  readonly path: `/${string}`;
  /** Who sees it: at least this role, or whoever has the permission. */
  readonly access: Exclude<Role, "agent"> | Permission;
  readonly page: FunctionComponent;
  /** Pages that the list leads to, e.g. one team; `path` stands below the entry's. */
  readonly below?: readonly { readonly path: `/${string}`; readonly page: FunctionComponent }[];
};

export const settingsEntries: readonly SettingsEntry[] = [
  { group: "Users", title: "Users", path: "/users", access: "admin", page: UsersPage },
  { group: "Numbers", title: "Numbers", path: "/numbers", access: "admin", page: NumbersPage, below: [{ path: "/$numberId", page: NumberPage }] },
];

/** What this user may open, in the order of the groups. */
export function settingsOf({ user, permissions }: Session): readonly SettingsEntry[] {
  const rank = { agent: 0, manager: 1, admin: 2 } as const;
  const opens = ({ access }: SettingsEntry): boolean => (access === "admin" || access === "manager" ? rank[user.role] >= rank[access] : permissions.includes(access));
  return groups.flatMap((group) => settingsEntries.filter((entry) => entry.group === group && opens(entry)));
}
