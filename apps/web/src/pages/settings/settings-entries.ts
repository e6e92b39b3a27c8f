// The pages of the settings, where users of such systems look for them (ORG-3). A new page is one more line here.
import type { Permission, Role, Session } from "@ringdesk/contract/http";
import type { FunctionComponent } from "react";
import { CustomerFieldsPage } from "./customer-fields-page.tsx";
import { CustomerImportPage } from "./customer-import-page.tsx";
import { NumberPage, NumbersPage } from "./numbers-page.tsx";
import { AuditPage } from "./audit-page.tsx";
import { PermissionSetsPage } from "./permission-sets-page.tsx";
import { RecordingsPage } from "./recordings-page.tsx";
import { StatusHistoryPage } from "./status-history-page.tsx";
import { StatusesPage } from "./statuses-page.tsx";
import { TeamPage } from "./team-page.tsx";
import { TeamsPage } from "./teams-page.tsx";
import { QueuePage } from "./routing/queue-page.tsx";
import { QueueWizardPage } from "./routing/queue-wizard-page.tsx";
import { QueuesTab } from "./routing/queues-tab.tsx";
import { RulesTab } from "./routing/rules-tab.tsx";
import { SchedulePage } from "./routing/schedule-page.tsx";
import { SchedulesPage } from "./routing/schedules-page.tsx";
import { SettingsTab } from "./routing/settings-tab.tsx";
import { SkillsTab } from "./routing/skills-tab.tsx";
import { UsersPage } from "./users-page.tsx";

const groups = ["Users", "Platform", "Numbers", "Customers", "Organisation"] as const;

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
  { group: "Users", title: "Teams", path: "/teams", access: "admin", page: TeamsPage, below: [{ path: "/$teamId", page: TeamPage }] },
  { group: "Users", title: "Permission sets", path: "/permission-sets", access: "admin", page: PermissionSetsPage },
  { group: "Users", title: "Status history", path: "/status-history", access: "reporting", page: StatusHistoryPage, below: [{ path: "/$userId", page: StatusHistoryPage }] },
  {
    group: "Platform", title: "Routing", path: "/routing", access: "admin", page: QueuesTab,
    below: [{ path: "/new", page: QueueWizardPage }, { path: "/queues/$queueId", page: QueuePage }, { path: "/rules", page: RulesTab }, { path: "/skills", page: SkillsTab }, { path: "/settings", page: SettingsTab }],
  },
  { group: "Platform", title: "Business schedules", path: "/schedules", access: "admin", page: SchedulesPage, below: [{ path: "/new", page: SchedulePage }, { path: "/$scheduleId", page: SchedulePage }] },
  { group: "Platform", title: "Recordings", path: "/recordings", access: "admin", page: RecordingsPage },
  { group: "Platform", title: "Statuses", path: "/statuses", access: "admin", page: StatusesPage },
  { group: "Organisation", title: "Audit log", path: "/audit-log", access: "admin", page: AuditPage },
  { group: "Numbers", title: "Numbers", path: "/numbers", access: "admin", page: NumbersPage, below: [{ path: "/$numberId", page: NumberPage }] },
  { group: "Customers", title: "Custom fields", path: "/customer-fields", access: "admin", page: CustomerFieldsPage },
  { group: "Customers", title: "Import", path: "/customer-import", access: "admin", page: CustomerImportPage },
];

/** What this user may open, in the order of the groups. */
export function settingsOf({ user, permissions }: Session): readonly SettingsEntry[] {
  const rank = { agent: 0, manager: 1, admin: 2 } as const;
  const opens = ({ access }: SettingsEntry): boolean => (access === "admin" || access === "manager" ? rank[user.role] >= rank[access] : permissions.includes(access));
  return groups.flatMap((group) => settingsEntries.filter((entry) => entry.group === group && opens(entry)));
}
