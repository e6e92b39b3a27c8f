import type { Account, Role } from "@ringdesk/contract/http";
import type { PermissionSetId, UserId } from "@ringdesk/std";
import type { PeopleError } from "./people.errors.ts";

/** A link lets somebody in for this long. */
export const LINK_VALID_MS = 7 * 86_400_000;
export const MAX_USERS = 2_000;
export const MAX_PERMISSION_SETS = 50;

export interface Wish { readonly name?: string | undefined; readonly role?: Role | undefined; readonly permissionSetId?: PermissionSetId | null | undefined }

/** Why `by` may not change `target` like this; null when they may. The owner is always an admin, so that there is always one. */
export function refusedChange(target: Account, wish: Wish, by: UserId): PeopleError | null {
  const takesAdmin = wish.role !== undefined && wish.role !== target.role;
  if (target.isOwner && takesAdmin) return { type: "owner-stays", pointer: "/role" };
  if (target.id === by && takesAdmin) return { type: "not-yourself", pointer: "/role" };
  return null;
}

/** Why `by` may not deactivate `target`; null when they may. */
export function refusedDeactivation(target: Account, by: UserId, onCall: boolean): PeopleError | null {
  if (target.isOwner) return { type: "owner-stays", pointer: "" };
  if (target.id === by) return { type: "not-yourself", pointer: "" };
  if (target.state === "invited") return { type: "state-wrong", why: "This invitation was not accepted yet. Withdraw it instead" };
  return onCall ? { type: "on-call", name: target.name } : null;
}
