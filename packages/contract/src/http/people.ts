// Users, permission sets, teams, sub-statuses and the audit log: models and routes.
import { z } from "zod";
import { instant, permissionSetId, queueId, subStatusId, teamId, userId } from "../ids/index.ts";
import { agentStatus, desk, role, session, user } from "./models.ts";
import { password } from "./password.ts";
import { permission } from "./permissions.ts";
import type { Route } from "./route.ts";

const nothing = z.object({});
const name = z.string().trim().min(1, "Enter a name").max(100, "Use at most 100 characters");
const email = z.email("Enter an e-mail address").max(254);
const ofUser = z.object({ id: userId });
const ofSet = z.object({ id: permissionSetId });
const ofTeam = z.object({ id: teamId });
const ofSubStatus = z.object({ id: subStatusId });
const items = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
const page = { cursor: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) };
const paged = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A user as the settings show them. `invited`: the invitation was not accepted yet. */
export const account = user.extend({
  isOwner: z.boolean(), state: z.enum(["invited", "active", "deactivated"]), permissionSetId: permissionSetId.nullable(),
  /** Until when the link that was given out last lets this user in; null when there is none. */
  linkExpiresAt: instant.nullable(), createdAt: instant,
}).meta({ id: "Account" });
export type Account = z.output<typeof account>;

/** A single-use link, shown once. `path` stands below the address of this Ringdesk. */
export const userLink = z.object({ path: z.string(), expiresAt: instant });
export type UserLink = z.output<typeof userLink>;

export const permissionSet = z.object({ id: permissionSetId, name: z.string(), permissions: z.array(permission) }).meta({ id: "PermissionSet" });
export type PermissionSet = z.output<typeof permissionSet>;

/** Most conversations that one agent holds at a time; a phone call is always one (CAP-1). */
const room = (min: number) => z.number("Enter a whole number").int("Enter a whole number").min(min, `Enter at least ${min}`).max(100, "Enter at most 100");
export const capacity = z.object({ sms: room(0), email: room(0), chat: room(0), total: room(1) });
/** Conversations that an agent holds at a time (CAP-3). */
export type Capacity = z.output<typeof capacity>;

export const teamView = z.object({
  id: teamId, name: z.string(), displayName: z.string(), members: z.array(userId),
  routingEnabled: z.boolean(), queues: z.array(queueId), routeWhenOverCapacity: z.boolean(), capacity,
  /** What an admin should know, in words: e.g. that another team's profile says otherwise for the same people and queue. */
  warnings: z.array(z.string()),
  /** TEAM-3: members without the dialer, and why. */
  withoutDialer: z.array(z.object({ userId, why: z.string() })),
}).meta({ id: "Team" });
export type TeamView = z.output<typeof teamView>;
const profile = { members: z.array(userId).max(2_000), routingEnabled: z.boolean(), queues: z.array(queueId).max(200), routeWhenOverCapacity: z.boolean(), capacity };

/** STAT-1: a name for a kind of Busy or Unavailable, e.g. Lunch. */
export const subStatus = z.object({ id: subStatusId, status: z.enum(["busy", "unavailable"]), name: z.string(), retired: z.boolean() }).meta({ id: "SubStatus" });
export type SubStatus = z.output<typeof subStatus>;
const subStatusName = z.string().trim().min(1, "Enter a name").max(50, "Use at most 50 characters");

export const statusChange = z.object({
  /** Counts up for each agent. */
  seq: z.number().int(), at: instant, status: agentStatus, subStatusName: z.string().nullable(), /** In words; null when the agent chose it. */ why: z.string().nullable(),
}).meta({ id: "StatusChange" });
export type StatusChange = z.output<typeof statusChange>;

const loose = z.record(z.string(), z.unknown()).nullable();
export const auditEntry = z.object({
  seq: z.number().int(), at: instant, /** Null: the system. */ who: userId.nullable(), whoName: z.string().nullable(), what: z.string(), before: loose, after: loose,
}).meta({ id: "AuditEntry" });
export type AuditEntry = z.output<typeof auditEntry>;

const token = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

export const peopleApi = {
  listUsers: { method: "GET", path: "/users", access: "agent", summary: "Users of the organisation", response: items(user.extend({ active: z.boolean() })) },
  getStatusHistory: { method: "GET", path: "/users/:id/status-history", access: "manager", permission: "reporting", summary: "Changes of an agent's status, newest first (STAT-6)", params: ofUser, query: z.object(page), response: paged(statusChange) },
  changePassword: { method: "PUT", path: "/session/password", access: "agent", summary: "Change the own password; other sessions end", body: z.object({ current: z.string().min(1, "Enter your password").max(200), password }), response: nothing },
  setStatus: { method: "PUT", path: "/desk/status", access: "agent", summary: "Become available, busy or unavailable", body: z.object({ status: agentStatus, subStatusId: subStatusId.nullable().optional() }), response: desk },

  getInvitation: { method: "GET", path: "/invitations/:token", access: "public", summary: "Whom a single-use link lets in", params: token, response: z.object({ purpose: z.enum(["invitation", "new-password"]), name: z.string(), email: z.string(), organisation: z.string() }) },
  acceptInvitation: { method: "POST", path: "/invitations/:token", access: "public", summary: "Use a single-use link: set a password and sign in", params: token, body: z.object({ name: name.optional(), password }), response: session },

  listAccounts: { method: "GET", path: "/settings/users", access: "admin", summary: "All users with their state", response: items(account) },
  inviteUser: { method: "POST", path: "/settings/users", access: "admin", summary: "Invite somebody", body: z.object({ email, name, role, permissionSetId: permissionSetId.nullable().default(null) }), response: z.object({ account, link: userLink }) },
  updateAccount: { method: "PATCH", path: "/settings/users/:id", access: "admin", summary: "Change a user's name, role or permission set", params: ofUser, body: z.object({ name: name.optional(), role: role.optional(), permissionSetId: permissionSetId.nullable().optional() }), response: account },
  withdrawInvitation: { method: "DELETE", path: "/settings/users/:id", access: "admin", summary: "Withdraw an invitation that was not accepted", params: ofUser, response: nothing },
  issueLink: { method: "POST", path: "/settings/users/:id/link", access: "admin", summary: "A new single-use link: to accept the invitation, or to set a new password", params: ofUser, response: z.object({ link: userLink }) },
  deactivateUser: { method: "PUT", path: "/settings/users/:id/deactivation", access: "admin", summary: "Deactivate a user; their sessions end at once", params: ofUser, response: account },
  reactivateUser: { method: "DELETE", path: "/settings/users/:id/deactivation", access: "admin", summary: "Let a deactivated user in again", params: ofUser, response: account },

  listPermissionSets: { method: "GET", path: "/settings/permission-sets", access: "admin", summary: "Permission sets", response: items(permissionSet) },
  createPermissionSet: { method: "POST", path: "/settings/permission-sets", access: "admin", summary: "Create a permission set", body: z.object({ name, permissions: z.array(permission).max(20) }), response: permissionSet },
  updatePermissionSet: { method: "PATCH", path: "/settings/permission-sets/:id", access: "admin", summary: "Change a permission set", params: ofSet, body: z.object({ name: name.optional(), permissions: z.array(permission).max(20).optional() }), response: permissionSet },
  deletePermissionSet: { method: "DELETE", path: "/settings/permission-sets/:id", access: "admin", summary: "Delete a permission set that nobody has", params: ofSet, response: nothing },

  listTeams: { method: "GET", path: "/settings/teams", access: "admin", summary: "Teams with members and routing profiles", response: items(teamView) },
  createTeam: { method: "POST", path: "/settings/teams", access: "admin", summary: "Create a team (TEAM-1)", body: z.object({ name, displayName: name }), response: teamView },
  updateTeam: { method: "PATCH", path: "/settings/teams/:id", access: "admin", summary: "Change a team, its members or its routing profile (TEAM-2)", params: ofTeam, body: z.object({ name: name.optional(), displayName: name.optional(), ...profile }).partial(), response: teamView },
  deleteTeam: { method: "DELETE", path: "/settings/teams/:id", access: "admin", summary: "Delete a team; with `confirm` also when calls wait for it alone", params: ofTeam, query: z.object({ confirm: z.enum(["true", "false"]).optional() }), response: nothing },

  listSubStatuses: { method: "GET", path: "/settings/statuses", access: "agent", summary: "Named sub-statuses of Busy and Unavailable, in their order", response: items(subStatus) },
  createSubStatus: { method: "POST", path: "/settings/statuses", access: "admin", summary: "Create a sub-status", body: z.object({ status: z.enum(["busy", "unavailable"]), name: subStatusName }), response: subStatus },
  updateSubStatus: { method: "PATCH", path: "/settings/statuses/:id", access: "admin", summary: "Rename, retire or bring back a sub-status, or move it", params: ofSubStatus, body: z.object({ name: subStatusName.optional(), retired: z.boolean().optional(), /** Places up or down. */ move: z.union([z.literal(-1), z.literal(1)]).optional() }), response: subStatus },

  listAuditEntries: { method: "GET", path: "/settings/audit-log", access: "admin", summary: "Who changed what, newest first (ORG-4)", query: z.object({ ...page, who: userId.optional(), /** Beginning of the kind, e.g. `team`. */ what: z.string().max(60).optional(), from: z.coerce.number().int().nonnegative().optional(), to: z.coerce.number().int().nonnegative().optional() }), response: paged(auditEntry) },
} as const satisfies Record<string, Route>;
