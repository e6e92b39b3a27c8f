// The product's words for users and what they may.
import type { Account, Permission, Role } from "@ringdesk/contract/http";

export const roleWords = { admin: "Admin", manager: "Manager", agent: "Agent" } as const satisfies Record<Role, string>;
export const roleMeanings = {
  admin: "Everything, settings included",
  manager: "Reports, searches and the live view, and what agents may",
  agent: "Own calls and conversations, and customers",
} as const satisfies Record<Role, string>;

export const accountStateWords = { invited: "Invited", active: "Active", deactivated: "Deactivated" } as const satisfies Record<Account["state"], string>;
export const accountStateColors = { invited: "yellow", active: "teal", deactivated: "gray" } as const satisfies Record<Account["state"], string>;

export const permissionWords = {
  reporting: { name: "Reporting", meaning: "Reports and the status history of agents" },
  "live-view": { name: "Live view", meaning: "Queues, calls and agents as they are now" },
  "manage-searches": { name: "Manage searches", meaning: "Share searches with others, and assign what they find in bulk" },
  export: { name: "Export", meaning: "Download lists as CSV files" },
  "listen-recordings": { name: "Listen to recordings", meaning: "Play and download recordings of calls" },
} as const satisfies Record<Permission, { readonly name: string; readonly meaning: string }>;
